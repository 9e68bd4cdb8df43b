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
    func complain(_ code: String, _ message: String, _ field: String?, expected: String? = nil) {
      let place =
        field.map { guest.place(.field("disks"), .index(index), .field($0)) }
        ?? guest.place(.field("disks"), .index(index))
      found.append(Diagnostic(code: code, message, at: place, expected: expected))
    }
    let isRemovable = ["cdrom", "floppy"].contains(disk.string("device") ?? "disk")
    let hasSource = ["file", "block", "volume"].contains { disk[$0] != nil }
    if !hasSource, disk["size"] == nil, disk["backing"] == nil, !isRemovable {
      complain(
        "missing-source", "disk '\(name)' has no source", nil,
        expected: "'pool' with 'volume' or 'size', 'file', or 'block'")
    }
    if disk["pool"] == nil {
      for field in ["volume", "size", "backing"] where disk[field] != nil {
        complain("missing-field", "disk '\(name)' has '\(field)' but no 'pool' for it", field)
      }
    }
    if disk["volume"] != nil, disk["size"] != nil {
      complain(
        "conflicting-fields", "disk '\(name)' names a volume, whose own manifest says its size",
        "size",
        expected: "'capacity' in the Volume, or 'size' without 'volume'")
    }
    guard let pool = disk.string("pool") else { return found }
    if manifests.sibling(of: guest.id, .pool, pool) == nil {
      found.append(
        dangling(
          guest, [.field("disks"), .index(index), .field("pool")], "Pool", pool,
          among: manifests.names(.pool, on: guest.id.host),
          expected:
            "a Pool manifest on host '\(guest.id.host)' (with 'external: true' for one that exists)"
        ))
    } else if let volume = disk.string("volume"),
      manifests.volume(volume, in: pool, on: guest.id.host) == nil
    {
      found.append(
        dangling(
          guest, [.field("disks"), .index(index), .field("volume")], "Volume", volume,
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
