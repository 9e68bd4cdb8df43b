import Model

/// Steps that bring about and take away the discs that virtspec makes for guests. They hold nothing that is not in the
/// manifests: one that is in nobody's drive any more goes by itself.
enum DiscPlanner {
  /// - Parameter disc: what is on it.
  static func steps(_ object: DesiredObject, _ disc: GeneratedDisc, _ view: HostView) -> [Step] {
    guard let (pool, name) = object.id.poolAndVolume else { return [] }
    let entry = view.ledgerEntry(.volume, object.id.name)
    guard let observed = view.volume(object.id.name) else {
      let isVisible = view.pool(pool)?.active == true
      let isUsed = view.path(ofVolume: name, in: pool).flatMap(view.guest(definedWith:)) != nil
      if !isVisible, isUsed { return [] }
      return [step(object, disc, .create, .missing, replaces: entry != nil)]
    }
    if let blockage = view.blockage(of: object, owner: view.ledgerOwner(.volume, object.id.name)) {
      var refused = step(object, disc, .adopt, .unowned, replaces: true)
      refused.operation = nil
      refused.blocked = blockage
      return [refused]
    }
    guard let entry else { return [step(object, disc, .adopt, .unowned, replaces: true)] }
    // A run died before it was complete.
    if entry.ownership.startIsOwed == true {
      return [step(object, disc, .recreate, .differs, replaces: true)]
    }
    _ = observed
    return []
  }

  private static func step(
    _ object: DesiredObject, _ disc: GeneratedDisc, _ action: Action, _ reason: Reason,
    replaces: Bool
  ) -> Step {
    Step(
      object: object.id, action: action, operation: .createDisc(disc, replaces: replaces),
      reason: reason)
  }

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
    let id = view.id(of: entry)
    guard let pool = id.poolAndVolume.flatMap({ view.pool($0.pool) }) else {
      return [Step(object: id, action: .release, operation: nil, reason: .superseded)]
    }
    // What a pool has that does not run is unknown: it can go later.
    guard pool.active else { return [] }
    guard let volume = view.volume(entry.name) else {
      return [Step(object: id, action: .release, operation: nil, reason: .superseded)]
    }
    // Somebody else has put it into another guest's drive.
    if users()[volume.path] != nil { return [] }
    return [Step(object: id, action: .remove, operation: .removeVolume, reason: .superseded)]
  }
}
