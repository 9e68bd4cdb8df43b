import Model

extension DesiredObject {
  /// Whether it is a volume that begins as what an image has.
  var isFromImage: Bool {
    id.kind == .volume && !isExternal && content == nil && spec["backing"] != nil
  }
}

/// Steps that take away the discs that virtspec makes for guests. They hold nothing that is not in the
/// manifests: one that is in nobody's drive any more goes by itself.
enum DiscPlanner {
  /// What becomes of a disc that no guest is to have any more; nil for another volume, and for the disc of a guest
  /// that no manifest declares, which goes by the guest's own rules.
  static func removal(
    of entry: Ledger.Entry, _ view: HostView, users: () -> [String: String]
  ) -> [Step]? {
    guard let disc = Record(canonicalJSON: entry.ownership.appliedSpec)?.record("disc"),
      let guest = disc.string("guest")
    else { return nil }
    let isDeclared = view.object(.guest, guest) != nil || view.renames[guest] != nil
    guard isDeclared || view.guest(guest) == nil else { return nil }
    // Answers stay as long as the manifest has some: nobody installs twice, and a disc more or less is no change.
    let declared = view.object(.guest, guest) ?? view.renames[guest]
    if disc.string("purpose") == "answers",
      declared?.spec.record("install")?["answers"] != nil
    {
      return []
    }
    let id = view.id(of: entry)
    guard let pool = id.poolAndVolume.flatMap({ view.pool($0.pool) }) else {
      return [Step(object: id, action: .release, operation: nil, reason: .superseded)]
    }
    // What a pool has that does not run is unknown: it can go later.
    guard pool.active else { return [] }
    guard let volume = view.volume(entry.name) else {
      return [Step(object: id, action: .release, operation: nil, reason: .superseded)]
    }
    // Somebody else has put it into another guest's drive, or it stays in the guest's own for now.
    if users()[volume.path] != nil || isHeld(volume.path, by: guest, view) { return [] }
    return [Step(object: id, action: .remove, operation: .removeVolume, reason: .superseded)]
  }

  /// Whether the guest runs with the disc, and is not to let go of it by this plan.
  private static func isHeld(_ path: String, by name: String, _ view: HostView) -> Bool {
    guard let guest = view.guest(name), guest.power.isActive,
      (guest.live ?? guest.spec).records("disks").contains(where: { $0.diskPath == path })
    else { return false }
    if guest.ownership?.installation != nil { return true }
    let id = ObjectID(host: view.host.name, kind: .guest, name: name)
    let changesMedium = view.firstBoots[id].map { !$0.takesRestart && !$0.discs.isEmpty } ?? false
    if changesMedium { return view.options.ceiling < .live }
    return view.options.ceiling < .restart || view.options.waitsForRestart
  }
}
