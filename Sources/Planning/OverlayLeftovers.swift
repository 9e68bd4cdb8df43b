import Model

/// What a running object still has of an overlay that is gone from its manifest.
enum OverlayLeftovers {
  /// - Parameters:
  ///   - owner: what the running object was started with.
  ///   - withdrawn: what the definition loses by this plan.
  static func changes(
    _ object: DesiredObject, owner: Ownership?, next: Overlay?, fields: XMLElement,
    defined: XMLElement?, running: XMLElement?, withdrawn: [FieldChange]
  ) -> [FieldChange] {
    if object.ignored.contains("xml") { return [] }
    guard let owner, !owner.overlay.isEmpty, let running,
      let text = Record(canonicalJSON: owner.appliedSpec)?.string("xml"),
      let applied = try? Overlay(text, of: object.id.kind)
    else { return withdrawn.map(onRunningSide) }
    let trace = OverlayTrace(text: owner.overlay)
    func kept(in document: XMLElement) -> [OverlayWithdrawal] {
      applied.withdrawals(trace, next: next?.root, fields: fields, document: document)
    }
    // What libvirt replaces at the start is there as it was given.
    let found =
      kept(in: running).filter { !OverlayPlan.isResolved($0.path) }
      + kept(in: running.merged(with: applied.root)).filter { OverlayPlan.isResolved($0.path) }
    if found.isEmpty { return [] }
    let still = defined.map(kept) ?? []
    return found.compactMap { leftover in
      let path = OverlayPlan.prefix + leftover.path
      if withdrawn.contains(where: { isWithin($0.path, path) || isWithin(path, $0.path) }) {
        return change(leftover, to: leftover.entry.former, origin: .manifest)
      }
      // Where the definition has it too, it is not the overlay's any more.
      guard let same = still.first(where: { $0.path == leftover.path }) else {
        return change(leftover, to: leftover.entry.former, origin: .pending)
      }
      if leftover.entry.part == nil || same.from == leftover.from { return nil }
      return change(leftover, to: same.from, origin: .pending)
    }
  }

  private static func change(
    _ leftover: OverlayWithdrawal, to value: String?, origin: Origin
  ) -> FieldChange {
    FieldChange(
      path: OverlayPlan.prefix + leftover.path, from: .string(leftover.from),
      to: value.map(Value.string), side: .running, origin: origin)
  }

  private static func onRunningSide(_ change: FieldChange) -> FieldChange {
    var change = change
    change.side = .running
    return change
  }

  private static func isWithin(_ path: String, _ other: String) -> Bool {
    path == other || path.hasPrefix(other + "/")
  }
}
