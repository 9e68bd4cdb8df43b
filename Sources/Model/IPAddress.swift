import Glibc

/// An IPv4 or IPv6 address.
public struct IPAddress: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// 4 or 16 bytes in network order.
  public let bytes: [UInt8]

  /// Whether it is IPv6.
  public var isIPv6: Bool { bytes.count == 16 }
  /// The address's length in bits.
  public var bits: Int { bytes.count * 8 }

  /// Reads `10.0.0.1` or `fd00::1`, by `inet_pton`.
  public init?(_ text: String) {
    var storage = [UInt8](repeating: 0, count: 16)
    if inet_pton(AF_INET, text, &storage) == 1 {
      bytes = Array(storage[..<4])
    } else if inet_pton(AF_INET6, text, &storage) == 1 {
      bytes = storage
    } else {
      return nil
    }
  }

  init(bytes: [UInt8]) { self.bytes = bytes }

  /// The canonical spelling, by `inet_ntop`.
  public var description: String {
    var buffer = [CChar](repeating: 0, count: 46)
    guard inet_ntop(isIPv6 ? AF_INET6 : AF_INET, bytes, &buffer, 46) != nil else { return "" }
    return String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  /// By family, then numerically.
  public static func < (left: IPAddress, right: IPAddress) -> Bool {
    left.bytes.count != right.bytes.count
      ? left.bytes.count < right.bytes.count : left.bytes.lexicographicallyPrecedes(right.bytes)
  }

  /// The bits below the prefix cleared (or set).
  func masked(prefix: Int, filling fill: Bool = false) -> IPAddress {
    IPAddress(
      bytes: bytes.enumerated().map { index, byte in
        let kept = max(0, min(8, prefix - index * 8))
        let mask = kept == 0 ? UInt8(0) : UInt8(truncatingIfNeeded: 0xff << (8 - kept))
        return fill ? byte | ~mask : byte & mask
      })
  }
}

/// An address with its prefix length: `10.20.0.1/24`.
public struct Subnet: Sendable, Hashable, CustomStringConvertible {
  /// The address as written, not the network's.
  public let address: IPAddress
  /// Bits of the network part.
  public let prefix: Int

  /// Reads `ADDRESS/PREFIX`.
  public init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let address = IPAddress(String(parts[0])), let prefix = Int(parts[1]),
      (0...address.bits).contains(prefix), parts[1].first != "+"
    else { return nil }
    self.address = address
    self.prefix = prefix
  }

  /// An address and its netmask (`255.255.255.0`); nil when the mask has holes.
  public init?(address: IPAddress, netmask: IPAddress) {
    let ones = netmask.bytes.reduce(0) { $0 + $1.nonzeroBitCount }
    guard address.bits == netmask.bits,
      IPAddress(bytes: [UInt8](repeating: 0xff, count: netmask.bytes.count)).masked(prefix: ones)
        == netmask
    else { return nil }
    self.address = address
    self.prefix = ones
  }

  /// An address and a prefix length.
  public init(address: IPAddress, prefix: Int) {
    self.address = address
    self.prefix = prefix
  }

  /// The network's own address.
  public var network: IPAddress { address.masked(prefix: prefix) }
  /// The last address: broadcast, in IPv4.
  public var last: IPAddress { address.masked(prefix: prefix, filling: true) }

  /// Whether the address lies in the network.
  public func contains(_ other: IPAddress) -> Bool {
    other.bits == address.bits && other.masked(prefix: prefix) == network
  }

  /// Whether the two networks share an address.
  public func overlaps(_ other: Subnet) -> Bool {
    contains(other.network) || other.contains(network)
  }

  /// `ADDRESS/PREFIX` in the canonical spelling.
  public var description: String { "\(address)/\(prefix)" }
}
