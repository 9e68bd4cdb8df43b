import Model

/// Steps that bring the declared pools about.
enum PoolPlanner {
  static func steps(_ view: HostView) -> [Step] {
    view.desired.filter { $0.id.kind == .pool }.flatMap { steps($0, view) }
  }

  /// The pool's definition has no metadata: its UUID tells the stack, and the ledger the rest.
  static func owner(of observed: ObservedPool, _ view: HostView) -> Ownership? {
    if let owner = view.ledgerOwner(.pool, observed.name) { return owner }
    guard observed.uuid == Digest.uuid(stack: view.stack, kind: .pool, name: observed.name) else {
      return nil
    }
    return Ownership(stack: view.stack, source: "", digest: "", appliedSpec: "")
  }

  private static func steps(_ object: DesiredObject, _ view: HostView) -> [Step] {
    guard let observed = view.pool(object.id.name) else {
      return object.isExternal ? [absent(object)] : created(object, view)
    }
    if object.isExternal { return [] }
    let owner = owner(of: observed, view)
    if let blockage = view.blockage(of: object, owner: owner) {
      return [refusal(object, observed.spec, Table.pool, blockage, xml: observed.xml)]
    }
    let changes = updated(object, observed, owner, view)
    // A run that died after the definition left a folder that is not there yet; one that is stays as it is.
    let builds =
      object.power == "running" && !observed.active && observed.spec.string("type") == "dir"
      && object.spec.boolean("build") ?? true && !changes.contains { $0.operation == .buildPool }
    let build = Step(
      object: object.id, action: .update, operation: .buildPool,
      reason: .power(from: "stopped", to: "running"))
    return changes + (builds ? [build] : []) + powered(object, observed, owner)
  }

  private static func created(_ object: DesiredObject, _ view: HostView) -> [Step] {
    var spec = Table.pool.completed(object.spec)
    if object.spec.string("type") == "logical", spec["path"] == nil,
      let group = object.spec.record("source")?.string("name")
    {
      spec["path"] = .string("/dev/" + group)
    }
    let overlay = OverlayPlan(creating: object, spec)
    let definition = Definition(
      uuid: Digest.uuid(stack: view.stack, kind: .pool, name: object.id.name), spec: spec,
      overlay: overlay.edit, ownership: nil, expected: nil)
    var steps = [
      Step(
        object: object.id, action: .create, operation: .definePool(definition), reason: .missing,
        changes: changes(Difference.between(object.spec, Record(), .pool), .defined) { _ in
          .manifest
        } + overlay.changes)
    ]
    if object.spec.boolean("build") ?? (object.spec.string("type") == "dir") {
      steps.append(
        Step(object: object.id, action: .create, operation: .buildPool, reason: .missing))
    }
    if object.spec.boolean("autostart") ?? true {
      steps.append(
        Step(
          object: object.id, action: .update, operation: .setPoolAutostart(true),
          reason: .autostart(true)))
    }
    if object.power == "running" {
      steps.append(
        Step(
          object: object.id, action: .start, operation: .startPool,
          reason: .power(from: "stopped", to: "running")))
    }
    return steps
  }

  private static func updated(
    _ object: DesiredObject, _ observed: ObservedPool, _ owner: Ownership?, _ view: HostView
  ) -> [Step] {
    let differences = Difference.between(object.spec, observed.spec, .pool)
    let overlay = OverlayPlan(object, object.spec, owner: owner, document: observed.xml)
    if differences.isEmpty, overlay.changes.isEmpty {
      if owner != nil { return [] }
      return [Step(object: object.id, action: .adopt, operation: nil, reason: .unowned)]
    }
    let shown =
      changes(differences, .defined, view.threeWay(object, owner, .pool).origin) + overlay.changes
    if differences.contains(where: { $0.field.change == .recreate }) {
      return [
        Step(
          object: object.id, action: .recreate, operation: nil, reason: .differs, changes: shown,
          disruption: .recreate,
          blocked: Blockage(
            .recreate, "another type is another pool",
            remedy: "declare a pool with another name, move the volumes, and remove this one"))
      ]
    }
    let movesFolder =
      observed.spec.string("type") == "dir" && differences.contains { $0.path == "path" }
    if movesFolder, let content = content(of: observed, view) {
      return [
        Step(
          object: object.id, action: .recreate, operation: nil, reason: .differs, changes: shown,
          disruption: .recreate,
          blocked: Blockage(
            .recreate,
            "the pool has \(content), which would stay in the old folder",
            remedy: "declare a pool with another name, move the volumes, and remove this one"))
      ]
    }
    let definition = Definition(
      uuid: observed.uuid, spec: object.spec, overlay: overlay.edit, ownership: nil,
      expected: observed.fingerprint)
    var steps: [Step] = []
    // An active pool keeps its old definition until it starts anew, so it is stopped around the change.
    let restarts = observed.active && object.power == "running"
    let reason = Reason.pendingRestart(shown.map(\.path))
    if restarts {
      steps.append(
        Step(
          object: object.id, action: .stop, operation: .stopPool, reason: reason, changes: shown,
          disruption: .restart))
    }
    steps.append(
      Step(
        object: object.id, action: owner == nil ? .adopt : .update,
        operation: .definePool(definition), reason: .differs,
        changes: restarts ? [] : shown, disruption: restarts ? .restart : .none))
    if movesFolder, object.spec.boolean("build") ?? true {
      steps.append(
        Step(
          object: object.id, action: .update, operation: .buildPool, reason: .differs,
          disruption: restarts ? .restart : .none))
    }
    if restarts {
      steps.append(
        Step(
          object: object.id, action: .start, operation: .startPool, reason: reason,
          disruption: .restart))
    }
    return steps
  }

  /// What a pool has in its folder; of one that is not active, as far as ledgers and guests tell. Nil for nothing.
  static func content(of observed: ObservedPool, _ view: HostView) -> String? {
    if observed.active {
      return observed.volumes.isEmpty ? nil : "\(observed.volumes.count) volumes"
    }
    if let volume = view.recordedVolume(in: observed.name) { return "volume '\(volume)'" }
    guard let folder = observed.spec.string("path"), let disk = view.disk(in: folder) else {
      return nil
    }
    return "disk \(disk.path) of guest '\(disk.guest)'"
  }

  private static func powered(
    _ object: DesiredObject, _ observed: ObservedPool, _ owner: Ownership?
  ) -> [Step] {
    object.powerSteps(
      isActive: observed.active, isAutostarted: observed.autostart, owner: owner,
      PowerOperations(start: .startPool, stop: .stopPool, setAutostart: Operation.setPoolAutostart))
  }
}
