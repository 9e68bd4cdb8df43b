import Model

/// Steps that bring the declared secrets about. A secret has no name on its host: it is known by the UUID in the
/// ledger, else by its usage. Values are compared by their digests.
enum SecretPlanner {
  static func steps(_ view: HostView) -> [Step] {
    view.desired.filter { $0.id.kind == .secret }.flatMap { steps($0, view) }
  }

  /// The host's secret that a manifest means.
  static func observed(_ object: DesiredObject, _ view: HostView) -> ObservedSecret? {
    SecretIdentity.observed(object.id, object.spec, stack: view.stack, view.observed)
  }

  /// Who owns a secret that a manifest means, by the ledgers of all stacks, else by its UUID.
  static func owner(
    of secret: ObservedSecret, _ object: DesiredObject, _ view: HostView
  ) -> Ownership? {
    for ledger in [view.observed.ledger].compactMap(\.self) + view.observed.otherLedgers {
      for entry in ledger.entries where entry.kind == .secret && entry.uuid == secret.uuid {
        return entry.ownership
      }
    }
    guard secret.uuid == derivedUUID(object.id, view) else { return nil }
    return Ownership(stack: view.stack, source: "", digest: "", appliedSpec: "")
  }

  /// The UUIDs of the secrets that manifests mean.
  static func declaredUUIDs(_ view: HostView) -> Set<String> {
    Set(view.desired.filter { $0.id.kind == .secret }.compactMap { observed($0, view)?.uuid })
  }

  /// What the ledger knows of a secret besides its owner.
  static func complete(_ entry: inout Ledger.Entry, of object: DesiredObject, _ view: HostView) {
    let known = view.ledgerEntry(.secret, object.id.name)
    entry.uuid = observed(object, view)?.uuid ?? newUUID(object, view)
    guard object.spec["value"] != nil else { return }
    switch view.secrets[object.id] {
    case .value(let value, let salt):
      // The same value keeps its digest, whatever the salt of this run.
      let isSame = known?.valueDigest?.matches(value) == true
      entry.valueDigest = isSame ? known?.valueDigest : SecretDigest(of: value, salt: salt)
    case .failed, .unread, nil: entry.valueDigest = known?.valueDigest
    }
  }

  private static func derivedUUID(_ id: ObjectID, _ view: HostView) -> String {
    SecretIdentity.derivedUUID(id, stack: view.stack)
  }

  private static func newUUID(_ object: DesiredObject, _ view: HostView) -> String {
    view.ledgerEntry(.secret, object.id.name)?.uuid ?? derivedUUID(object.id, view)
  }

  private static func steps(_ object: DesiredObject, _ view: HostView) -> [Step] {
    guard let observed = observed(object, view) else {
      return object.isExternal ? [absent(object)] : created(object, view)
    }
    if object.isExternal { return [] }
    let owner = owner(of: observed, object, view)
    if let blockage = view.blockage(of: object, owner: owner) {
      return [refusal(object, observed.spec, Table.secret, blockage)]
    }
    let spec = object.spec.ignoring(object.ignored, .secret)
    let differences = Difference.between(spec, observed.spec, .secret)
    let threeWay = view.threeWay(object, owner, .secret)
    if differences.contains(where: { isOnlyAnew($0) }) {
      return recreated(object, observed, differences, threeWay, view)
    }
    var steps: [Step] = []
    // What is gone from the manifest returns to its default, as far as it can: a private secret stays private.
    let gone = threeWay.gone.filter {
      !$0.path.hasPrefix("usage.")
        && !($0.path == "private" && observed.spec.boolean("private") == true)
    }
    if !differences.isEmpty || !gone.isEmpty {
      var definition = Definition(
        uuid: observed.uuid, spec: spec, ownership: nil, expected: observed.fingerprint)
      for field in gone { definition.giveBack(field) }
      steps.append(
        Step(
          object: object.id, action: owner == nil ? .adopt : .update,
          operation: .defineSecret(definition), reason: owner == nil ? .unowned : .differs,
          changes: changes(differences, .defined, threeWay.origin) + gone.map(\.change)))
    }
    steps += valued(object, observed, view)
    if steps.isEmpty, owner == nil {
      return [Step(object: object.id, action: .adopt, operation: nil, reason: .unowned)]
    }
    if owner == nil, let first = steps.indices.first {
      steps[first].action = .adopt
      steps[first].reason = .unowned
    }
    return steps
  }

