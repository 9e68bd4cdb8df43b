import CLibvirt
import Execution
import Glibc
import Model

extension LibvirtHypervisor {
  /// Addresses of a running guest's interfaces: MAC to addresses, without those of the loopback.
  ///
  /// They come from the leases of libvirt's networks; where there are none, from the guest's agent
  /// if it is connected, and then from the host's ARP table. A guest that does not run has none.
  /// Throws `notFound` when there is no such guest.
  public func addresses(
    ofGuest name: String
  ) async throws(HypervisorError) -> [String: [String]] {
    try await withGuest(name, "virDomainInterfaceAddresses") { domain throws(HypervisorError) in
      guard try powerState(of: domain).isActive else { return [:] }
      var found = interfaceAddresses(domain, VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_LEASE)
      if found.isEmpty, try hasConnectedAgent(domain) {
        found = interfaceAddresses(domain, VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_AGENT)
      }
      if found.isEmpty {
        found = interfaceAddresses(domain, VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_ARP)
      }
      return found
    }
  }
}

/// What one source knows; nothing when the driver does not have it.
private func interfaceAddresses(
  _ domain: virDomainPtr, _ source: virDomainInterfaceAddressesSource
) -> [String: [String]] {
  var list: UnsafeMutablePointer<virDomainInterfacePtr?>?
  let count = virDomainInterfaceAddresses(domain, &list, source.rawValue, 0)
  guard count >= 0, let list else { return [:] }
  defer { free(list) }
  var result: [String: [String]] = [:]
  for index in 0..<Int(count) {
    guard let interface = list[index] else { continue }
    defer { virDomainInterfaceFree(interface) }
    guard let mac = interface.pointee.hwaddr.map({ String(cString: $0).lowercased() }),
      mac != "00:00:00:00:00:00", let addresses = interface.pointee.addrs
    else { continue }
    for each in 0..<Int(interface.pointee.naddrs) {
      guard let address = addresses[each].addr.map({ String(cString: $0) }) else { continue }
      if result[mac]?.contains(address) != true { result[mac, default: []].append(address) }
    }
  }
  return result
}

/// Whether the agent's channel is open: a call to an agent that is not there would only wait.
private func hasConnectedAgent(_ domain: virDomainPtr) throws(HypervisorError) -> Bool {
  let text = try LibvirtText(virDomainGetXMLDesc(domain, 0), "virDomainGetXMLDesc").string
  return text.split(separator: "\n").contains {
    $0.contains("name='org.qemu.guest_agent.0'") && $0.contains("state='connected'")
  }
}
