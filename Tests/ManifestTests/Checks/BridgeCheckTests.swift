import Testing

@Suite("Bridges of networks")
struct BridgeCheckTests {
  private func pair(_ first: String, _ second: String) -> [String] {
    complaints(Sample.host + Sample.network("one", first) + Sample.network("two", second))
  }

  @Test("two networks that make one bridge are refused, in either spelling")
  func duplicate() {
    #expect(
      pair("forward: isolated, bridge: br7", "forward: isolated, bridge: {name: br7}")
        == ["duplicate-bridge: br7 <- br7"])
  }

  @Test("networks of different bridges, and of bridges that libvirt names, are fine")
  func different() {
    #expect(pair("forward: isolated, bridge: br7", "forward: isolated, bridge: br8") == [])
    #expect(
      pair("forward: isolated, bridge: {stp: true}", "forward: isolated, bridge: {stp: true}")
        == [])
  }

  @Test("networks may share a bridge that exists already")
  func existing() {
    #expect(pair("forward: bridge, bridge: br0", "forward: bridge, bridge: br0") == [])
  }

  @Test("each host has bridges of its own")
  func otherHost() {
    let spec = "hosts: {matchLabels: {site: ams}}, forward: isolated, bridge: br7"
    #expect(
      complaints(Sample.host + Sample.otherHost + Sample.document("Network", "one", spec)) == [])
  }
}
