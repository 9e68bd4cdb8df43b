import Model

/// The operations that start and stop a kind of object.
struct PowerOperations {
  var start: Operation
  var stop: Operation
  var setAutostart: (Bool) -> Operation
}

extension DesiredObject {
  /// The declared power state; networks and pools run unless they are told otherwise.
  var power: String { spec.string("power") ?? "running" }

  /// Steps to the declared power state and autostart of a network or pool.
  func powerSteps(
    isActive: Bool, isAutostarted: Bool, owner: Ownership?, _ operations: PowerOperations
  ) -> [Step] {
    var steps: [Step] = []
    // A new object starts with its host unless it is told otherwise, and gets that before its first start. One that
    // still owes it is as a run left it that died after the definition.
    let unfinished = owner?.startIsOwed == true && !isActive && !isAutostarted
    if let autostart = spec.boolean("autostart") ?? (unfinished ? true : nil),
      autostart != isAutostarted
    {
      steps.append(
        Step(
          object: id, action: .update, operation: operations.setAutostart(autostart),
          reason: .autostart(autostart)))
    }
    if power == "running", !isActive {
      steps.append(
        Step(
          object: id, action: .start, operation: operations.start,
          reason: .power(from: "stopped", to: "running")))
    } else if power == "stopped", isActive {
      steps.append(
        Step(
          object: id, action: .stop, operation: operations.stop,
          reason: .power(from: "running", to: "stopped"), disruption: .restart))
    }
    return steps
  }
}
