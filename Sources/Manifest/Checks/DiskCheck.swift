import Model

/// A disk has a source that is declared; an empty drive is a CD-ROM or floppy.
enum DiskCheck: Check {
  static func run(_ manifests: ManifestSet) -> [Diagnostic] {
    manifests.placed.filter { $0.id.kind == .guest }.flatMap { guest in
      guest.spec.records("disks").enumerated().flatMap { index, disk in
        check(disk, index, of: guest, manifests)
      }
    }
  }

  private static func check(
    _ disk: Record, _ index: Int, of guest: Placed, _ manifests: ManifestSet
  ) -> [Diagnostic] {
    var found: [Diagnostic] = []
    let name = disk.string("name") ?? String(index)
    func lacks(_ field: String) -> Bool {
      disk[field] == nil && !guest.isBroken(.field("disks"), .index(index), .field(field))
    }
    func complain(_ code: String, _ message: String, _ field: String?, expected: String? = nil) {
      let place =
        field.map { guest.place(.field("disks"), .index(index), .field($0)) }
        ?? guest.place(.field("disks"), .index(index))
      found.append(Diagnostic(code: code, message, at: place, expected: expected))
    }
    let isRemovable =
      ["cdrom", "floppy"].contains(disk.string("device") ?? "disk")
      || guest.isBroken(.field("disks"), .index(index), .field("device"))
    let sources = ["file", "block", "volume", "size", "backing"]
    if sources.allSatisfy(lacks), !isRemovable {
      complain(
        "missing-source", "disk '\(name)' has no source", nil,
        expected: "'pool' with 'volume' or 'size', 'file', or 'block'")
    }
    // `file` beside `volume` has been complained about already.
    if ["pool", "file", "block"].allSatisfy(lacks),
      let field = ["volume", "size", "backing"].first(where: { disk[$0] != nil })
    {
      complain(
        "missing-field", "disk '\(name)' has '\(field)' but no 'pool' for it", field,
        expected: "'pool: NAME' beside it")
    }
    if disk["volume"] != nil, disk["size"] != nil {
      complain(
        "conflicting-fields", "disk '\(name)' names a volume, whose own manifest says its size",
        "size",
        expected: "'capacity' in the Volume, or 'size' without 'volume'")
    }
    guard let pool = disk.string("pool") else { return found }
    if manifests.sibling(of: guest.id, .pool, pool) == nil {
      if manifests.isUnplaced(.pool, pool) { return found }
      found.append(
        dangling(
          guest, [.field("disks"), .index(index), .field("pool")], "Pool", pool,
          among: manifests.names(.pool, on: guest.id.host),
          expected:
            "a Pool manifest on host '\(guest.id.host)' (with 'external: true' for one that exists)"
        ))
      return found
    }
    for field in ["volume", "backing"] {
      guard let name = disk.string(field),
        manifests.volume(name, in: pool, on: guest.id.host) == nil,
        !manifests.isUnplaced(.volume, name)
      else { continue }
      found.append(
        dangling(
          guest, [.field("disks"), .index(index), .field(field)], "Volume", name,
          among: manifests.names(.volume, on: guest.id.host),
          expected:
            "a Volume manifest in pool '\(pool)' (with 'external: true' for one that exists)"))
    }
    return found
  }
}

extension ManifestSet {
  /// A volume by its manifest's name or its name in the pool.
  func volume(_ name: String, in pool: String, on host: String) -> Placed? {
    let id = ObjectID.volume(host: host, pool: pool, name: name)
    return objects[id] ?? volume(named: name, like: id)
  }
}

/// A reference out of a placed object; the place is in the guest's document or in its class.
func dangling(
  _ object: Placed, _ path: [PathPart], _ kind: String, _ name: String, among names: [String],
  expected: String
) -> Diagnostic {
  let document =
    object.document.writes(path) ? object.document : object.classDocument ?? object.document
  return dangling(document, path, kind, name, among: names, expected: expected)
}
