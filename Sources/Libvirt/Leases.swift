import CLibvirt
import Execution
import Glibc
import Model
import Planning

/// A DHCP lease of a libvirt network that has not ended.
struct Lease: Sendable, Hashable {
  /// In lower case.
  var mac: String
  var address: String
  /// In seconds since 1970; 0 for one without an end.
  var expiry: Int64

  /// The leases of a network; none where the driver or the network tells of none.
  static func all(of network: virNetworkPtr) -> [Lease] {
    var list: UnsafeMutablePointer<virNetworkDHCPLeasePtr?>?
    let count = virNetworkGetDHCPLeases(network, nil, &list, 0)
    guard count >= 0, let list else { return [] }
    defer { free(list) }
    var result: [Lease] = []
    for index in 0..<Int(count) {
      guard let lease = list[index] else { continue }
      defer { virNetworkDHCPLeaseFree(lease) }
      guard let address = lease.pointee.ipaddr.map({ String(cString: $0) }),
        let mac = lease.pointee.mac.map({ String(cString: $0).lowercased() })
      else { continue }
      result.append(
        Lease(mac: mac, address: address, expiry: Int64(lease.pointee.expirytime)))
    }
    return result
  }

  /// The same by the network's name.
  static func all(on network: String, _ connection: virConnectPtr?) -> [Lease] {
    guard let network = virNetworkLookupByName(connection, network) else { return [] }
    defer { virNetworkFree(network) }
    return all(of: network)
  }

  /// Throws `busy` where the address of a new reservation is leased to somebody else: dnsmasq gives it to nobody
  /// before that lease has ended, and the guest would come up with another one.
  static func checkReservation(
    _ update: NetworkUpdate, _ network: virNetworkPtr
  ) throws(HypervisorError) {
    guard update.section == .dhcpHost, update.command != .delete,
      let mac = update.entry.string("mac")?.lowercased(),
      let address = update.entry.string("address").flatMap(IPAddress.init),
      let lease = all(of: network).first(where: {
        $0.mac != mac && IPAddress($0.address) == address
      })
    else { return }
    throw HypervisorError(
      .busy, call: "virNetworkGetDHCPLeases",
      message: """
        \(address) is reserved now, but still leased to \(lease.mac)\(lease.until), and dnsmasq gives it to \(mac) \
        only when that lease has ended; restart the guest that has it, which gets another address from now on, or \
        take the lease away on the host ('dhcp_release BRIDGE \(lease.address) \(lease.mac)'), and apply again
        """)
  }

  /// `, for 12 min`.
  private var until: String {
    let seconds = expiry - Int64(time(nil))
    if expiry == 0 { return " without an end" }
    return seconds > 0 ? " for \((seconds + 59) / 60) min" : ""
  }
}
