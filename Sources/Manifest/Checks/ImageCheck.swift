import Model

/// An image lies in a declared pool, can be fetched, and is told from others by a digest.
enum ImageCheck: Check {
  private static let schemes = ["http", "https", "file"]

  static func run(_ manifests: ManifestSet) -> [Diagnostic] {
    manifests.placed.filter { $0.id.kind == .image }.flatMap { image in
      let pool = image.spec.string("pool")
      var found: [Diagnostic] = []
      if let pool, manifests.sibling(of: image.id, .pool, pool) == nil,
        !manifests.isUnplaced(.pool, pool)
      {
        found.append(dangling(image, [.field("pool")], .pool, pool, in: manifests))
      }
      return found + sources(of: image.document)
    }
  }

  private static func sources(of image: Document) -> [Diagnostic] {
    var found: [Diagnostic] = []
    for field in ["source", "checksums"] {
      guard let text = image.spec.string(field), let scheme = text.urlScheme,
        !schemes.contains(scheme)
      else { continue }
      found.append(
        Diagnostic(
          code: "wrong-scheme", "'\(field)' cannot be fetched by '\(scheme)'",
          at: image.place(of: [.field(field)]),
          expected: "a URL of http, https or file, or a path",
          suggestion: Nearest.word(to: scheme, among: schemes)))
    }
    if let source = image.spec.string("source"), ["http", "https"].contains(source.urlScheme),
      ["sha256", "sha512", "checksums"].allSatisfy({ image.lacks($0) })
    {
      found.append(
        Diagnostic(
          code: "missing-field",
          "image '\(image.name)' has no digest, so that nobody could tell what was downloaded",
          at: image.place(of: [.field("source")]),
          expected:
            "'sha256: …' or 'sha512: …' as its publisher gives it, or 'checksums: URL' of a file such as SHA256SUMS"
        ))
    }
    return found
  }
}

/// A disk's image is brought to the guest's own host, into a pool where it can serve.
enum DiskImageCheck: Check {
  static func run(_ manifests: ManifestSet) -> [Diagnostic] {
    manifests.placed.filter { $0.id.kind == .guest }.flatMap { guest in
      guest.spec.records("disks").enumerated().flatMap { index, disk in
        check(disk, [.field("disks"), .index(index)], of: guest, manifests)
      }
    }
  }

  private static func check(
    _ disk: Record, _ path: [PathPart], of guest: Placed, _ manifests: ManifestSet
  ) -> [Diagnostic] {
    let name = disk.string("name") ?? ""
    func complaint(_ code: String, _ message: String, _ field: String, _ expected: String)
      -> Diagnostic
    {
      Diagnostic(
        code: code, message, at: guest.place(of: path + [.field(field)]), expected: expected)
    }
    guard let image = disk.string("image") else {
      if disk["clone"] == nil || guest.isBroken(path[0], path[1], .field("image")) { return [] }
      return [
        complaint(
          "missing-field", "disk '\(name)' has 'clone' but no 'image' to make it from", "clone",
          "'image: NAME' beside it")
      ]
    }
    guard let found = manifests.sibling(of: guest.id, .image, image) else {
      if manifests.isUnplaced(.image, image) { return [] }
      let elsewhere = manifests.placed.filter { $0.id.kind == .image && $0.id.name == image }
      if elsewhere.isEmpty {
        return [dangling(guest, path + [.field("image")], .image, image, in: manifests)]
      }
      let hosts = elsewhere.map { "'\($0.id.host)'" }.joined(separator: ", ")
      return [
        complaint(
          "image-elsewhere",
          "image '\(image)' is on host \(hosts), and guest '\(guest.id.name)' on '\(guest.id.host)'",
          "image", "an Image for this host too: 'hosts: {matchLabels: …}' brings it to several")
      ]
    }
    var complaints: [Diagnostic] = []
    let isDrive = ["cdrom", "floppy"].contains(disk.string("device"))
    if isDrive {
      for field in ["clone", "size"] where disk[field] != nil {
        complaints.append(
          complaint(
            "conflicting-fields", "a \(disk.string("device") ?? "drive") has the image itself",
            field,
            "'\(field)' only on disks"))
      }
      if let pool = disk.string("pool"), pool != found.spec.string("pool") {
        complaints.append(
          complaint(
            "conflicting-fields",
            "image '\(image)' is in pool '\(found.spec.string("pool") ?? "")'",
            "pool", "no 'pool' beside the image of a drive"))
      }
      return complaints
    }
    let format = disk.string("format")
    let isOverlay = disk.string("clone") != "full"
    if isOverlay, let format, format != "qcow2" {
      complaints.append(
        complaint(
          "conflicting-fields", "a \(format) disk cannot lie over an image", "format",
          "'format: qcow2', or 'clone: full'"))
    }
    let pool = (disk.string("pool") ?? found.spec.string("pool")).flatMap {
      manifests.sibling(of: guest.id, .pool, $0)
    }
    let type = pool?.spec.string("type")
    if isOverlay, PoolType.holdsDevices(type) || type == "rbd" {
      complaints.append(
        complaint(
          "conflicting-fields",
          "a disk in pool '\(pool?.id.name ?? "")', which holds no files, cannot lie over an image",
          "image", "'clone: full' beside it, or another 'pool'"))
    }
    return complaints
  }
}
