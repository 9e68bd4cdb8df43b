import Testing

@Suite("Guests that others depend on")
struct DependencyCheckTests {
  private let hosts = Sample.host + Sample.otherHost

  private func guest(_ name: String, _ more: String = "", host: String = "kvm-a") -> String {
    Sample.document("Guest", name, "host: \(host)" + (more.isEmpty ? "" : ", " + more))
  }

  @Test("they are declared on the same host, or on another")
  func valid() {
    #expect(complaints(hosts + guest("db") + guest("web", "dependsOn: [db]")) == [])
    #expect(
      complaints(hosts + guest("db", host: "kvm-b") + guest("web", "dependsOn: [db]")) == [])
  }

  @Test("a name that nobody has is refused where it stands, with the nearest one")
  func dangling() {
    let text = hosts + guest("database") + guest("web", "dependsOn: [databse]")
    #expect(complaints(text) == ["unknown-reference: databse"])
    #expect(diagnostics(text).first?.suggestion == "database")
  }

  @Test("one that is never to run is refused")
  func stopped() {
    #expect(
      complaints(hosts + guest("db", "power: stopped") + guest("web", "dependsOn: [db]"))
        == ["conflicting-fields: db <- stopped"])
  }

  @Test("a cycle is refused once, with all that take part in it")
  func cycle() {
    #expect(complaints(hosts + guest("a", "dependsOn: [a]")) == ["dependency-cycle: [a]"])
    #expect(
      complaints(
        hosts + guest("a", "dependsOn: [b]") + guest("b", "dependsOn: [c]", host: "kvm-b")
          + guest("c", "dependsOn: [a]"))
        == ["dependency-cycle: [b] <- [c] <- [a]"])
  }

  @Test("two ways to the same guest are no cycle")
  func diamond() {
    #expect(
      complaints(
        hosts + guest("a") + guest("b", "dependsOn: [a]") + guest("c", "dependsOn: [a]")
          + guest("d", "dependsOn: [b, c]")) == [])
  }

  @Test("of one name, the guest on the same host counts")
  func sameHost() {
    // Through the other host's, it would be a cycle.
    #expect(
      complaints(
        hosts + guest("db") + guest("db", "dependsOn: [web]", host: "kvm-b")
          + guest("web", "dependsOn: [db]")) == [])
  }

  @Test("a long chain is checked in no time", .timeLimit(.minutes(1)))
  func longChain() {
    let chain = (1..<2000).map { guest("g\($0)", "dependsOn: [g\($0 - 1)]") }.joined()
    #expect(complaints(hosts + guest("g0") + chain) == [])
  }
}
