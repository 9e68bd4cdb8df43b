/// An address of a guest's interface, and who says so.
public struct GuestAddress: Sendable, Hashable, Comparable {
  /// Where an address is known from, the most reliable first.
  public enum Source: String, Sendable, Hashable, CaseIterable {
    /// A lease of a libvirt network.
    case lease
    /// The guest's agent.
    case agent
    /// The host's neighbour table.
    case arp
  }

  /// Of the interface, in lower case.
  public var mac: String
  public var address: String
  public var source: Source

  public init(mac: String, address: String, source: Source) {
    self.mac = mac
    self.address = address
    self.source = source
  }

  /// Whether it is of the link alone, which nobody asked for: fe80::, 169.254.
  public var isLinkLocal: Bool {
    address.lowercased().hasPrefix("fe80:") || address.hasPrefix("169.254.")
  }

  /// By interface and address.
  public static func < (left: GuestAddress, right: GuestAddress) -> Bool {
    (left.mac, left.address, left.source.rawValue)
      < (right.mac, right.address, right.source.rawValue)
  }
}
