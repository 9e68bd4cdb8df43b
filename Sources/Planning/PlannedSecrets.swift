import Model

extension Plan {
  /// The plan as it may lie about: without secrets' values.
  var withoutValues: Plan {
    var copy = self
    for (index, step) in steps.enumerated() {
      guard case .setSecretValue(var assignment) = step.operation else { continue }
      assignment.value = nil
      copy.steps[index].operation = .setSecretValue(assignment)
    }
    return copy
  }
}

/// A saved plan has digests in the place of secrets' values: whoever carries it out reads the values anew.
extension SavedPlan {
  /// What a secret's value was when the plan was made; nil where the plan does not tell.
  public func digest(of secret: ObjectID) -> SecretDigest? {
    for step in plan.steps where step.object == secret {
      if case .setSecretValue(let assignment) = step.operation { return assignment.digest }
    }
    // The last one has what was to be there in the end.
    for step in plan.steps.reversed() where step.object.host == secret.host {
      if case .writeLedger(let ledger) = step.operation {
        return ledger[.secret, secret.name]?.valueDigest
      }
    }
    return nil
  }

  /// The plan with values to set.
  public func plan(with secrets: [ObjectID: SecretReading]) -> Plan {
    var complete = plan
    for (index, step) in plan.steps.enumerated() {
      guard case .setSecretValue(var assignment) = step.operation,
        case .value(let value, _) = secrets[step.object]
      else { continue }
      assignment.value = value
      complete.steps[index].operation = .setSecretValue(assignment)
    }
    return complete
  }
}
