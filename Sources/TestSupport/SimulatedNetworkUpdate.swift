import Execution
import Planning

extension SimulatedState {
  /// `virNetworkUpdate` with AFFECT_LIVE, by the rules of libvirt's network_conf.c.
  mutating func updateNetwork(
    _ name: String, _ update: NetworkUpdate, _ xml: String
  ) throws(HypervisorError) {
    let call = "virNetworkUpdate"
    guard let live = try network(name, call).live else {
      throw .refused(call, "Requested operation is not valid: network is not running")
    }
    let entry = try XMLTree.given(xml, call)
    guard let path = Self.path(update, live) else {
      throw .refused(
        call,
        "Requested operation is not valid: couldn't locate an <ip> element in network"
          + " '\(name)'")
    }
    let section = NetworkSection(update.section)
    var entries = path.parent(live).all(section.element)
    switch update.command {
    case .add:
      if entries.contains(where: { section.collides(entry, $0) }) {
        throw .refused(
          call,
          "Requested operation is not valid: there is an existing \(section.element) entry"
            + " in network '\(name)' that matches '\(xml)'")
      }
      entries.append(entry)
    case .modify:
      guard section.element == "host", update.section == .dhcpHost,
        let index = entries.firstIndex(where: { $0["mac"] == entry["mac"] })
      else {
        throw .refused(
          call, "Requested operation is not valid: couldn't locate an existing entry to modify")
      }
      entries[index] = entry
    case .delete:
      let found = entries.indices.filter { section.matches(entry, entries[$0]) }
      guard let index = found.first, found.count == 1 || section.takesFirst else {
        let what = found.isEmpty ? "couldn't locate a matching" : "multiple matching"
        throw .refused(
          call,
          "Requested operation is not valid: \(what) \(section.element) entry in network"
            + " '\(name)'")
      }
      entries.remove(at: index)
    }
    networks[name]?.live?.change(at: path) { parent in
      parent.removeAll(section.element)
      parent.children += entries
    }
  }

  private static func path(_ update: NetworkUpdate, _ live: XMLTree) -> NetworkPath? {
    guard [.dhcpHost, .dhcpRange].contains(update.section) else { return .dns }
    return live.all("ip").indices.contains(update.addressIndex) ? .dhcp(update.addressIndex) : nil
  }
}

/// Where a section's entries stand.
private enum NetworkPath {
  case dns
  /// Of the `<ip>` element with this index.
  case dhcp(Int)

  func parent(_ network: XMLTree) -> XMLTree {
    switch self {
    case .dns: network.child("dns") ?? XMLTree("dns")
    case .dhcp(let index): network.all("ip")[index].child("dhcp") ?? XMLTree("dhcp")
    }
  }
}

extension XMLTree {
  fileprivate mutating func change(at path: NetworkPath, _ body: (inout XMLTree) -> Void) {
    switch path {
    case .dns: change("dns", body)
    case .dhcp(let wanted):
      changeAll("ip") { ip, index in
        if index == wanted { ip.change("dhcp", body) }
      }
    }
  }
}

/// When two entries of a section are in each other's way, and when one is meant by another.
private struct NetworkSection {
  let section: NetworkUpdate.Section
  let element: String

  init(_ section: NetworkUpdate.Section) {
    self.section = section
    element =
      switch section {
      case .dhcpHost, .dnsHost: "host"
      case .dhcpRange: "range"
      case .dnsTxt: "txt"
      case .dnsSrv: "srv"
      }
  }

  /// Names of DNS hosts and services are counted, the others are looked for.
  var takesFirst: Bool { [.dhcpHost, .dhcpRange, .dnsTxt].contains(section) }

  func collides(_ new: XMLTree, _ old: XMLTree) -> Bool {
    func same(_ name: String) -> Bool { new[name] != nil && new[name] == old[name] }
    switch section {
    case .dhcpHost: return same("mac") || same("name") || same("ip")
    case .dhcpRange: return same("start") && same("end")
    case .dnsHost: return same("ip")
    case .dnsTxt: return same("name")
    case .dnsSrv: return matches(new, old)
    }
  }

  /// What the entry says must be so; a DNS host is meant by its address or by any of its names.
  func matches(_ wanted: XMLTree, _ found: XMLTree) -> Bool {
    switch section {
    case .dnsHost:
      let names = wanted.all("hostname").map(\.text)
      return wanted["ip"] == found["ip"]
        || found.all("hostname").contains { names.contains($0.text) }
    case .dnsTxt: return wanted["name"] == found["name"]
    default: return wanted.attributes.allSatisfy { found[$0.name] == $0.value }
    }
  }
}
