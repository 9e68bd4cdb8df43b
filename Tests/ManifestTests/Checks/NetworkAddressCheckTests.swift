import Testing

@Suite("Addresses of networks")
struct NetworkAddressCheckTests {
  private func network(_ spec: String) -> [String] {
    complaints(Sample.host + Sample.network("web", spec))
  }

  @Test("address leases need an address of the network")
  func leases() {
    #expect(
      network("forward: isolated, dhcp: {start: 10.20.0.2, end: 10.20.0.9}")
        == ["missing-field: {start: 10.20.0.2, end: 10.20.0.9}"])
    #expect(
      network("forward: isolated, address: 10.20.0.1/24, dhcp: {start: 10.20.0.2, end: 10.20.0.9}")
        == [])
  }

  @Test("the host's address is not the network's own")
  func networkItself() {
    #expect(network("forward: nat, address: 10.20.0.0/24") == ["wrong-address: 10.20.0.0/24"])
    #expect(network("forward: nat, address: 'fd00::/64'") == ["wrong-address: 'fd00::/64'"])
    #expect(network("forward: nat, address: 10.20.0.1/24") == [])
    // Networks of two addresses or one have no address to spare.
    #expect(network("forward: nat, address: 10.20.0.0/31") == [])
    #expect(network("forward: nat, address: 10.20.0.0/32") == [])
  }

  @Test("a range lies in the subnet, both its ends")
  func range() {
    let spec = "forward: nat, address: 10.20.0.1/24, dhcp: "
    #expect(network(spec + "{start: 10.20.0.1, end: 10.20.0.255}") == [])
    #expect(network(spec + "{start: 10.20.0.2, end: 10.20.1.0}") == ["address-outside: 10.20.1.0"])
    #expect(
      network(spec + "{start: 10.19.255.255, end: 'fd00::1'}")
        == ["address-outside: 10.19.255.255", "address-outside: 'fd00::1'"])
    #expect(
      network(spec + "{ranges: [{start: 10.20.0.2, end: 10.21.0.3}]}")
        == ["address-outside: 10.21.0.3"])
  }

  @Test("a range has two ends, the first one first")
  func rangeEnds() {
    let spec = "forward: nat, address: 10.20.0.1/24, dhcp: "
    #expect(network(spec + "{start: 10.20.0.9, end: 10.20.0.2}") == ["wrong-range: 10.20.0.2"])
    #expect(network(spec + "{start: 10.20.0.9, end: 10.20.0.9}") == [])
    #expect(network(spec + "{start: 10.20.0.9}") == ["missing-field: 10.20.0.9"])
    #expect(
      network(spec + "{ranges: [{start: 10.20.0.9}]}") == ["missing-field: {start: 10.20.0.9}"])
  }

  @Test("a reservation lies in the subnet and says for whom it is")
  func reservation() {
    let spec = "forward: nat, address: 10.20.0.1/24, dhcp: "
    #expect(network(spec + "{reservations: [{name: db, address: 10.20.0.5}]}") == [])
    #expect(
      network(spec + "{reservations: [{name: db, address: 10.21.0.5}]}")
        == ["address-outside: 10.21.0.5"])
    #expect(
      network(spec + "{reservations: [{address: 10.20.0.5}]}")
        == ["missing-field: {address: 10.20.0.5}"])
    #expect(
      network(spec + "{reservations: [{mac: nonsense, address: 10.20.0.5}]}")
        == ["wrong-format: nonsense"])
  }

  @Test("the gateway of a route lies in one of the subnets")
  func route() {
    let spec = "forward: nat, addresses: [10.20.0.1/24, 'fd00::1/64'], routes: "
    #expect(network(spec + "[{to: 10.30.0.0/16, via: 10.20.0.2}]") == [])
    #expect(network(spec + "[{to: 'fd01::/64', via: 'fd00::2'}]") == [])
    #expect(
      network(spec + "[{to: 10.30.0.0/16, via: 10.21.0.2}]") == ["address-outside: 10.21.0.2"])
  }

  @Test("a network over an existing bridge names it and has no address")
  func bridge() {
    #expect(network("forward: bridge, bridge: br0") == [])
    #expect(network("forward: bridge") == ["missing-field: bridge"])
    #expect(
      network("forward: bridge, bridge: br0, address: 10.20.0.1/24")
        == ["conflicting-fields: 10.20.0.1/24"])
  }

  @Test("a network that translates or routes has an address", arguments: ["nat", "route"])
  func forward(_ mode: String) {
    #expect(network("forward: \(mode)") == ["missing-field: \(mode)"])
    #expect(network("forward: \(mode), addresses: [10.20.0.1/24]") == [])
    #expect(network("forward: \(mode), external: true") == [])
  }

  @Test("an isolated or open network may do without", arguments: ["isolated", "open"])
  func noAddress(_ mode: String) {
    #expect(network("forward: \(mode)") == [])
  }

  @Test("nothing is concluded from an address that could not be read")
  func consequences() {
    #expect(
      network("forward: nat, address: 10.20.0.1, dhcp: {start: 10.20.0.2, end: 10.20.0.9}")
        == ["wrong-format: 10.20.0.1"])
    #expect(network("forward: bridge, bridge: br 0") == ["wrong-format: br 0"])
  }
}
