import Model

/// `metadata.previousName` stands in guests, names nothing that is still declared, and loses no disk.
enum RenameCheck: Check {
  static func run(_ manifests: ManifestSet) -> [Diagnostic] {
    let strays = manifests.documents.filter { $0.previousName != nil && $0.kind != .guest }
    return strays.map { stray in
      Diagnostic(
        code: "unknown-field", "a \(stray.kind.rawValue) cannot be renamed",
        at: place(stray), expected: "'previousName' in Guests alone: libvirt renames nothing else")
    } + manifests.placed.filter { $0.id.kind == .guest }.flatMap { check($0, manifests) }
  }

  private static func check(_ guest: Placed, _ manifests: ManifestSet) -> [Diagnostic] {
    guard let name = guest.document.previousName else { return [] }
    if name == guest.id.name {
      return [
        Diagnostic(
          code: "wrong-reference", "'previousName' is the guest's name", at: place(guest.document),
          expected: "the name that it had before, or no 'previousName'")
      ]
    }
    if let other = manifests.sibling(of: guest.id, .guest, name) {
      return [
        Diagnostic(
          code: "wrong-reference", "'previousName' is the name of another guest, '\(name)'",
          at: place(guest.document), expected: "the name of a guest that is declared no more"
        ).related(to: other.document.namePlace, "declared here")
      ]
    }
    return guest.spec.records("disks").enumerated().compactMap { index, disk -> Diagnostic? in
      guard disk["pool"] != nil, disk["volume"] == nil else { return nil }
      return Diagnostic(
        code: "missing-field",
        "the volume of disk '\(disk.string("name") ?? "")' is named after the guest, and would be another one",
        at: guest.place(.field("disks"), .index(index)),
        expected: "'volume:' with the name that it has in the pool, and a Volume manifest for it")
    }
  }

  private static func place(_ document: Document) -> Place {
    guard let node = document.node["metadata"]?["previousName"] else { return document.namePlace }
    return Place(file: document.file, node.start)
  }
}
