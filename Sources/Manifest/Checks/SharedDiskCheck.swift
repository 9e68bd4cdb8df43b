import Model

/// Guests that use a disk while another writes to it destroy it, unless all of them say that it is shared or
/// read-only.
enum SharedDiskCheck: Check {
  static func run(_ manifests: ManifestSet) -> [Diagnostic] {
    var users: [String: (guest: Placed, index: Int, isShared: Bool)] = [:]
    var found: [Diagnostic] = []
    for guest in manifests.placed where guest.id.kind == .guest {
      for (index, disk) in guest.spec.records("disks").enumerated() {
        guard let source = source(disk, of: guest, manifests) else { continue }
        let isShared = isShared(disk) || guest.isBroken(.field("disks"), .index(index))
        let key = guest.id.host + ":" + source
        if let first = users[key] {
          if first.isShared, isShared { continue }
          found.append(
            Diagnostic(
              code: "shared-disk",
              "\(source) is also a disk of guest '\(first.guest.id.name)'",
              at: guest.place(.field("disks"), .index(index)),
              expected: "a disk of its own, or 'shareable: true' or 'readOnly: true' on both"
            ).related(to: first.guest.place(.field("disks"), .index(first.index)), "used here"))
        } else {
          users[key] = (guest, index, isShared)
        }
      }
    }
    return found
  }

  static func isShared(_ disk: Record) -> Bool {
    disk.boolean("shareable") == true || disk.boolean("readOnly") == true
      || ["cdrom", "floppy"].contains(disk.string("device") ?? "disk")
  }

  private static func source(_ disk: Record, of guest: Placed, _ manifests: ManifestSet) -> String?
  {
    if let pool = disk.string("pool"), let volume = disk.string("volume") {
      let known = manifests.volume(volume, in: pool, on: guest.id.host)
      return "volume '\(known?.id.name ?? "\(pool)/\(volume)")'"
    }
    if let network = disk.record("network"), let name = network.string("name") {
      let hosts = network.records("hosts").map { $0.string("name") ?? $0.string("socket") ?? "" }
      return "'\(network.string("protocol") ?? "")://\(hosts.joined(separator: ","))/\(name)'"
    }
    return (disk.string("file") ?? disk.string("block")).map { "'\($0)'" }
  }
}
