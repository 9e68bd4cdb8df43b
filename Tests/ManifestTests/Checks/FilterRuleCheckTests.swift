import Testing

@Suite("Rules of network filters")
struct FilterRuleCheckTests {
  private func rule(_ match: String) -> [String] {
    complaints(
      Sample.host
        + Sample.document(
          "NetworkFilter", "a", "host: kvm-a, rules: [{action: drop, direction: in, \(match)}]"))
  }

  @Test("a rule looks at one protocol, also in what it must not have")
  func protocols() {
    #expect(rule("tcp: {}, not: {tcp: {dscp: 1}}") == [])
    #expect(
      rule("tcp: {dscp: 1}, udp: {dscp: 2}") == ["conflicting-fields: {dscp: 2} <- {dscp: 1}"])
    #expect(
      rule("tcp: {dscp: 1}, not: {ip: {dscp: 2}}")
        == ["conflicting-fields: {dscp: 2} <- {dscp: 1}"])
  }

  @Test("numbers that libvirt would leave out in silence are refused, variables are not")
  func numbers() {
    #expect(rule("tcp: {destinationPort: 65535}") == [])
    #expect(rule("tcp: {destinationPort: 65536}") == ["out-of-range: 65536"])
    #expect(rule("ip: {dscp: 0x40}") == ["out-of-range: 0x40"])
    #expect(rule("vlan: {id: 4096}") == ["out-of-range: 4096"])
    #expect(rule("stp: {rootCost: 70000}") == [])
    #expect(rule("icmp: {type: 256}") == ["out-of-range: 256"])
    #expect(rule("tcp: {destinationPort: $PORT}") == [])
  }

  @Test("addresses are of the protocol's family")
  func families() {
    #expect(rule("tcp: {sourceAddress: 'fd00::1'}") == ["wrong-format: 'fd00::1'"])
    #expect(rule("tcpIPv6: {sourceAddress: 'fd00::1'}") == [])
    #expect(rule("icmpv6: {sourceAddress: 10.0.0.1}") == ["wrong-format: 10.0.0.1"])
    #expect(rule("ip: {sourceAddress: 10.0.0.0, sourceMask: 255.0.0.0}") == [])
  }

  @Test("words are those that libvirt knows")
  func words() {
    #expect(rule("ip: {protocol: tcp}") == [])
    #expect(rule("ip: {protocol: arp}") == ["wrong-format: arp"])
    #expect(rule("mac: {protocol: arp}") == [])
    #expect(rule("arp: {opcode: Ask}") == ["wrong-format: Ask"])
    #expect(rule("udp: {state: OPEN}") == ["wrong-format: OPEN"])
    #expect(rule("tcp: {flags: ALL/NONE}") == [])
    #expect(rule("tcp: {flags: SYN}") == ["wrong-format: SYN"])
  }
}
