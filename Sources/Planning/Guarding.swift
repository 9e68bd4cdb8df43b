import Model

/// Blocks what the user did not allow, and what waits for it in vain.
enum Guarding {
  /// Blocks steps above the ceiling. What is removed was allowed by other means.
  static func ceiling(_ steps: [Step], _ options: PlanOptions) -> [Step] {
    steps.map { step in
      if let waiting = waiting(step, options) { return waiting }
      guard step.blocked == nil, step.disruption > options.ceiling, !step.action.isRemoval else {
        return step
      }
      var copy = step
      copy.blocked = Blockage(
        .ceiling, "it costs '\(step.disruption.rawValue)'",
        remedy: "apply with --allow \(step.disruption.rawValue)")
      return copy
    }
  }

  private static func waiting(_ step: Step, _ options: PlanOptions) -> Step? {
    guard options.waitsForRestart, step.blocked == nil, step.object.kind == .guest,
      case .pendingRestart = step.reason
    else { return nil }
    var copy = step
    copy.blocked = Blockage(
      .waiting, "left to the guest's own next start, as --wait-restart says",
      remedy: "restart the guest when it suits, or apply with --allow restart")
    return copy
  }

  /// Whether a guest would start although another that it depends on does not come up.
  private static func isStart(_ step: Step, after other: Step) -> Bool {
    step.beginsStart && other.object.kind == .guest && other.object != step.object
  }

  /// Blocks steps whose object can never be complete because one that they wait for is blocked, and removals
  /// of what would still be used.
  static func dependents(_ steps: [Step]) -> [Step] {
    var result = steps
    // To let go of a volume that stays takes nothing from its users.
    for (index, step) in steps.enumerated()
    where step.blocked == nil && !(step.action == .release && step.operation == nil) {
      for number in step.waitsFor {
        let other = result[number - 1]
        guard let blocked = other.blocked,
          step.action.isRemoval || [.absent, .incomplete, .dependency].contains(blocked.code)
            || isStart(step, after: other)
        else { continue }
        result[index].blocked = Blockage(
          .dependency,
          "it waits for step \(number) (\(other.action.rawValue) \(other.object.reference)), which is blocked",
          remedy: "see step \(number)")
        break
      }
    }
    return result
  }
}
