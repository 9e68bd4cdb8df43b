import Model

extension ObjectID {
  /// An object on any host.
  public struct Target: Sendable, Hashable, Codable {
    public var kind: Kind
    public var name: String

    public init(kind: Kind, name: String) {
      self.kind = kind
      self.name = name
    }
  }
}

/// Narrows a plan to some objects and the steps that these wait for.
public enum Targeting {
  /// The plan itself when there are no targets.
  public static func narrowed(_ plan: Plan, to targets: [ObjectID.Target]) -> Plan {
    if targets.isEmpty { return plan }
    let wanted = Set(targets)
    var kept = Set<Int>()
    // Steps wait only for earlier ones, so one pass from the end finds everything.
    for step in plan.steps.reversed() {
      let isTarget = wanted.contains(
        ObjectID.Target(kind: step.object.kind, name: step.object.name))
      guard isTarget || kept.contains(step.id) else { continue }
      kept.insert(step.id)
      kept.formUnion(step.waitsFor)
    }
    var numbers: [Int: Int] = [:]
    var narrowed = plan
    narrowed.steps = []
    for var step in plan.steps where kept.contains(step.id) {
      numbers[step.id] = narrowed.steps.count + 1
      step.id = narrowed.steps.count + 1
      step.waitsFor = step.waitsFor.compactMap { numbers[$0] }
      narrowed.steps.append(step)
    }
    return narrowed
  }
}
