import Testing

@Suite("Subnets of a host")
struct SubnetCheckTests {
  private func pair(_ first: String, _ second: String) -> [String] {
    complaints(Sample.host + Sample.network("one", first) + Sample.network("two", second))
  }

  @Test("subnets that overlap are refused, whichever is the larger")
  func overlap() {
    #expect(
      pair("forward: nat, address: 10.20.0.1/16", "forward: nat, address: 10.20.9.1/24")
        == ["overlapping-subnets: 10.20.9.1/24 <- 10.20.0.1/16"])
    #expect(
      pair("forward: nat, address: 10.20.9.1/24", "forward: nat, address: 10.20.0.1/16")
        == ["overlapping-subnets: 10.20.0.1/16 <- 10.20.9.1/24"])
  }

  @Test("neighbours and other families do not overlap")
  func neighbours() {
    #expect(
      pair("forward: nat, address: 10.20.0.1/24", "forward: nat, address: 10.20.1.1/24") == [])
    #expect(
      pair("forward: nat, address: 0.0.0.1/1", "forward: nat, addresses: ['fd00::1/64']") == [])
  }

  @Test("a network that exists already is not judged")
  func external() {
    #expect(
      pair("forward: nat, address: 10.20.0.1/24", "external: true, address: 10.20.0.1/24") == [])
  }

  @Test("one address twice in a network is refused once")
  func twice() {
    #expect(
      complaints(
        Sample.host + Sample.network("one", "forward: nat, addresses: [10.20.0.1/24, 10.20.0.1/24]")
      ) == ["duplicate-item: 10.20.0.1/24 <- 10.20.0.1/24"])
  }

  @Test("two hosts may have the same subnet")
  func otherHost() {
    let spec = "hosts: {matchLabels: {site: ams}}, forward: nat, address: 10.20.0.1/24"
    #expect(
      complaints(Sample.host + Sample.otherHost + Sample.document("Network", "one", spec)) == [])
  }
}
