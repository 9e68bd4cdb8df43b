import Model

/// What configures a guest has a drive among its disks and a pool to be kept in, and says nothing twice.
enum FirstBootCheck: Check {
  static func run(_ manifests: ManifestSet) -> [Diagnostic] {
    manifests.placed.filter { $0.id.kind == .guest }.flatMap { guest in
      drives(guest, manifests) + hashes(guest) + media(guest, manifests)
    }
  }

  /// The fields of a guest that come to a disc.
  private static func fields(_ guest: Placed) -> [String] {
    let isQEMU = ["kvm", "qemu"].contains(guest.spec.string("virtType") ?? "kvm")
    var fields = ["cloudInit", "combustion"].filter { guest.spec[$0] != nil }
    if !isQEMU, guest.spec["ignition"] != nil { fields.append("ignition") }
    if guest.spec.record("install")?["answers"] != nil { fields.append("install") }
    return fields
  }

  private static func drives(_ guest: Placed, _ manifests: ManifestSet) -> [Diagnostic] {
    var found: [Diagnostic] = []
    let disks = guest.spec.records("disks")
    if guest.spec["install"] != nil, guest.spec["disks"] == nil, !guest.isBroken(.field("disks")) {
      found.append(
        Diagnostic(
          code: "missing-field", "'install' needs 'disks', which it installs to",
          at: guest.place(.field("install")), expected: "the complete list of the guest's disks"))
      return found
    }
    for field in fields(guest) {
      let place = guest.place(.field(field))
      if guest.spec["disks"] == nil {
        if guest.isBroken(.field("disks")) { continue }
        found.append(
          Diagnostic(
            code: "missing-field", "'\(field)' needs 'disks', since its drive is one of them",
            at: place, expected: "the complete list of the guest's disks"))
        continue
      }
      let record = guest.spec.record(field) ?? Record()
      if let pool = record.string("pool") {
        if manifests.sibling(of: guest.id, .pool, pool) == nil, !manifests.isUnplaced(.pool, pool) {
          found.append(
            dangling(guest, [.field(field), .field("pool")], .pool, pool, in: manifests))
        }
      } else if !disks.contains(where: { $0["pool"] != nil || $0["image"] != nil }) {
        found.append(
          Diagnostic(
            code: "missing-field", "no pool is known to keep the disc of '\(field)' in", at: place,
            expected: field == "combustion" || field == "ignition"
              ? "a disk with a 'pool'" : "'pool: NAME' in it, or a disk with a 'pool'"))
      }
      if let name = record.string("drive"),
        let index = disks.firstIndex(where: { $0.string("name") == name })
      {
        found.append(
          Diagnostic(
            code: "conflicting-fields", "the drive '\(name)' of '\(field)' is a disk already",
            at: guest.place(.field(field), .field("drive")), expected: "another name, or none"
          ).related(to: guest.place(.field("disks"), .index(index)), "the disk"))
      }
    }
    return found
  }

  /// The installer's discs are there, or declared.
  private static func media(_ guest: Placed, _ manifests: ManifestSet) -> [Diagnostic] {
    ["iso", "drivers"].flatMap { field -> [Diagnostic] in
      guard let medium = guest.spec.record("install")?.record(field),
        let pool = medium.string("pool")
      else { return [] }
      let path: [PathPart] = [.field("install"), .field(field)]
      guard let volume = medium.string("volume") else {
        return [
          Diagnostic(
            code: "missing-field", "'\(field)' has a pool and no volume",
            at: guest.place(of: path), expected: "'volume: NAME' beside it")
        ]
      }
      if manifests.sibling(of: guest.id, .pool, pool) == nil {
        if manifests.isUnplaced(.pool, pool) { return [] }
        return [dangling(guest, path + [.field("pool")], .pool, pool, in: manifests)]
      }
      if manifests.volume(volume, in: pool, on: guest.id.host) != nil
        || manifests.isUnplaced(.volume, volume)
      {
        return []
      }
      return [
        dangling(guest, path + [.field("volume")], .volume, volume, pool: pool, in: manifests)
      ]
    }
  }

  /// A password itself has no place in a manifest.
  private static func hashes(_ guest: Placed) -> [Diagnostic] {
    let users = guest.spec.record("cloudInit")?.records("users") ?? []
    return users.enumerated().compactMap { index, user in
      guard let hash = user.string("passwordHash"), !isHash(hash) else { return nil }
      return Diagnostic(
        code: "not-a-hash", "'passwordHash' of user '\(user.string("name") ?? "")' is no hash",
        at: guest.place(
          .field("cloudInit"), .field("users"), .index(index), .field("passwordHash")),
        expected: "what 'mkpasswd' prints, which begins with '$6$' or '$y$'")
    }
  }

  /// The modular form of crypt(5).
  static func isHash(_ text: String) -> Bool {
    text.hasPrefix("$") && text.split(separator: "$").count >= 2 && !text.contains(" ")
  }
}
