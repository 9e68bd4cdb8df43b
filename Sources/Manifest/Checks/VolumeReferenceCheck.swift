import Model

/// Volumes lie in declared pools, over declared volumes, and never over themselves.
enum VolumeReferenceCheck: Check {
  static func run(_ manifests: ManifestSet) -> [Diagnostic] {
    var found: [Diagnostic] = []
    for volume in manifests.placed where volume.id.kind == .volume {
      guard let pool = volume.spec.string("pool") else { continue }
      if manifests.sibling(of: volume.id, .pool, pool) == nil {
        found.append(
          dangling(
            volume.document, [.field("pool")], "Pool", pool,
            among: manifests.names(.pool, on: volume.id.host),
            expected:
              "a Pool manifest on host '\(volume.id.host)' (with 'external: true' for one that exists)"
          ))
      }
      if volume.spec["capacity"] == nil, volume.spec["backing"] == nil,
        volume.spec.boolean("external") != true
      {
        found.append(
          Diagnostic(
            code: "missing-field", "volume needs 'capacity', or a backing volume to take it from",
            at: volume.place()))
      }
      found += backing(of: volume, pool, manifests)
    }
    return found
  }

  private static func backing(of volume: Placed, _ pool: String, _ manifests: ManifestSet)
    -> [Diagnostic]
  {
    var seen: Set<ObjectID> = [volume.id]
    var current = volume
    var isFirst = true
    while let backing = current.spec.record("backing"), let name = backing.string("volume") {
      let id = ObjectID.volume(
        host: volume.id.host, pool: backing.string("pool") ?? current.spec.string("pool") ?? pool,
        name: name)
      guard let next = manifests.objects[id] ?? manifests.volume(named: name, like: id) else {
        if !isFirst { return [] }
        return [
          dangling(
            volume.document, [.field("backing")], "Volume", name,
            among: manifests.names(.volume, on: id.host),
            expected:
              "a Volume manifest (with 'external: true' for one that exists), or 'backing: {path: …, format: …}'"
          )
        ]
      }
      if !seen.insert(next.id).inserted {
        return [
          Diagnostic(
            code: "backing-cycle",
            "volume '\(volume.document.name)' is, in the end, its own backing volume",
            at: volume.place(.field("backing")))
        ]
      }
      current = next
      isFirst = false
    }
    return []
  }
}

extension ManifestSet {
  /// The names of a kind's objects on a host, as references spell them.
  func names(_ kind: Kind, on host: String) -> [String] {
    placed.filter { $0.id.kind == kind && $0.id.host == host }.map(\.document.name)
  }

  /// A volume by its manifest's name, where that differs from its name in the pool.
  func volume(named name: String, like id: ObjectID) -> Placed? {
    guard let pool = id.poolAndVolume?.pool else { return nil }
    return placed.first {
      $0.id.kind == .volume && $0.id.host == id.host && $0.document.name == name
        && $0.spec.string("pool") == pool
    }
  }
}
