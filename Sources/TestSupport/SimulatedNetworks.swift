import Execution
import LibvirtXML
import Model
import Planning

extension SimulatedState {
  func network(_ name: String, _ call: String) throws(HypervisorError) -> Network {
    guard let network = networks[name] else { throw .notFound(call, "network", name, 43) }
    return network
  }

  /// Operations on a network.
  mutating func performNetwork(_ operation: Operation, _ name: String) throws(HypervisorError) {
    switch operation {
    case .defineNetwork(let definition):
      let call = "virNetworkDefineXMLFlags"
      let existing = networks[name]?.inactive
      try definition.check(existing?.fingerprint(""), "network/\(name)", call)
      try defineNetwork(
        definition.xml(root: "network", name: name, kind: .network, over: existing))
    case .undefineNetwork:
      if networks[name]?.live != nil {
        throw .refused("virNetworkUndefine", "it runs; libvirt would make it transient")
      }
      networks[name] = nil
    case .startNetwork: try startNetwork(name)
    case .stopNetwork: try stopNetwork(name)
    case .setNetworkAutostart(let autostart):
      _ = try network(name, "virNetworkSetAutostart")
      networks[name]?.autostart = autostart
    case .updateNetwork(let update):
      let call = "virNetworkUpdate"
      let xml: String
      do throws(XMLProblem) {
        xml = try networkEntryXML(section: update.section.rawValue, entry: update.entry)
      } catch {
        throw .broken(call, error)
      }
      try updateNetwork(name, update, xml)
    case .reattachInterfaces(let interfaces):
      if try network(name, "virDomainUpdateDeviceFlags").live == nil {
        throw .refused(
          "virDomainUpdateDeviceFlags",
          "Requested operation is not valid: network '\(name)' is not active")
      }
      for interface in interfaces { cutInterfaces.remove("\(interface.guest) \(interface.mac)") }
      try settleReattachment(name)
    default: preconditionFailure("\(operation) is none of a network's")
    }
  }

  private mutating func settleReattachment(_ name: String) throws(HypervisorError) {
    let inactive = try network(name, "virNetworkGetXMLDesc").inactive
    do throws(XMLProblem) {
      var document = try LibvirtDocument(parsing: inactive.serialized)
      if document.settleReattachment() {
        networks[name]?.inactive = try XMLTree(parsing: document.serialized())
      }
    } catch {
      throw .broken("virNetworkDefineXMLFlags", error)
    }
  }

  /// `virNetworkDefineXMLFlags`. A running network runs on as it is.
  mutating func defineNetwork(_ xml: String) throws(HypervisorError) {
    let call = "virNetworkDefineXMLFlags"
    var network = try XMLTree.given(xml, call)
    guard let name = network.text("name"), !name.isEmpty else {
      throw .refused(call, "XML error: missing network name", 27)
    }
    let uuid = network.text("uuid") ?? newUUID()
    if let existing = networks[name]?.inactive.text("uuid"), existing != uuid {
      throw .refused(
        call, "operation failed: network '\(name)' already exists with uuid \(existing)", 9)
    }
    network.complete("uuid", uuid)
    let mode = network.child("forward").map { $0["mode"] ?? "nat" }
    if mode == "bridge" || mode == "hostdev" {
      if mode == "hostdev", network.child("bridge") != nil {
        throw .refused(
          call,
          "XML error: bridge delay/stp/zone options only allowed in route, nat, and isolated mode, not in hostdev (network '\(name)')",
          27)
      }
      if !network.all("ip").isEmpty {
        throw .refused(
          call,
          "unsupported configuration: Unsupported <ip> element in network \(name) with forward mode='\(mode ?? "")'",
          67)
      }
    } else {
      let names = networks.filter { $0.key != name }.map { $0.value.inactive.text("bridge/@name") }
      if network.text("bridge/@name") == nil {
        let number = (0...).first { !names.contains("virbr\($0)") } ?? 0
        network.set("bridge/@name", "virbr\(number)")
      }
      if names.contains(network.text("bridge/@name")) {
        throw .refused(
          call,
          "internal error: bridge name '\(network.text("bridge/@name") ?? "")' already in use.",
          1)
      }
      network.complete("bridge/@stp", "on")
      network.complete("bridge/@delay", "0")
      network.complete("mac/@address", newMAC())
    }
    if mode == "nat", network.text("forward/nat") == nil {
      network.set("forward/nat/port/@start", "1024")
      network.set("forward/nat/port/@end", "65535")
    }
    try check(network, call)
    networks[name] = Network(
      inactive: network, live: networks[name]?.live, autostart: networks[name]?.autostart ?? false)
  }

  private func check(_ network: XMLTree, _ call: String) throws(HypervisorError) {
    let served = network.all("ip").filter {
      $0["family"] != "ipv6" && !($0.child("dhcp")?.children.isEmpty ?? true)
    }
    if served.count > 1 {
      throw .refused(
        call,
        "unsupported configuration: Multiple IPv4 dhcp sections found -- dhcp is supported only for a single IPv4 address on each network",
        67)
    }
    for ip in network.all("ip") {
      guard let subnet = ip.subnet else {
        throw .refused(call, "XML error: no usable address in an <ip> element", 27)
      }
      if subnet.address.isIPv6, ip["family"] != "ipv6" {
        throw .refused(call, "XML error: no family specified for non-IPv4 address", 27)
      }
      for range in ip.child("dhcp")?.all("range") ?? [] {
        for end in ["start", "end"] {
          guard let address = range[end].flatMap(IPAddress.init), subnet.contains(address) else {
            throw .refused(
              call,
              "internal error: range \(range["start"] ?? "") - \(range["end"] ?? "")"
                + " is not entirely within network \(subnet)", 1)
          }
        }
      }
    }
  }

  private mutating func startNetwork(_ name: String) throws(HypervisorError) {
    let call = "virNetworkCreate"
    let network = try network(name, call)
    if network.live != nil {
      throw .refused(call, "Requested operation is not valid: network is already active")
    }
    let subnets = network.inactive.all("ip").compactMap(\.subnet)
    for (other, found) in networks {
      for used in found.live?.all("ip").compactMap(\.subnet) ?? []
      where subnets.contains(where: { $0.overlaps(used) }) {
        throw .refused(
          call,
          "internal error: Network is already in use by interface"
            + " \(found.live?.text("bridge/@name") ?? other)", 1)
      }
    }
    networks[name]?.live = network.inactive
  }

  /// Guests that are attached run on, without a bridge behind their interfaces.
  mutating func stopNetwork(_ name: String) throws(HypervisorError) {
    let call = "virNetworkDestroy"
    if try network(name, call).live == nil {
      throw .refused(call, "Requested operation is not valid: network '\(name)' is not active")
    }
    networks[name]?.live = nil
    if networks[name]?.isPersistent == false { networks[name] = nil }
    for (guest, domain) in domains {
      for interface in domain.live?.child("devices")?.all("interface") ?? []
      where interface.text("source/@network") == name {
        cutInterfaces.insert("\(guest) \(interface.text("mac/@address") ?? "")")
      }
    }
  }
}

extension XMLTree {
  /// The subnet of an `<ip>` element.
  fileprivate var subnet: Subnet? {
    guard let address = self["address"].flatMap(IPAddress.init) else { return nil }
    if let prefix = self["prefix"].flatMap({ Int($0) }) {
      return Subnet(address: address, prefix: prefix)
    }
    guard let mask = self["netmask"].flatMap(IPAddress.init) else { return nil }
    return Subnet(address: address, netmask: mask)
  }
}
