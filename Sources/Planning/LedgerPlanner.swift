import Model

/// Steps that keep the stack's ledger on the host: what is about to be made is written down before it is
/// made, what is gone is struck off after it is gone. A run that dies in between leaves nothing unowned.
///
/// That a volume has its content, too, is written down after it has. Of secrets and network filters the last applied spec is written down after it was applied, since it tells which fields
/// are to be given back.
enum LedgerPlanner {
  static func steps(_ view: HostView, after steps: [Step]) -> [Step] {
    let current = view.observed.ledger?.entries ?? []
    let stepsByObject = Dictionary(grouping: steps, by: \.object)
    var entries: [ObjectID: Ledger.Entry] = [:]
    for entry in current { entries[view.id(of: entry)] = entry }
    var applied: [ObjectID: Ledger.Entry] = [:]
    for object in view.desired where object.id.kind.isInLedger && !object.isExternal {
      let own = stepsByObject[object.id] ?? []
      // What is refused is not ours; what needs no step was ours before or is not there yet.
      let known = view.ledgerEntry(object.id.kind, object.id.name)
      let claims =
        own.contains { $0.blocked == nil && [.create, .adopt].contains($0.action) }
        || (exists(object, view) && known != nil) || isOwned(object, view)
      // What could not be made as declared keeps what was applied last: it is the manifest that changed.
      let isRefused = own.contains { $0.blocked != nil || $0.disruption > view.options.ceiling }
      if !claims || isRefused && known != nil { continue }
      // Nobody else can say later that a new pool has not got its autostart yet.
      let owesStart =
        object.id.kind == .pool && object.spec["autostart"] == nil
        && own.contains { $0.operation == .setPoolAutostart(true) }
      var entry = Ledger.Entry(
        kind: object.id.kind, name: object.id.name,
        ownership: view.ownership(of: object, overlay: overlay(of: object, view))
          .owingStart(owesStart))
      if object.id.kind == .secret { SecretPlanner.complete(&entry, of: object, view) }
      if own.contains(where: \.isRecordedAfterwards) {
        applied[object.id] = entry
        // What is to be made is the stack's from now on; its value is not there yet.
        var claim = known ?? entry
        if !exists(object, view) || own.contains(where: { $0.action == .recreate }) || known == nil
        {
          claim.valueDigest = nil
        }
        claim.ownership.contentDebt = ContentPlanner.debt(of: object, own, view)
        entries[object.id] = claim
      } else {
        entries[object.id] = entry
      }
    }
    let claimed = entries.values.sorted(by: precedes)
    let removed = steps.filter {
      $0.action.isRemoval && $0.blocked == nil && $0.operation?.isGradual != true
    }
    let gone = Set(removed.map(\.object) + lost(current, view))
    let kept = claimed.filter { !gone.contains(view.id(of: $0)) }
      .map { applied[view.id(of: $0)] ?? $0 }
    let ledger = ObjectID(host: view.host.name, kind: .host, name: view.host.name)
    var result: [Step] = []
    if !same(claimed, current) {
      result.append(
        Step(
          object: ledger, action: .record,
          operation: .writeLedger(Ledger(stack: view.stack, entries: claimed)),
          reason: .ownership))
    }
    if !same(kept, claimed) {
      result.append(
        Step(
          object: ledger, action: kept.count == claimed.count ? .record : .release,
          operation: .writeLedger(Ledger(stack: view.stack, entries: kept)), reason: .applied))
    }
    return result
  }

  /// What the overlay of a pool will have added. That of a volume is for its making only.
  private static func overlay(of object: DesiredObject, _ view: HostView) -> String {
    guard object.id.kind == .pool else { return "" }
    guard let observed = view.pool(object.id.name) else {
      return OverlayPlan(creating: object, Table.pool.completed(object.spec)).trace
    }
    let owner = PoolPlanner.owner(of: observed, view)
    return OverlayPlan(object, object.spec, owner: owner, document: observed.xml).trace
  }

  /// Objects that no manifest declares and that are gone: a run died before it struck them off, or somebody else
  /// removed them.
  private static func lost(_ entries: [Ledger.Entry], _ view: HostView) -> [ObjectID] {
    entries.filter { entry in
      guard view.object(entry.kind, entry.name) == nil else { return false }
      switch entry.kind {
      case .pool: return view.pool(entry.name) == nil
      case .networkFilter: return view.filter(entry.name) == nil
      case .secret:
        // It may be known under another name now.
        return !view.observed.secrets.contains { $0.uuid == entry.uuid }
          || entry.uuid.map(SecretPlanner.declaredUUIDs(view).contains) == true
      default: return false
      }
    }.map(view.id)
  }

  private static func exists(_ object: DesiredObject, _ view: HostView) -> Bool {
    switch object.id.kind {
    case .pool: view.pool(object.id.name) != nil
    case .networkFilter: view.filter(object.id.name) != nil
    case .secret: SecretPlanner.observed(object, view) != nil
    default: view.volume(object.id.name) != nil
    }
  }

  /// Whether the object itself tells that it is the stack's, although the ledger may not.
  private static func isOwned(_ object: DesiredObject, _ view: HostView) -> Bool {
    let owner: Ownership? =
      switch object.id.kind {
      case .pool: view.pool(object.id.name).flatMap { PoolPlanner.owner(of: $0, view) }
      case .networkFilter: view.filter(object.id.name).flatMap { FilterPlanner.owner(of: $0, view) }
      case .secret:
        SecretPlanner.observed(object, view).flatMap { SecretPlanner.owner(of: $0, object, view) }
      default: nil
      }
    return owner?.stack == view.stack
  }

  private static func precedes(_ left: Ledger.Entry, _ right: Ledger.Entry) -> Bool {
    (left.kind, left.name) < (right.kind, right.name)
  }

  /// Where a manifest stands is not worth a write of its own, nor is that nothing is owed any more.
  private static func same(_ left: [Ledger.Entry], _ right: [Ledger.Entry]) -> Bool {
    left.count == right.count
      && zip(left, right).allSatisfy { first, second in
        first.kind == second.kind && first.name == second.name
          && first.ownership.digest == second.ownership.digest
          && first.ownership.stack == second.ownership.stack
          && first.uuid == second.uuid && first.valueDigest == second.valueDigest
          && first.ownership.contentDebt == second.ownership.contentDebt
          && (first.ownership.startIsOwed == nil || second.ownership.startIsOwed == true)
      }
  }
}

extension Step {
  /// Whether the ledger takes note of it after it was done: what was applied before tells which fields are to be
  /// given back, and what an overlay had added is known only there until it is taken out.
  var isRecordedAfterwards: Bool {
    guard blocked == nil else { return false }
    switch operation {
    case .setSecretValue, .uploadVolume: return true
    case .defineFilter, .defineSecret: return action == .update || action == .recreate
    case .definePool(let definition): return definition.overlay?.withdrawn.isEmpty == false
    default: return false
    }
  }
}

extension Operation {
  /// Whether the object is still there after it, although it is on its way out.
  fileprivate var isGradual: Bool {
    switch self {
    case .stopPool, .shutDownGuest, .stopNetwork: true
    default: false
    }
  }
}
