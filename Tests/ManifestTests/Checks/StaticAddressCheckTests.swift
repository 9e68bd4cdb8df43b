import Testing

@Suite("Fixed addresses")
struct StaticAddressCheckTests {
  private func guests(_ network: String, _ addresses: String...) -> [String] {
    complaints(
      Sample.host + Sample.network("web", network)
        + addresses.enumerated().map { index, ip in
          Sample.guest("interfaces: [{network: web, ip: \(ip)}]", name: "guest-\(index)")
        }.joined())
  }

  private let nat = "forward: nat, address: 10.20.0.1/24"

  @Test("two guests with two addresses in the subnet are fine")
  func valid() {
    #expect(guests(nat, "10.20.0.2", "10.20.0.3") == [])
  }

  @Test("one address for two guests is refused, in any spelling")
  func duplicate() {
    #expect(guests(nat, "10.20.0.2", "10.20.0.2") == ["duplicate-address: 10.20.0.2 <- 10.20.0.2"])
    #expect(
      guests("forward: nat, address: 'fd00::1/64'", "'fd00::2'", "'fd00:0::2'")
        == ["duplicate-address: 'fd00:0::2' <- 'fd00::2'"])
  }

  @Test("a guest cannot have the host's own address, whichever list it stands in")
  func ofHost() {
    #expect(guests(nat, "10.20.0.1") == ["duplicate-address: 10.20.0.1 <- 10.20.0.1/24"])
    #expect(
      guests("forward: nat, addresses: [10.20.0.1/24, {address: 10.21.0.1/24}]", "10.21.0.1")
        == ["duplicate-address: 10.21.0.1 <- 10.21.0.1/24"])
  }

  @Test("a guest cannot have an address that is reserved for another")
  func reserved() {
    let reservations = ", dhcp: {reservations: [{name: db, address: 10.20.0.5}]}"
    #expect(
      guests(nat + reservations, "10.20.0.5") == ["duplicate-address: 10.20.0.5 <- 10.20.0.5"])
    #expect(guests(nat + reservations, "10.20.0.6") == [])
  }

  @Test("one address reserved twice is refused once")
  func reservedTwice() {
    let items = "{name: db, address: 10.20.0.5}, {name: web, address: 10.20.0.5}"
    #expect(
      guests(nat + ", dhcp: {reservations: [\(items)]}")
        == ["duplicate-item: 10.20.0.5 <- 10.20.0.5"])
  }

  @Test("an address lies in one of the network's subnets")
  func outside() {
    #expect(guests(nat, "10.20.1.2") == ["address-outside: 10.20.1.2"])
    #expect(guests("forward: isolated", "10.20.0.2") == ["address-outside: 10.20.0.2"])
    #expect(guests("forward: nat, addresses: [10.20.0.1/24, 10.21.0.1/24]", "10.21.0.2") == [])
  }

  @Test("nothing is concluded from a subnet that could not be read")
  func consequences() {
    #expect(guests("forward: nat, address: 10.20.0.1", "10.20.0.2") == ["wrong-format: 10.20.0.1"])
  }
}
