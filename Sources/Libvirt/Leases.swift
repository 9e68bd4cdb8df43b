import CLibvirt
import Glibc
import Model

/// A DHCP lease of a libvirt network.
struct Lease: Sendable, Hashable {
  var mac: String
  var address: String
  /// In seconds since 1970; 0 for one without an end.
  var expiry: Int64

  /// The leases that a MAC has on a network; none where the driver or the network tells of none.
  static func all(
    of mac: String, on network: String, _ connection: virConnectPtr?
  ) -> [Lease] {
    guard let network = virNetworkLookupByName(connection, network) else { return [] }
    defer { virNetworkFree(network) }
    var list: UnsafeMutablePointer<virNetworkDHCPLeasePtr?>?
    let count = virNetworkGetDHCPLeases(network, mac, &list, 0)
    guard count >= 0, let list else { return [] }
    defer { free(list) }
    var result: [Lease] = []
    for index in 0..<Int(count) {
      guard let lease = list[index] else { continue }
      defer { virNetworkDHCPLeaseFree(lease) }
      guard let address = lease.pointee.ipaddr.map({ String(cString: $0) }) else { continue }
      result.append(
        Lease(mac: mac, address: address, expiry: Int64(lease.pointee.expirytime)))
    }
    return result
  }
}
