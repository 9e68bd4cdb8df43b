import Model

/// The steps that give a stack's ledger the entries back that a run changed. Entries that somebody wrote since stay
/// as they are, and so do those of what stays.
struct LedgerRollback {
  let steps: [Step]

  init(_ run: PastRun, _ view: RollbackView, _ host: String, after steps: [Step]) {
    guard let written = run.written[host] else {
      self.steps = []
      return
    }
    let before = Self.byID(run.ledgers[host], host)
    let final = Self.byID(written, host)
    let current = Self.byID(view.ledger, host)
    let blocked = Set(steps.filter { $0.blocked != nil }.map(\.object))
    let gone = Set(
      run.touched.filter { $0.operations.contains(.removeVolume) }.map(\.object))
    var claimed = current
    var kept = current
    var released: [Step] = []
    for object in Set(before.keys).union(final.keys).sorted()
    where before[object] != final[object] && !blocked.contains(object) {
      // What somebody wrote since is theirs.
      if current[object] != final[object], !view.options.force { continue }
      if let entry = before[object] {
        if gone.contains(object) { continue }
        let back = entry.withPresentValue(of: current[object])
        claimed[object] = back
        kept[object] = back
      } else if view.options.prune, current[object] != nil {
        kept[object] = nil
        if object.kind == .volume {
          released.append(Step(object: object, action: .release, operation: nil, reason: .kept))
        }
      }
    }
    let ledger = ObjectID(host: host, kind: .host, name: host)
    func write(_ entries: [ObjectID: Ledger.Entry], _ action: Action) -> Step {
      let sorted = entries.sorted { ($0.key.kind, $0.key.name) < ($1.key.kind, $1.key.name) }
      return Step(
        object: ledger, action: action,
        operation: .writeLedger(Ledger(stack: run.stack, entries: sorted.map(\.value))),
        reason: action == .release ? .applied : .ownership)
    }
    var result = released
    if claimed != current { result.append(write(claimed, .record)) }
    if kept != claimed { result.append(write(kept, .release)) }
    self.steps = result
  }

  private static func byID(_ ledger: Ledger?, _ host: String) -> [ObjectID: Ledger.Entry] {
    Dictionary(
      (ledger?.entries ?? []).map { (ObjectID(host: host, kind: $0.kind, name: $0.name), $0) }
    ) { first, _ in first }
  }
}

extension Ledger.Entry {
  /// The entry with what is known of the value that a secret has now: the former one does not come back.
  fileprivate func withPresentValue(of present: Ledger.Entry?) -> Ledger.Entry {
    var entry = self
    entry.valueDigest = present?.uuid == uuid ? present?.valueDigest : nil
    return entry
  }
}
