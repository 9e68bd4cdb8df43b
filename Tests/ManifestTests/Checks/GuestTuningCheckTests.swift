import Testing

@Suite("What a guest's tuning names")
struct GuestTuningCheckTests {
  private func guest(_ spec: String) -> [String] { complaints(Sample.host + Sample.guest(spec)) }

  @Test("a quota is nothing, everything, or at least a millisecond")
  func quota() {
    #expect(guest("cpuTune: {quota: 999}") == ["out-of-range: 999"])
    #expect(guest("cpuTune: {emulatorQuota: 1}") == ["out-of-range: 1"])
    for quota in ["-1", "0", "1000"] { #expect(guest("cpuTune: {globalQuota: \(quota)}") == []) }
  }

  @Test("an iothread that is named is one of the guest's, by count or by number")
  func iothreads() {
    let disks = "disks: [{name: vda, file: /a, iothread: 2}]"
    #expect(guest("iothreads: 1, \(disks)") == ["unknown-reference: 2"])
    #expect(guest("iothreads: 2, \(disks)") == [])
    #expect(guest("iothreadIDs: [1, 4], \(disks)") == ["unknown-reference: 2"])
    #expect(guest("iothreadIDs: [2], \(disks)") == [])
    #expect(guest(disks) == [])
    #expect(
      guest("iothreads: 1, cpuTune: {iothreadPins: [{iothread: 3, cpuset: '0'}]}")
        == ["unknown-reference: 3"])
  }

  @Test("there are as many numbers as iothreads")
  func numbers() {
    #expect(guest("iothreads: 3, iothreadIDs: [1, 4]") == ["over-limit: [1, 4]"])
    #expect(guest("iothreads: 2, iothreadIDs: [1, 4]") == [])
  }

  @Test("a NUMA cell that is named is one of the guest's")
  func cells() {
    let numa = "cpus: {numa: [{cpus: '0', memory: 1GiB, distances: [{cell: 1, value: 20}]}]}"
    #expect(guest(numa) == ["unknown-reference: 1"])
    let one = "cpus: {numa: [{cpus: '0', memory: 1GiB}]}"
    let tune = "numaTune: {cells: [{cell: 1, mode: strict, nodeset: '0'}]}"
    #expect(guest("\(one), \(tune)") == ["unknown-reference: 1"])
    #expect(guest(tune) == [])
  }

  @Test("nothing is concluded from a number that could not be read")
  func consequences() {
    let disks = "disks: [{name: vda, file: /a, iothread: 2}]"
    #expect(guest("iothreads: many, \(disks)") == ["wrong-type: many"])
    #expect(guest("iothreadIDs: [one], \(disks)") == ["wrong-type: one"])
  }
}