  private static func created(_ object: DesiredObject, _ view: HostView) -> [Step] {
    let uuid = newUUID(object, view)
    let definition = Definition(
      uuid: uuid, spec: Table.secret.completed(object.spec), ownership: nil, expected: nil)
    let step = Step(
      object: object.id, action: .create, operation: .defineSecret(definition), reason: .missing,
      changes: changes(Difference.between(object.spec, Record(), .secret), .defined) { _ in
        .manifest
      })
    let value = valueStep(object, uuid, action: .create, from: nil, .manifest, view)
    // One without its value would be of no use to anybody.
    return ([step] + value).map { step in
      var copy = step
      copy.blocked = value.first?.blocked ?? step.blocked
      return copy
    }
  }

  /// Its usage cannot change, and what was private cannot be made readable again.
  private static func isOnlyAnew(_ difference: Difference) -> Bool {
    guard difference.field.change == .recreate else { return false }
    if difference.path == "private", case .value(_, true) = difference.change { return false }
    return true
  }

  private static func recreated(
    _ object: DesiredObject, _ observed: ObservedSecret, _ differences: [Difference],
    _ threeWay: ThreeWay, _ view: HostView
  ) -> [Step] {
    var blockage: Blockage?
    if object.isProtected {
      blockage = Blockage(
        .protected, "it would be made anew, and its manifest says 'lifecycle: {protect: true}'",
        remedy: "remove 'protect', or declare the other secret under another name")
    } else if object.spec["value"] == nil {
      blockage = Blockage(
        .recreate, "it would be made anew, without its value, which no manifest has",
        remedy: "add 'value' to the secret, or declare the other one under another name")
    }
    let definition = Definition(
      uuid: observed.uuid, spec: Table.secret.completed(object.spec), ownership: nil, expected: nil)
    let operations: [Operation] = [
      .undefineSecret(uuid: observed.uuid), .defineSecret(definition),
    ]
    let steps = operations.enumerated().map { index, operation in
      Step(
        object: object.id, action: .recreate, operation: operation, reason: .differs,
        changes: index == 0 ? changes(differences, .defined, threeWay.origin) : [],
        disruption: .recreate, blocked: blockage)
    }
    let value = valueStep(object, observed.uuid, action: .recreate, from: nil, .manifest, view)
    // Without a value to put into the new one, the old one stays.
    let failure = value.first?.blocked
    return (steps + value).map { step in
      var copy = step
      copy.disruption = .recreate
      copy.changes = step.operation?.setsSecretValue == true ? [] : step.changes
      copy.blocked = blockage ?? failure ?? step.blocked
      return copy
    }
  }

  /// The step that sets the value, where it is another one.
  private static func valued(
    _ object: DesiredObject, _ observed: ObservedSecret, _ view: HostView
  ) -> [Step] {
    guard object.spec["value"] != nil, !object.ignored.contains("value") else { return [] }
    if view.secrets[object.id] == .unread, observed.value != .missing { return [] }
    let applied = view.ledgerEntry(.secret, object.id.name)?.valueDigest
    var isApplied = false
    if case .value(let value, _) = view.secrets[object.id] {
      // The cheap comparison first: mostly nothing is to do.
      if case .known(let digest) = observed.value, digest.matches(value) { return [] }
      isApplied = applied?.matches(value) == true
      if isApplied, [.unreadable, .unread].contains(observed.value) { return [] }
    }
    return valueStep(
      object, observed.uuid, action: .update, from: observed.value == .missing ? nil : .hidden,
      isApplied ? .drift : .manifest, view)
  }

  private static func valueStep(
    _ object: DesiredObject, _ uuid: String, action: Action, from: Value?, _ origin: Origin,
    _ view: HostView
  ) -> [Step] {
    guard object.spec["value"] != nil else { return [] }
    var step = Step(
      object: object.id, action: action, operation: nil,
      reason: action == .create ? .missing : .differs,
      changes: [
        FieldChange(path: "value", from: from, to: .hidden, side: .defined, origin: origin)
      ])
    switch view.secrets[object.id] {
    case .value(let value, let salt):
      let digest = SecretDigest(of: value, salt: salt)
      step.operation = .setSecretValue(SecretAssignment(uuid: uuid, digest: digest, value: value))
    case .failed(let reason):
      step.blocked = Blockage(.unknown, reason, remedy: "see the manifest's 'value'")
    case .unread, nil:
      step.blocked = Blockage(
        .unknown, "its value was not read", remedy: "see the manifest's 'value'")
    }
    return [step]
  }
}

extension Value {
  /// What is shown of a secret.
  fileprivate static var hidden: Value { .string(SecretValue.placeholder) }
}
