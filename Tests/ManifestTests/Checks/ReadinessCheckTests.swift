import Testing

@Suite("What guests are waited for")
struct ReadinessCheckTests {
  private func said(_ ready: String, _ more: String = "") -> [String] {
    complaints(Sample.host + Sample.guest("ready: \(ready)" + (more.isEmpty ? "" : ", " + more)))
  }

  @Test("each condition may stand alone or with others")
  func valid() {
    for ready in [
      "{address: true}", "{tcp: 5432, timeout: 2m}", "{ssh: true, cloudInit: true}",
      #"{console: '^login: $'}"#,
    ] {
      #expect(said(ready) == [], "\(ready)")
    }
  }

  @Test("to wait for nothing is a mistake")
  func nothing() {
    #expect(said("{}") == ["missing-field: {}"])
    #expect(said("{timeout: 5m}") == ["missing-field: {timeout: 5m}"])
    #expect(said("{ssh: false}") == ["missing-field: {ssh: false}"])
  }

  @Test("a value that is wrong is said once")
  func brokenOnce() { #expect(said("{tcp: none}") == ["wrong-type: none"]) }

  @Test("a regular expression must be one")
  func pattern() { #expect(said("{console: '['}") == ["wrong-format: '['"]) }

  @Test("what needs the network needs an interface")
  func interfaces() {
    #expect(
      said("{ssh: true}", "interfaces: []") == ["conflicting-fields: true <- []"])
    #expect(said("{console: x}", "interfaces: []") == [])
  }

  @Test("an agent needs its channel, declared or in an overlay")
  func agent() {
    #expect(said("{agent: true}") == ["missing-field: true"])
    #expect(said("{agent: true}", "channels: [{name: other}]") == ["missing-field: true"])
    #expect(said("{agent: true}", "channels: [{name: org.qemu.guest_agent.0}]") == [])
    let overlay =
      "xml: \"<devices><channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel></devices>\""
    #expect(said("{agent: true}", overlay) == [])
  }

  @Test("no time at all is too little")
  func timeout() { #expect(said("{ssh: true, timeout: 0s}") == ["out-of-range: 0s"]) }
}
