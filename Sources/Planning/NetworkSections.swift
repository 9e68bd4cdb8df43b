import Model

/// The parts of a running network that `virNetworkUpdate` changes without a restart.
enum NetworkSections {
  private static let dhcp: [(list: String, section: NetworkUpdate.Section)] = [
    ("reservations", .dhcpHost), ("ranges", .dhcpRange),
  ]
  private static let dns: [(list: String, section: NetworkUpdate.Section)] = [
    ("hosts", .dnsHost), ("txt", .dnsTxt), ("srv", .dnsSrv),
  ]

  /// Whether a difference at this path is made by an update of a section.
  static func covers(_ path: String) -> Bool {
    if path.hasPrefix("dns.") {
      let list = path.dropFirst(4).prefix { $0 != "[" }
      return dns.contains { $0.list == list }
    }
    guard path.hasPrefix("addresses["), let end = path.range(of: "].dhcp.") else { return false }
    let list = path[end...].dropFirst(7).prefix { $0 != "[" }
    return dhcp.contains { $0.list == list }
  }

  /// The updates that lead from what runs to what is declared: deletions first, so that an address that
  /// moves from one guest to another is free.
  static func updates(_ desired: Record, _ live: Record) -> [NetworkUpdate] {
    var updates: [NetworkUpdate] = []
    let liveAddresses = live.records("addresses")
    for address in desired.records("addresses") {
      // An address that the network does not run with yet comes with its restart.
      guard
        let index = liveAddresses.firstIndex(where: {
          Equivalence.address.holds(
            .string($0.string("address") ?? ""), .string(address.string("address") ?? ""))
        }), let wanted = address.record("dhcp")
      else { continue }
      let running = liveAddresses[index].record("dhcp") ?? Record()
      for (list, section) in dhcp where wanted[list] != nil {
        updates += entries(
          wanted.records(list), running.records(list), section, addressIndex: index,
          table: section == .dhcpHost ? .reservation : .addressRange,
          key: section == .dhcpHost ? ["address"] : ["start", "end"])
      }
    }
    guard let wanted = desired.record("dns") else { return updates }
    let running = live.record("dns") ?? Record()
    for (list, section) in dns where wanted[list] != nil {
      guard let field = Table.dns[list], case .list(.record(let table, _), let key) = field.type
      else { continue }
      updates += entries(
        wanted.records(list), running.records(list), section, addressIndex: -1, table: table,
        key: key)
    }
    return updates
  }

  /// The deletion of an entry of `dhcp.reservations`, `dns.hosts` and the like; nil where there is no such section.
  static func deletion(
    of entry: Record, from list: String, addressIndex: Int
  ) -> NetworkUpdate? {
    let section =
      dhcp.first { "dhcp." + $0.list == list }?.section
      ?? dns.first { "dns." + $0.list == list }?.section
    return section.map { deletion(of: entry, $0, addressIndex: addressIndex) }
  }

  private static func deletion(
    of entry: Record, _ section: NetworkUpdate.Section, addressIndex: Int
  ) -> NetworkUpdate {
    var entry = entry
    // libvirt finds a DNS host by its address or any of its names, and refuses when several match. By its
    // address alone it finds the one (measured on libvirt 9.0, with another host of the same name).
    if section == .dnsHost { entry["names"] = nil }
    return NetworkUpdate(
      section: section, command: .delete, addressIndex: addressIndex, entry: entry)
  }

  private static func entries(
    _ desired: [Record], _ running: [Record], _ section: NetworkUpdate.Section, addressIndex: Int,
    table: Table,
    key: [String]
  ) -> [NetworkUpdate] {
    var deletions: [NetworkUpdate] = []
    var additions: [NetworkUpdate] = []
    func same(_ left: Record, _ right: Record) -> Bool {
      key.allSatisfy { name in table[name].map { $0.same(left[name], right[name]) } ?? false }
    }
    func delete(_ entry: Record) {
      deletions.append(deletion(of: entry, section, addressIndex: addressIndex))
    }
    for entry in running where !desired.contains(where: { same($0, entry) }) { delete(entry) }
    for entry in desired {
      guard let old = running.first(where: { same($0, entry) }) else {
        additions.append(
          NetworkUpdate(section: section, command: .add, addressIndex: addressIndex, entry: entry))
        continue
      }
      if Difference.between(entry, old, table).isEmpty { continue }
      // Modifying finds a DHCP host by its MAC, so a changed one is taken out and put in anew.
      delete(old)
      additions.append(
        NetworkUpdate(section: section, command: .add, addressIndex: addressIndex, entry: entry))
    }
    return deletions + additions
  }
}

extension String {
  /// The index where a text first occurs; Planning does without Foundation.
  func range(of text: String) -> String.Index? {
    var index = startIndex
    while index < endIndex {
      if self[index...].hasPrefix(text) { return index }
      index = self.index(after: index)
    }
    return nil
  }
}
