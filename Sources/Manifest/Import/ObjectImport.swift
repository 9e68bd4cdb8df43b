import Model

extension Importer {
  // MARK: - Guests

  mutating func draft(_ guest: ObservedGuest) -> ManifestDraft {
    var comments = owner(guest.ownership)
    var spec = guest.spec
    spec["name"] = .string(guest.name)
    let missing = referred(&spec) + claimed(&spec, by: guest.name)
    let volumes = self.volumes
    let defaults = GuestDefaults(capabilities: observed.capabilities) { pool, name in
      volumes.values.first { $0.pool == pool && $0.name == name }?.format
    }
    spec = defaults.stripped(spec).without("name")
    spec["host"] = .string(wishes.host)
    if guest.autostart { spec["autostart"] = true }
    switch guest.power {
    case .running: spec["power"] = "running"
    case .stopped: spec["power"] = "stopped"
    case .paused, .crashed, .suspended, .unknown:
      spec["power"] = "unmanaged"
      comments.append("It is \(guest.power.rawValue) at the moment, which is left as it is.")
    }
    if guest.hasManagedSave {
      comments.append("It has a saved state on the host, which its next start restores.")
    }
    // Without their list, nothing can be said of the single ones either.
    let omitted = ["disks": "devices/disk", "interfaces": "devices/interface"].filter {
      guest.spec[$0.key] != nil && spec[$0.key] == nil
    }
    let rest = lay(
      guest.leftover, guest.remainders, over: &spec, of: .guest, without: Set(omitted.values))
    return ManifestDraft(
      kind: .guest, name: guest.name, spec: spec, comments: comments,
      remarks: remarks(missing + rest))
  }

  /// Names what the guest uses by their manifests. What cannot be named is taken out, and told.
  private func referred(_ spec: inout Record) -> [Remainder] {
    var missing: [Remainder] = []
    spec.changeItems("disks") { disk, _ in
      refer(&disk)
      return true
    }
    // A list with a gap would say that the missing disk must go.
    if let disk = spec.records("disks").first(where: { $0["pool"] != nil && !isImported($0) }) {
      spec["disks"] = nil
      missing.append(
        Remainder(
          path: "devices/disk",
          xml: "\(disk.string("name") ?? "") is a volume of pool '\(disk.string("pool") ?? "")', "
            + "which has no manifest; without one no disk can be declared"))
    }
    spec.changeItems("interfaces") { interface, _ in
      guard let filter = interface.record("filter")?.string("name"),
        !StockFilters.names.contains(filter),
        !observed.filters.contains(where: { $0.name == filter })
      else { return true }
      interface["filter"] = nil
      missing.append(
        Remainder(
          path: "devices/interface[\(interface.string("mac") ?? "")]/filterref",
          xml: "network filter '\(filter)', which the host does not have"))
      return true
    }
    spec.changeItems("interfaces") { interface, _ in
      guard let network = interface.string("network"),
        !observed.networks.contains(where: { $0.name == network && $0.persistent })
      else { return true }
      // Of such a network nothing can be declared; the interface is nevertheless the guest's.
      for name in ["network", "portGroup"] { interface[name] = nil }
      interface["type"] = "network"
      missing.append(
        Remainder(
          path: "devices/interface[\(interface.string("mac") ?? "")]/source",
          xml: "network '\(network)', which the host does not have, or not for long"))
      return true
    }
    return missing
  }

  /// Two guests of a set of manifests cannot have one disk or one MAC address, which a host lets them have. The
  /// first one keeps it, and of the second the whole list is left alone.
  private mutating func claimed(_ spec: inout Record, by guest: String) -> [Remainder] {
    var missing: [Remainder] = []
    var own: Set<String> = []
    for (list, path) in [("disks", "devices/disk"), ("interfaces", "devices/interface")] {
      let claims = spec.records(list).compactMap { $0.claim(in: list) }
      let taken = claims.first { claim in
        claims.count { $0 == claim } > 1 || claimants[claim].map { $0 != guest } ?? false
      }
      if let taken {
        spec[list] = nil
        let other = claimants[taken].map { "guest '\($0)'" } ?? "another one"
        missing.append(
          Remainder(
            path: path, xml: "\(taken) is in use by \(other) too, which no manifest can declare"))
      } else {
        own.formUnion(claims)
      }
    }
    for claim in own { claimants[claim] = guest }
    return missing
  }

