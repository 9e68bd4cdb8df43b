import Testing

@Suite("Usages of secrets")
struct SecretUsageCheckTests {
  private func secret(_ name: String, _ usage: String, host: String = "kvm-a") -> String {
    Sample.document("Secret", name, "host: \(host), usage: {\(usage)}")
  }

  @Test("virtspec's own secrets are nobody's")
  func own() {
    for usage in ["ceph: virtspec/ledger/shop", "ceph: virtspec/lock", "tls: virtspec/x"] {
      let text = String(usage.split(separator: " ")[1])
      #expect(complaints(Sample.host + secret("a", usage)) == ["reserved-usage: \(text)"])
    }
    #expect(complaints(Sample.host + secret("a", "ceph: my/virtspec")) == [])
  }

  @Test("one usage of one type is one secret of a host")
  func twice() {
    #expect(
      complaints(Sample.host + secret("a", "ceph: x") + secret("b", "ceph: x"))
        == ["usage-used-twice: x <- x"])
    #expect(complaints(Sample.host + secret("a", "ceph: x") + secret("b", "tls: x")) == [])
    #expect(
      complaints(
        Sample.host + Sample.otherHost + secret("a", "ceph: x")
          + secret("b", "ceph: x", host: "kvm-b")) == [])
  }

  @Test("a command names a program")
  func command() {
    let text = "host: kvm-a, usage: {tls: x}, value: {command: []}"
    #expect(
      complaints(Sample.host + Sample.document("Secret", "a", text)) == ["missing-field: []"])
  }
}
