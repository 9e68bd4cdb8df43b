import Model
import Testing

@Suite("IP addresses and subnets")
struct IPAddressTests {
  private func subnet(_ text: String) throws -> Subnet { try #require(Subnet(text)) }
  private func address(_ text: String) throws -> IPAddress { try #require(IPAddress(text)) }

  @Test(
    "addresses are brought to one spelling",
    arguments: [
      ("10.20.0.1", "10.20.0.1"), ("fd00::1", "fd00::1"), ("FD00:0:0:0:0:0:0:1", "fd00::1"),
      ("::", "::"), ("::ffff:10.0.0.1", "::ffff:10.0.0.1"),
    ])
  func spelling(_ text: String, _ canonical: String) throws {
    #expect(try address(text).description == canonical)
  }

  @Test(
    "what is no address is refused",
    arguments: [
      "", "10.20.0", "10.20.0.256", "10.20.0.1/24", "10.20.0.1 ", "host", "fd00:::1", "g::1",
    ])
  func refused(_ text: String) {
    #expect(IPAddress(text) == nil)
  }

  @Test("addresses sort by family, then by number and not by text")
  func order() throws {
    let sorted = ["10.0.0.2", "10.0.0.10", "192.168.0.1", "::1", "fd00::1"]
    #expect(try sorted.reversed().map(address).sorted().map(\.description) == sorted)
  }

  @Test(
    "what is no subnet is refused",
    arguments: [
      "10.0.0.1", "10.0.0.1/", "10.0.0.1/33", "10.0.0.1/-1", "10.0.0.1/+8", "10.0.0.1/8/8",
      "/24", "fd00::1/129", "10.0.0.1/a",
    ])
  func refusedSubnet(_ text: String) {
    #expect(Subnet(text) == nil)
  }

  @Test(
    "a subnet has a first and a last address",
    arguments: [
      ("10.20.30.40/24", "10.20.30.0", "10.20.30.255"),
      ("10.20.30.40/20", "10.20.16.0", "10.20.31.255"),
      ("10.20.30.40/32", "10.20.30.40", "10.20.30.40"),
      ("10.20.30.40/0", "0.0.0.0", "255.255.255.255"),
      ("fd00::1/64", "fd00::", "fd00::ffff:ffff:ffff:ffff"), ("fd00::1/127", "fd00::", "fd00::1"),
    ])
  func bounds(_ text: String, _ first: String, _ last: String) throws {
    let subnet = try subnet(text)
    #expect(subnet.network.description == first)
    #expect(subnet.last.description == last)
    #expect(subnet.description == text)
  }

  @Test("a subnet contains its own addresses, of its family only")
  func contains() throws {
    let small = try subnet("10.20.0.1/23")
    #expect(small.contains(try address("10.20.1.255")))
    #expect(!small.contains(try address("10.20.2.0")))
    #expect(!small.contains(try address("10.19.255.255")))
    #expect(!(try subnet("0.0.0.0/0").contains(try address("::1"))))
    #expect(try subnet("fd00::/8").contains(try address("fdff::1")))
  }

  @Test("subnets overlap when one contains the other, in either order")
  func overlaps() throws {
    for (left, right, expected) in [
      ("10.0.0.1/8", "10.20.0.1/24", true), ("10.20.0.1/24", "10.20.0.77/24", true),
      ("10.20.0.1/24", "10.20.1.1/24", false), ("fd00::1/64", "fd00::ffff:1/112", true),
      ("fd00::1/64", "fd00:0:0:1::1/64", false), ("0.0.0.0/0", "::/0", false),
    ] {
      #expect(try subnet(left).overlaps(try subnet(right)) == expected, "\(left) \(right)")
      #expect(try subnet(right).overlaps(try subnet(left)) == expected, "\(right) \(left)")
    }
  }

  @Test("a netmask gives the prefix length, unless it has holes or is of the other family")
  func netmask() throws {
    let host = try address("10.20.0.1")
    func prefix(_ mask: String) throws -> Int? {
      Subnet(address: host, netmask: try address(mask))?.prefix
    }
    #expect(try prefix("255.255.255.0") == 24)
    #expect(try prefix("255.255.240.0") == 20)
    #expect(try prefix("255.255.255.255") == 32)
    #expect(try prefix("0.0.0.0") == 0)
    #expect(try prefix("255.0.255.0") == nil)
    #expect(try prefix("0.255.255.255") == nil)
    #expect(try prefix("ffff::") == nil)
    #expect(
      Subnet(address: try address("fd00::1"), netmask: try address("ffff:ffff::"))?.prefix == 32)
  }
}
