import CLibvirt
import Execution
import Glibc
import LibvirtXML
import Model

extension LibvirtHypervisor {
  /// Addresses of a running guest's interfaces, and who says so.
  ///
  /// They come from the leases of libvirt's networks; for interfaces that have none there, from the guest's agent if it
  /// is connected, and then from the host's ARP table. A guest that does not run has none. Throws `notFound` when there
  /// is no such guest.
  public func addresses(
    ofGuest name: String
  ) async throws(HypervisorError) -> [GuestAddress] {
    try await withGuest(name, "virDomainInterfaceAddresses") { domain throws(HypervisorError) in
      guard try powerState(of: domain).isActive else { return [] }
      let running = try RunningInterfaces(of: domain)
      let leases = interfaceAddresses(domain, .lease)
      return leases + running.otherAddresses(domain, besides: leases)
    }
  }
}

/// What a running guest's XML tells of the ways to its addresses.
struct RunningInterfaces: Sendable {
  /// What is known of the agent's channel.
  enum Agent: Sendable { case noChannel, disconnected, connected }

  /// By MAC, the libvirt network of each interface; empty for other interfaces.
  let networks: [String: String]
  let agent: Agent

  private static let shape = Shape(of: Record([("interfaces", [["mac": "", "network": ""]])]))

  init(of domain: virDomainPtr) throws(HypervisorError) {
    let text = try LibvirtText(virDomainGetXMLDesc(domain, 0), "virDomainGetXMLDesc")
    let record = try text.parsed("the guest") { document, _ in
      document.read(.guest, shape: Self.shape)
    }
    networks = Dictionary(
      record.records("interfaces").compactMap { interface in
        interface.string("mac").map { ($0.lowercased(), interface.string("network") ?? "") }
      }
    ) { first, _ in first }
    let channel = text.string.split(separator: "\n").first {
      $0.contains("name='org.qemu.guest_agent.0'")
    }
    agent =
      channel.map { $0.contains("state='connected'") ? .connected : .disconnected } ?? .noChannel
  }

  /// The addresses of interfaces that have none yet, by agent and ARP.
  func otherAddresses(
    _ domain: virDomainPtr, besides known: [GuestAddress]
  ) -> [GuestAddress] {
    var found = known
    // A guest also has interfaces of its own, of containers for instance: nobody reaches these.
    func isMissing(_ address: GuestAddress) -> Bool {
      networks[address.mac] != nil && !known.contains { $0.mac == address.mac }
        && !found.contains { $0.mac == address.mac && $0.source != address.source }
    }
    let isComplete = networks.keys.allSatisfy { mac in known.contains { $0.mac == mac } }
    if isComplete { return [] }
    if agent == .connected { found += interfaceAddresses(domain, .agent).filter(isMissing) }
    found += interfaceAddresses(domain, .arp).filter(isMissing)
    return Array(found.dropFirst(known.count))
  }
}

extension GuestAddress.Source {
  fileprivate var libvirt: virDomainInterfaceAddressesSource {
    switch self {
    case .lease: VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_LEASE
    case .agent: VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_AGENT
    case .arp: VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_ARP
    }
  }
}

/// What one source knows; nothing when the driver does not have it.
private func interfaceAddresses(
  _ domain: virDomainPtr, _ source: GuestAddress.Source
) -> [GuestAddress] {
  var list: UnsafeMutablePointer<virDomainInterfacePtr?>?
  let count = virDomainInterfaceAddresses(domain, &list, source.libvirt.rawValue, 0)
  guard count >= 0, let list else { return [] }
  defer { free(list) }
  var result: [GuestAddress] = []
  for index in 0..<Int(count) {
    guard let interface = list[index] else { continue }
    defer { virDomainInterfaceFree(interface) }
    guard let mac = interface.pointee.hwaddr.map({ String(cString: $0).lowercased() }),
      mac != "00:00:00:00:00:00", let addresses = interface.pointee.addrs
    else { continue }
    for each in 0..<Int(interface.pointee.naddrs) {
      guard let address = addresses[each].addr.map({ String(cString: $0) }) else { continue }
      let found = GuestAddress(mac: mac, address: address, source: source)
      if !result.contains(found) { result.append(found) }
    }
  }
  return result
}
