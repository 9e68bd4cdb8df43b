import Model

/// Lets a run wait until a guest is ready: after it started it, after a run that did not see it ready, and after its
/// `ready` became another one. That it is owed stands in the guest's ownership until it was seen.
struct Awaiting {
  private let spec: GuestSpec
  private let observed: ObservedGuest?
  private let conditions: [Readiness.Condition]

  /// - Parameter observed: nil for a guest that is made.
  init(_ spec: GuestSpec, _ observed: ObservedGuest?) {
    self.spec = spec
    self.observed = observed
    conditions = Readiness.conditions(spec.object.spec.record("ready"))
  }

  /// The guest's steps with the waiting among them.
  func added(to steps: [Step]) -> [Step] {
    if conditions.isEmpty { return steps }
    let start = steps.lastIndex { $0.operation == .startGuest && isTaken($0) }
    // What is restored from a saved state goes on where it was.
    let isBoot = start != nil && observed?.hasManagedSave != true
    let isOwed = observed?.ownership?.readinessIsOwed == true
    let wanted = isBoot || isOwed ? conditions : conditions.filter { !$0.isOfBoot }
    let waits =
      !wanted.isEmpty
      && (start != nil || (runs(after: steps) && (isOwed || isChanged(by: steps))))
    if !waits, !isOwed { return steps }
    var result = steps.map(owing)
    guard waits, let settled = settled(by: steps) else { return result }
    if let start, !isOwed, !steps[..<start].contains(where: { $0.recorded != nil && isTaken($0) }),
      observed?.hasManagedSave != true
    {
      // Said before the guest stops or starts, so that a run that dies leaves the word for it.
      // Under its new name, where it gets one.
      let place = steps.firstIndex { $0.action == .rename }.map { $0 + 1 } ?? 0
      result.insert(
        step(.record, .recordGuest(settled.owingReadiness(true)), .ownership, like: steps[start]),
        at: place)
    }
    let readiness = Readiness(
      conditions: wanted,
      timeoutSeconds: spec.object.spec.record("ready")?.integer("timeout")
        ?? Readiness.defaultTimeout,
      interfaces: interfaces, isBoot: isBoot, settled: settled)
    result.append(
      step(.wait, .awaitGuest(readiness), .readiness, like: start.map { steps[$0] }))
    return result
  }

  /// Whether the guest runs once the steps are taken.
  private func runs(after steps: [Step]) -> Bool {
    if steps.contains(where: { $0.action == .stop && isTaken($0) }) { return false }
    return observed?.power == .running
      || steps.contains { $0.operation == .resumeGuest && isTaken($0) }
  }

  /// Whether the steps apply a `ready` that was not applied yet.
  private func isChanged(by steps: [Step]) -> Bool {
    guard let applied = settled(by: steps), let observed,
      applied.digest != observed.ownership?.digest
    else { return false }
    let former = observed.ownership.flatMap { Record(canonicalJSON: $0.appliedSpec) }
    return former?["ready"] != spec.object.spec["ready"]
  }

  /// What the guest's metadata says after the steps and the waiting.
  private func settled(by steps: [Step]) -> Ownership? {
    (steps.last { $0.recorded != nil && isTaken($0) }?.recorded ?? observed?.ownership)?
      .owingReadiness(false)
  }

  private func owing(_ step: Step) -> Step {
    var copy = step
    switch step.operation {
    case .defineGuest(var definition):
      let owner = definition.ownership?.owingReadiness(true)
      definition.ownership = owner
      copy.operation = .defineGuest(definition)
    case .recordGuest(let ownership, let live):
      copy.operation = .recordGuest(ownership.owingReadiness(true), live: live)
    case .renameGuest(let old, let expected, var definition):
      let owner = definition?.ownership?.owingReadiness(true)
      definition?.ownership = owner
      copy.operation = .renameGuest(from: old, expected: expected, definition: definition)
    default: break
    }
    return copy
  }

  private var interfaces: [Readiness.Interface] {
    spec.compared.records("interfaces").compactMap { interface in
      interface.string("mac").map {
        Readiness.Interface(
          mac: $0.lowercased(), network: interface.string("network"),
          address: interface.string("ip"))
      }
    }
  }

  /// Whether the step will be taken, as far as its guest decides that.
  private func isTaken(_ step: Step) -> Bool {
    let options = spec.view.options
    if step.blocked != nil || step.disruption > options.ceiling { return false }
    if options.waitsForRestart, case .pendingRestart = step.reason { return false }
    return true
  }

  private func step(
    _ action: Action, _ operation: Operation, _ reason: Reason, like start: Step?
  ) -> Step {
    Step(
      object: spec.object.id, action: action, operation: operation, reason: reason,
      disruption: action == .record ? start?.disruption ?? .none : .none)
  }
}

extension Step {
  /// What the step writes into the guest's metadata; nil when it writes nothing.
  fileprivate var recorded: Ownership? {
    switch operation {
    case .defineGuest(let definition): definition.ownership
    case .recordGuest(let ownership, _): ownership
    case .renameGuest(_, _, let definition): definition?.ownership
    default: nil
    }
  }
}
