import Testing

@Suite("Networks of functions of a card")
struct NetworkFunctionCheckTests {
  private func network(_ spec: String) -> [String] {
    complaints(Sample.host + Sample.network("functions", spec))
  }

  @Test("the mode hostdev needs a card, or functions of one")
  func source() {
    #expect(network("forward: hostdev") == ["missing-field: hostdev"])
    #expect(network("forward: {mode: hostdev, physicalFunction: eth0}") == [])
    #expect(network("forward: {mode: hostdev, virtualFunctions: ['3b:02.1']}") == [])
  }

  @Test("the mode hostdev has no bridge and no address")
  func nothingElse() {
    let forward = "forward: {mode: hostdev, physicalFunction: eth0}"
    #expect(network("\(forward), bridge: br0") == ["conflicting-fields: br0"])
    #expect(network("\(forward), address: 10.0.0.1/24") == ["conflicting-fields: 10.0.0.1/24"])
  }

  @Test("other modes have no functions")
  func otherModes() {
    #expect(
      network("forward: {mode: nat, managed: true}, address: 10.0.0.1/24")
        == ["conflicting-fields: true"])
  }

  @Test("nothing is concluded from what could not be read")
  func consequences() {
    #expect(
      network("forward: {mode: hostdev, virtualFunctions: [one]}").map { $0.prefix(12) }
        == ["wrong-format"])
  }
}
