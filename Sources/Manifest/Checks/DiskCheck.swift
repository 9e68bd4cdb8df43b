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
    let sources = ["file", "block", "network", "volume", "size", "backing", "image"]
    if sources.allSatisfy(lacks), !isRemovable {
      complain(
        "missing-source", "disk '\(name)' has no source", nil,
        expected:
          "'pool' and 'size' for a new volume, 'image', 'pool' and 'volume', 'file', 'block', or 'network'"
      )
    }
    // `file` beside `volume` has been complained about already.
    if ["pool", "file", "block", "network", "image"].allSatisfy(lacks),
      let field = ["volume", "size", "backing"].first(where: { disk[$0] != nil })
    {
      complain(
        "missing-field", "disk '\(name)' has '\(field)' but no 'pool' for it", field,
        expected: "'pool: NAME' beside it")
    }
    if disk["volume"] != nil {
      for (field, other) in [("size", "capacity"), ("backing", "backing")] where disk[field] != nil
      {
        complain(
          "conflicting-fields",
          "disk '\(name)' names a volume, whose own manifest says its \(other)", field,
          expected: "'\(other)' in the Volume, or '\(field)' without 'volume'")
      }
    }
    guard let pool = disk.string("pool") else { return found }
    if manifests.sibling(of: guest.id, .pool, pool) == nil {
      if manifests.isUnplaced(.pool, pool) { return found }
      let path: [PathPart] = [.field("disks"), .index(index), .field("pool")]
      found.append(dangling(guest, path, .pool, pool, in: manifests))
      return found
    }
    for field in ["volume", "backing"] {
      guard let name = disk.string(field),
        manifests.volume(name, in: pool, on: guest.id.host) == nil,
        !manifests.isUnplaced(.volume, name)
      else { continue }
      let path: [PathPart] = [.field("disks"), .index(index), .field(field)]
      found.append(dangling(guest, path, .volume, name, pool: pool, in: manifests))
    }
    return found
  }
}

extension ManifestSet {
  /// A volume by its manifest's name or its name in the pool.
  func volume(_ name: String, in pool: String, on host: String) -> Placed? {
    let id = ObjectID.volume(host: host, pool: pool, name: name)
    return objects[id] ?? volumes[id]
  }
}
