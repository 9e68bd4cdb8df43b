import Testing

@Suite("Limits of a guest")
struct GuestLimitCheckTests {
  private func guest(_ spec: String) -> [String] { complaints(Sample.host + Sample.guest(spec)) }

  @Test("the processors in use are at most the maximum")
  func processors() {
    #expect(guest("cpus: {count: 3, max: 2}") == ["over-limit: 3"])
    #expect(guest("cpus: {count: 2, max: 2}") == [])
    #expect(guest("cpus: {count: 2}") == [])
  }

  @Test("the memory in use is at most the maximum, whatever the units")
  func memory() {
    #expect(guest("memory: {size: 2GiB, max: 2047MiB}") == ["over-limit: 2GiB"])
    #expect(guest("memory: {size: 2GiB, max: 2048MiB}") == [])
  }

  @Test("the topology multiplies to the maximum, or to the count without one")
  func topology() {
    #expect(
      guest("cpus: {count: 4, topology: {cores: 2}}") == ["wrong-topology: {cores: 2}"])
    #expect(guest("cpus: {count: 4, topology: {cores: 2, threads: 2}}") == [])
    #expect(guest("cpus: {count: 2, max: 4, topology: {cores: 2, threads: 2}}") == [])
    #expect(guest("cpus: {topology: {cores: 2, threads: 2}}") == [])
  }

  @Test("a topology that overflows is wrong, and does no harm")
  func overflow() {
    let numbers = "sockets: 65535, dies: 65535, cores: 65535, threads: 65535"
    #expect(
      guest("cpus: {count: 4, topology: {\(numbers)}}") == ["wrong-topology: {\(numbers)}"])
  }

  @Test("nothing is concluded from a number that could not be read")
  func consequences() {
    #expect(guest("cpus: {count: 4, topology: {cores: four}}") == ["wrong-type: four"])
  }

  @Test("a limit of the class holds for its guests, and is complained about where it stands")
  func ofClass() {
    let small = Sample.document("GuestClass", "small", "cpus: {max: 2}")
    let text = Sample.host + small + Sample.guest("class: small, cpus: {count: 3}")
    #expect(complaints(text) == ["over-limit: 3"])
    let large = Sample.document("GuestClass", "large", "cpus: {count: 3}")
    #expect(
      complaints(Sample.host + large + Sample.guest("class: large, cpus: {max: 2}"))
        == ["over-limit: 3"])
  }
}
