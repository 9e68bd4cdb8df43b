import Model

extension Plan {
  /// The plan as it may lie about: without secrets' values.
  var withoutValues: Plan {
    var copy = self
    for (index, step) in steps.enumerated() {
      if case .uploadVolume(var upload) = step.operation,
        case .disc(var disc) = upload.content, disc.isSecret
      {
        disc.files = nil
        upload.content = .disc(disc)
        copy.steps[index].operation = .uploadVolume(upload)
      }
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
      if case .uploadVolume(var upload) = step.operation, case .disc(let disc) = upload.content,
        disc.files == nil, let whole = self.disc(disc, step.object, secrets)
      {
        upload.content = .disc(whole)
        complete.steps[index].operation = .uploadVolume(upload)
      }
      guard case .setSecretValue(var assignment) = step.operation,
        case .value(let value, _) = secrets[step.object]
      else { continue }
      assignment.value = value
      complete.steps[index].operation = .setSecretValue(assignment)
    }
    return complete
  }

  /// A disc with the texts that were left out; nil where they are others by now, so that the disc would not be the one
  /// that its name says.
  private func disc(
    _ disc: GeneratedDisc, _ volume: ObjectID, _ secrets: [ObjectID: SecretReading]
  ) -> GeneratedDisc? {
    let id = ObjectID(host: volume.host, kind: .guest, name: disc.guest)
    guard let guest = desired.objects.first(where: { $0.id == id }),
      let spec = guest.spec.record("cloudInit"), case .value(let value, _) = secrets[id],
      let texts = SecretTexts(value)
    else { return nil }
    var whole = CloudInit(spec, guest: disc.guest, values: texts).disc(instance: disc.instance)
    whole.guest = disc.guest
    whole.instance = disc.instance
    let salt = desired.stack + "/" + volume.host + "/" + disc.guest
    return volume.name.contains(whole.digest(salt: salt).prefix(16)) ? whole : nil
  }
}