  /// A disk whose content is an imported volume names that one instead of a path.
  private func refer(_ disk: inout Record) {
    let path = disk.string("file") ?? disk.string("block") ?? volumePath(disk)
    guard let path else { return }
    if let volume = volumes[path] {
      let isBlock = isBlockPool(volume.pool)
      // A file that is attached as a device, or the other way round, is not what a reference would give.
      if disk[isBlock ? "file" : "block"] != nil { return }
      for name in ["file", "block"] { disk[name] = nil }
      disk["pool"] = .string(volume.pool)
      disk["volume"] = .string(volume.name)
    } else if disk["pool"] != nil {
      let isBlock = isBlockPool(disk.string("pool") ?? "")
      disk["pool"] = nil
      disk["volume"] = nil
      disk[isBlock ? "block" : "file"] = .string(path)
    }
  }

  private func isImported(_ disk: Record) -> Bool {
    volumes.values.contains {
      $0.pool == disk.string("pool") && $0.name == disk.string("volume")
    }
  }

  private func volumePath(_ disk: Record) -> String? {
    guard let pool = observed.pools.first(where: { $0.name == disk.string("pool") }),
      let name = disk.string("volume")
    else { return nil }
    if let volume = pool.volumes.first(where: { $0.name == name }) { return volume.path }
    return pool.spec.string("path").map { $0 + "/" + name }
  }

  private func isBlockPool(_ name: String) -> Bool {
    let type = observed.pools.first { $0.name == name }?.spec.string("type")
    return PoolType.holdsDevices(type)
  }

  // MARK: - Networks

  func draft(_ network: ObservedNetwork) -> ManifestDraft {
    let unsaid = network.leftover?.rest ?? network.remainders
    if unsaid.contains(where: { $0.path == "forward" && $0.xml.hasPrefix("<") }) {
      // Made anew without it, the network would be an isolated one.
      var draft = external(.network, network.name)
      draft.comments =
        owner(network.ownership) + [
          "The way that it is connected cannot be described; it is left as it is."
        ]
      draft.remarks = remarks(network.remainders)
      return draft
    }
    var spec = network.spec
    var remarks: [String] = []
    if let bridge = spec.record("bridge")?.string("name"), isGenerated(bridge) {
      spec.change("bridge") { $0["name"] = nil }
      remarks.append("The bridge's name, \(bridge), is libvirt's choice.")
    }
    spec.change("bridge") {
      $0.drop("stp", true)
      $0.drop("delay", 0)
    }
    spec.changeItems("addresses") { address, _ in
      address.change("dhcp", shortened)
      return true
    }
    if let addresses = spec["addresses"]?.list, addresses.count == 1,
      let only = addresses[0].record,
      only.entries.allSatisfy({ ["address", "dhcp"].contains($0.name) })
    {
      spec["addresses"] = nil
      for entry in only.entries { spec[entry.name] = entry.value }
    }
    spec = Minimal.stripped(spec, .network)
    spec["host"] = .string(wishes.host)
    if !network.autostart { spec["autostart"] = false }
    if !network.active { spec["power"] = "stopped" }
    remarks += self.remarks(lay(network.leftover, network.remainders, over: &spec, of: .network))
    return ManifestDraft(
      kind: .network, name: network.name, spec: spec, comments: owner(network.ownership),
      remarks: remarks)
  }

  /// libvirt numbers the bridges that it makes: `virbr0`. One that a guest names must keep its name.
  private func isGenerated(_ bridge: String) -> Bool {
    guard bridge.hasPrefix("virbr"), Int(bridge.dropFirst(5)) != nil else { return false }
    return !observed.guests.contains { guest in
      guest.spec.records("interfaces").contains { $0.string("bridge") == bridge }
    }
  }

  /// One range in its short form.
  private func shortened(_ dhcp: inout Record) {
    guard let ranges = dhcp["ranges"]?.list, ranges.count == 1, let range = ranges[0].record,
      range.entries.count == 2
    else { return }
    dhcp["ranges"] = nil
    dhcp["start"] = range["start"]
    dhcp["end"] = range["end"]
  }
}

extension Record {
  /// What an item has for itself alone; nil where it may be shared.
  fileprivate func claim(in list: String) -> String? {
    if list == "interfaces" { return string("mac")?.lowercased() }
    if boolean("shareable") == true || boolean("readOnly") == true { return nil }
    if ["cdrom", "floppy"].contains(string("device")) { return nil }
    if let pool = string("pool"), let volume = string("volume") { return pool + "/" + volume }
    return string("file") ?? string("block")
  }
}
