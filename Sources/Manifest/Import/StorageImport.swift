import Model

extension Importer {
  /// The pools, each with its volumes in one file. Fills `volumes`.
  mutating func pools() -> [File] {
    var files: [File] = []
    var drafts: [(pool: ObservedPool, draft: ManifestDraft)] = []
    for pool in observed.pools {
      let isPoolWanted = isWanted(.pool, pool.name)
      let wanted = pool.volumes.filter {
        isPoolWanted || isWanted(.volume, pool.name + "/" + $0.name)
      }
      guard isPoolWanted || !wanted.isEmpty else { continue }
      if let reason = reason(
        .pool, pool.name, isPersistent: pool.persistent,
        remedy: "it is gone when it stops; define it first, with 'virsh pool-define'")
      {
        leaveOut(reason)
        continue
      }
      drafts.append((pool, isPoolWanted ? draft(pool) : external(.pool, pool.name)))
      if drafts.last?.draft.spec.boolean("external") == true, isPoolWanted { continue }
      var taken: Set<String> = []
      for volume in wanted.sorted(by: { $0.name < $1.name }) {
        let name = manifestName(volume.name, &taken)
        // Two pools can show one file; the first has it.
        if volumes[volume.path] == nil {
          volumes[volume.path] = ImportedVolume(
            pool: pool.name, name: name, format: volume.spec.string("format"))
        }
      }
    }
    for (pool, draft) in drafts {
      let own = pool.volumes.filter { volumes[$0.path]?.pool == pool.name }
        .sorted { $0.name < $1.name }
      files.append(
        File(
          name: "pool-\(pool.name).yaml",
          drafts: [draft] + own.compactMap { self.draft($0, in: pool) }))
    }
    return files
  }

  /// The volume's own name where a manifest can have it, else one that is like it.
  func manifestName(_ name: String, _ taken: inout Set<String>) -> String {
    var base = String(
      name.unicodeScalars.map { scalar in
        scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar))
          || "._-".unicodeScalars.contains(scalar) ? Character(scalar) : "-"
      }.prefix(56))
    if !Format.name.accepts(base) { base = "v" + base }
    var candidate = Format.name.accepts(name) ? name : base
    var number = 2
    while !taken.insert(candidate).inserted {
      candidate = "\(base)-\(number)"
      number += 1
    }
    return candidate
  }

  private func draft(_ pool: ObservedPool) -> ManifestDraft {
    guard let type = pool.spec.string("type") else {
      var draft = external(.pool, pool.name)
      draft.comments = ["Pools of its type cannot be described yet, and are left as they are."]
      draft.remarks = remarks(pool.remainders)
      return draft
    }
    var spec = pool.spec
    if type == "logical", let group = spec.record("source")?.string("name") {
      spec.drop("path", .string("/dev/" + group))
    }
    // What libvirt builds a folder with.
    spec.drop("permissions", ["mode": "0711", "owner": 0, "group": 0])
    spec = Minimal.stripped(spec, .pool)
    spec["host"] = .string(wishes.host)
    if !pool.autostart { spec["autostart"] = false }
    var comments = owner(ledgerOwner(.pool, pool.name))
    if !pool.active {
      spec["power"] = "stopped"
      comments.append("It is not active, so that its volumes are unknown.")
    }
    let rest = lay(pool.leftover, pool.remainders, over: &spec, of: .pool)
    return ManifestDraft(
      kind: .pool, name: pool.name, spec: spec, comments: comments, remarks: remarks(rest))
  }

  private func draft(_ volume: ObservedVolume, in pool: ObservedPool) -> ManifestDraft? {
    guard let imported = volumes[volume.path] else { return nil }
    var spec = Table.volume.expressible(
      volume.spec.without("name", "path", "backingPath", "backingFormat", "permissions"))
    spec["host"] = .string(wishes.host)
    spec["pool"] = .string(pool.name)
    if imported.name != volume.name { spec["fileName"] = .string(volume.name) }
    // The space that new volumes take is a matter of their format; a sparse raw one says so.
    let isThin =
      (volume.spec.integer("allocation") ?? 0) < (volume.spec.integer("capacity") ?? 0)
    let isBlock = PoolType.holdsDevices(pool.spec.string("type"))
    spec["allocation"] = volume.spec.string("format") == "raw" && isThin && !isBlock ? 0 : nil
    // Devices hold the disk itself, and folders qcow2 unless they are told otherwise.
    if isBlock { spec["format"] = nil } else { spec.drop("format", "qcow2") }
    spec["permissions"] = permissions(of: volume).map(Value.record)
    var remarks = self.remarks(volume.remainders)
    if volume.spec["format"] != nil, spec["format"] == nil, !isBlock,
      volume.spec["format"] != "qcow2"
    {
      remarks.append("not imported: the format '\(volume.spec.string("format") ?? "")'")
    }
    if let path = volume.spec.string("backingPath") {
      if let backing = backing(path, volume.spec.string("backingFormat"), pool.name) {
        spec["backing"] = .record(backing)
      } else {
        remarks.append("not imported: what it lies over, \(path)")
      }
    }
    return ManifestDraft(
      kind: .volume, name: imported.name, spec: spec,
      comments: owner(ledgerOwner(.volume, pool.name + "/" + volume.name)), remarks: remarks)
  }

  /// Owner and mode, where they are not what every new volume gets. libvirt gives the files of running guests to
  /// the user that these run as, and labels them.
  private func permissions(of volume: ObservedVolume) -> Record? {
    guard let found = volume.spec.record("permissions") else { return nil }
    var permissions = Table.permissions.expressible(found).without("label")
    if permissions.string("mode").flatMap({ Int($0, radix: 8) }) == 0o600 {
      permissions["mode"] = nil
    }
    let isOpen = observed.guests.contains { guest in
      guest.power.isActive
        && guest.spec.records("disks").contains {
          ($0.string("file") ?? $0.string("block")) == volume.path
        }
    }
    for name in ["owner", "group"] {
      if isOpen { permissions[name] = nil } else { permissions.drop(name, 0) }
    }
    return permissions.isEmpty ? nil : permissions
  }

  /// What an overlay lies over: an imported volume, if that says the same, else a path.
  private func backing(_ path: String, _ format: String?, _ pool: String) -> Record? {
    guard Format.path.accepts(path) else { return nil }
    if let known = volumes[path], known.format == format {
      var record = Record([("volume", .string(known.name))])
      if known.pool != pool { record["pool"] = .string(known.pool) }
      return record
    }
    var record = Record([("path", .string(path))])
    record["format"] = format.map(Value.string)
    return record
  }

  /// Pools, volumes and network filters have no metadata; the ledgers tell who owns them.
  func ledgerOwner(_ kind: Kind, _ name: String) -> Ownership? {
    ([observed.ledger].compactMap { $0 } + observed.otherLedgers)
      .compactMap { $0[kind, name]?.ownership }.first
  }
}
