import Model

/// Steps that keep the stack's ledger on the host: what is about to be made is written down before it is
/// made, what is gone is struck off after it is gone. A run that dies in between leaves nothing unowned.
enum LedgerPlanner {
  static func steps(_ view: HostView, after steps: [Step]) -> [Step] {
    let current = view.observed.ledger?.entries ?? []
    let stepsByObject = Dictionary(grouping: steps, by: \.object)
    var entries: [ObjectID: Ledger.Entry] = [:]
    var later: [ObjectID: Ledger.Entry] = [:]
    for entry in current {
      entries[ObjectID(host: view.host.name, kind: entry.kind, name: entry.name)] = entry
    }
    for object in view.desired
    where [.pool, .volume].contains(object.id.kind) && !object.isExternal {
      let own = stepsByObject[object.id] ?? []
      // What is refused is not ours; what needs no step was ours before or is not there yet.
      let exists = exists(object, view)
      let claims =
        own.contains { $0.blocked == nil && [.create, .adopt].contains($0.action) }
        || (exists && view.ledgerEntry(object.id.kind, object.id.name) != nil)
        || (object.id.kind == .pool
          && view.pool(object.id.name).flatMap { PoolPlanner.owner(of: $0, view) }?.stack
            == view.stack)
      // What could not be made as declared keeps what was applied last: it is the manifest that changed.
      let isRefused = own.contains { $0.blocked != nil || $0.disruption > view.options.ceiling }
      let isKnown = view.ledgerEntry(object.id.kind, object.id.name) != nil
      if !claims || isRefused && isKnown { continue }
      // Nobody else can say later that a new pool has not got its autostart yet.
      let owesStart =
        object.id.kind == .pool && object.spec["autostart"] == nil
        && own.contains { $0.operation == .setPoolAutostart(true) }
      let entry = Ledger.Entry(
        kind: object.id.kind, name: object.id.name,
        ownership: view.ownership(of: object, overlay: overlay(of: object, view))
          .owingStart(owesStart))
      // What an overlay had added is known only here: it is not forgotten before it is taken out.
      if own.contains(where: \.withdrawsOverlay) {
        later[object.id] = entry
      } else {
        entries[object.id] = entry
      }
    }
    let claimed = entries.values.sorted(by: precedes)
    let removed = steps.filter {
      $0.action.isRemoval && $0.blocked == nil
        && [.removeVolume, .undefinePool, nil].contains($0.operation)
    }
    let gone = Set(removed.map(\.object) + lost(current, view))
    let kept = claimed.compactMap { entry -> Ledger.Entry? in
      let id = ObjectID(host: view.host.name, kind: entry.kind, name: entry.name)
      return gone.contains(id) ? nil : later[id] ?? entry
    }
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
          object: ledger, action: .release,
          operation: .writeLedger(Ledger(stack: view.stack, entries: kept)),
          reason: .ownership))
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

  /// Pools that no manifest declares and that are gone: a run died before it struck them off, or somebody else
  /// removed them.
  private static func lost(_ entries: [Ledger.Entry], _ view: HostView) -> [ObjectID] {
    entries.filter { entry in
      entry.kind == .pool && view.object(.pool, entry.name) == nil && view.pool(entry.name) == nil
    }.map { ObjectID(host: view.host.name, kind: .pool, name: $0.name) }
  }

  private static func exists(_ object: DesiredObject, _ view: HostView) -> Bool {
    object.id.kind == .pool ? view.pool(object.id.name) != nil : view.volume(object.id.name) != nil
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
          && (first.ownership.startIsOwed == nil || second.ownership.startIsOwed == true)
      }
  }
}

extension Step {
  /// Whether it takes something out of a pool that an overlay had added.
  var withdrawsOverlay: Bool {
    guard case .definePool(let definition)? = operation else { return false }
    return definition.overlay?.withdrawn.isEmpty == false
  }
}
