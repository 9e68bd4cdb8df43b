import Model

/// Volumes lie in declared pools, over declared volumes, and never over themselves.
enum VolumeReferenceCheck: Check {
  static func run(_ manifests: ManifestSet) -> [Diagnostic] {
    var found: [Diagnostic] = []
    var cycles: Set<ObjectID> = []
    for volume in manifests.placed where volume.id.kind == .volume {
      guard let pool = volume.spec.string("pool") else { continue }
      if manifests.sibling(of: volume.id, .pool, pool) == nil, !manifests.isUnplaced(.pool, pool) {
        found.append(dangling(volume, [.field("pool")], .pool, pool, in: manifests))
      }
      if volume.document.lacks("capacity"), volume.document.lacks("backing"),
        volume.spec.boolean("external") != true
      {
        found.append(
          Diagnostic(
            code: "missing-field",
            "volume '\(volume.document.name)' has no 'capacity', and no 'backing' to take it from",
            at: volume.place(), expected: "capacity: 20GiB"))
      }
      found += backing(of: volume, manifests, &cycles)
    }
    return found
  }

  private static func backing(
    of volume: Placed, _ manifests: ManifestSet, _ cycles: inout Set<ObjectID>
  ) -> [Diagnostic] {
    guard let backing = volume.spec.record("backing"), let name = backing.string("volume") else {
      return []
    }
    guard manifests.backing(of: volume) != nil else {
      return unknown(backing, name, of: volume, manifests)
    }
    // Each cycle is reported once, at its first volume.
    var chain = [volume]
    while let next = manifests.backing(of: chain[chain.count - 1]) {
      if next.id == volume.id { break }
      if chain.contains(where: { $0.id == next.id }) { return [] }
      chain.append(next)
    }
    guard manifests.backing(of: chain[chain.count - 1])?.id == volume.id,
      cycles.isDisjoint(with: chain.map(\.id))
    else { return [] }
    cycles.formUnion(chain.map(\.id))
    return [
      chain.dropFirst().reduce(
        Diagnostic(
          code: "backing-cycle",
          "volume '\(volume.document.name)' is, in the end, its own backing volume",
          at: volume.place(.field("backing")))
      ) { diagnostic, link in
        diagnostic.related(
          to: link.place(.field("backing")), "'\(link.document.name)' lies over another one here")
      }
    ]
  }

  private static func unknown(
    _ backing: Record, _ name: String, of volume: Placed, _ manifests: ManifestSet
  ) -> [Diagnostic] {
    let own = volume.spec.string("pool") ?? ""
    let pool = backing.string("pool") ?? own
    if manifests.sibling(of: volume.id, .pool, pool) == nil {
      // The volume's own pool has been complained about already.
      if pool == own || manifests.isUnplaced(.pool, pool) { return [] }
      return [dangling(volume, [.field("backing"), .field("pool")], .pool, pool, in: manifests)]
    }
    if manifests.isUnplaced(.volume, name) { return [] }
    let path: [PathPart] = [.field("backing"), .field("volume")]
    return [dangling(volume, path, .volume, name, pool: pool, in: manifests)]
  }
}

extension ManifestSet {
  /// The declared volume that a volume is an overlay of.
  fileprivate func backing(of volume: Placed) -> Placed? {
    guard let backing = volume.spec.record("backing"), let name = backing.string("volume"),
      let pool = backing.string("pool") ?? volume.spec.string("pool")
    else { return nil }
    return self.volume(name, in: pool, on: volume.id.host)
  }
}
