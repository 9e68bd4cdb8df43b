import Model

/// What a plan says of images without doing anything about it: disks that stay on the image that they were made from, and
/// images that stay because of them.
enum ImageNotes {
  static func of(_ view: HostView) -> [PlanNote] {
    var notes: [PlanNote] = []
    for object in view.desired where object.id.kind == .volume {
      if let note = kept(object, view) { notes.append(note) }
    }
    for entry in view.observed.ledger?.entries ?? []
    where entry.kind == .volume && view.object(.volume, entry.name) == nil {
      let pool = view.id(of: entry).poolAndVolume?.pool ?? ""
      // With its pool it is let go.
      let isReleased = view.object(.pool, pool) == nil && view.ledgerEntry(.pool, pool) != nil
      guard !isReleased, entry.isImage,
        let user = ImageUses(view).user(of: entry.name)
      else { continue }
      notes.append(
        PlanNote(
          object: view.id(of: entry), "no Image declares it any more, and it stays because \(user)",
          remedy: "once nothing uses it, it is removed with --prune"))
    }
    return notes
  }

  private static func kept(_ object: DesiredObject, _ view: HostView) -> PlanNote? {
    guard let image = object.spec.string("image").flatMap(view.image),
      let observed = view.volume(object.id.name), let former = formerImage(object, observed, view),
      view.options.renewed?.contains(object.id.name) != true || view.options.ceiling < .dataLoss
    else { return nil }
    return PlanNote(
      object: object.id,
      "kept on \(former), although its image is \(image.id.poolAndVolume?.volume ?? "") now",
      remedy:
        "to make it anew, empty of what was written since: apply with --allow data-loss --yes=\(object.id.name)"
    )
  }

  /// The file that an overlay lies over instead of the one that its image is now; nil when it is that one, or none.
  static func formerImage(
    _ object: DesiredObject, _ observed: ObservedVolume, _ view: HostView
  ) -> String? {
    guard object.spec.string("clone") != "full",
      let (pool, volume) = object.spec.string("image").flatMap(view.image)?.id.poolAndVolume,
      let path = view.path(ofVolume: volume, in: pool),
      let current = observed.spec.string("backingPath"), !current.isEmpty, current != path
    else { return nil }
    return current.split(separator: "/").last.map(String.init)
  }
}

extension Ledger.Entry {
  /// Whether it is a volume that holds an image.
  var isImage: Bool { kind == .volume && ownership.holdsImage }
}

/// What uses a volume that holds an image, whosever it is.
struct ImageUses {
  private let view: HostView

  init(_ view: HostView) { self.view = view }

  /// In words, as the end of a sentence; nil when nothing uses it as far as can be seen.
  func user(of name: String) -> String? {
    guard let volume = view.volume(name) else { return nil }
    if let overlay = overlay(of: volume.path) { return "volume '\(overlay)' lies over it" }
    if let guest = view.guest(definedWith: volume.path), stays(guest, volume.path) {
      return "guest '\(guest)' has it"
    }
    if let (guest, _) = view.guest(runningWith: volume.path), stays(guest, volume.path) {
      return "guest '\(guest)' has it"
    }
    return nil
  }

  private func overlay(of path: String) -> String? {
    for pool in view.observed.pools {
      for volume in pool.volumes where volume.spec.string("backingPath") == path {
        let name = pool.name + "/" + volume.name
        if !goes(name) { return name }
      }
    }
    return nil
  }

  /// Whether this very plan removes the volume, or makes it anew from what its image is now.
  private func goes(_ name: String) -> Bool {
    let options = view.options
    if view.object(.volume, name) != nil {
      return options.ceiling >= .dataLoss && options.renewed?.contains(name) == true
    }
    guard let owner = view.ledgerEntry(.volume, name)?.ownership else { return false }
    return owner.onRemove == "delete" && !owner.protected && (options.prune || options.destroy)
  }

  private func stays(_ guest: String, _ path: String) -> Bool {
    guard let owner = view.guest(guest)?.ownership, owner.stack == view.stack else { return true }
    if let declared = view.object(.guest, guest) ?? view.renames[guest] {
      return declared.spec["disks"] == nil
        || declared.spec.records("disks").contains { disk in
          guard let pool = disk.string("pool"), let volume = disk.string("volume") else {
            return disk.diskPath == path
          }
          return view.path(ofVolume: volume, in: pool) == path
        }
    }
    return owner.protected || !(view.options.prune || view.options.destroy)
  }
}
