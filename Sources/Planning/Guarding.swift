import Model

/// Blocks what the user did not allow, and what waits for it in vain.
enum Guarding {
  /// Blocks steps above the ceiling. What is removed was allowed by other means.
  static func ceiling(_ steps: [Step], _ options: PlanOptions) -> [Step] {
    steps.map { step in
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

  /// Blocks steps whose object can never be complete because one that they wait for is blocked, and removals
  /// of what would still be used.
  static func dependents(_ steps: [Step]) -> [Step] {
    var result = steps
    for (index, step) in steps.enumerated() where step.blocked == nil {
      for number in step.waitsFor {
        let other = result[number - 1]
        guard let blocked = other.blocked,
          step.action.isRemoval || [.absent, .incomplete, .dependency].contains(blocked.code)
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
