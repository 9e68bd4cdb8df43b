import Model

/// Steps of volumes that hold something from their making on. What they are to hold is part of their names, by its
/// digest: one that is there has it, unless the ledger says that its content is still owed.
enum ContentPlanner {
  static func steps(_ object: DesiredObject, _ content: VolumeContent, _ view: HostView) -> [Step] {
    guard let (pool, _) = object.id.poolAndVolume else { return [] }
    let entry = view.ledgerEntry(.volume, object.id.name)
    let owner = view.ledgerOwner(.volume, object.id.name)
    guard view.volume(object.id.name) != nil else {
      if view.pool(pool)?.active == true || entry == nil {
        return [upload(object, content, .refuse, .missing, view)]
      }
      // Of a pool that does not run, the volumes cannot be seen.
      guard view.object(.pool, pool)?.power == "running" else { return [] }
      return [upload(object, content, isOwed(object, view) ? .replace : .keep, .missing, view)]
    }
    if let owner, owner.stack != view.stack {
      // Several stacks may share what has the same content.
      if owner.contentDebt == nil { return [] }
      var step = upload(object, content, .refuse, .missing, view)
      step.blocked = Blockage(
        .busy, "stack '\(owner.stack)' has not finished its upload",
        remedy: "wait for that run, or run 'virtspec apply' for that stack again")
      return [step]
    }
    if entry != nil {
      return isOwed(object, view) ? [upload(object, content, .replace, .unfinished, view)] : []
    }
    return [
      Step(
        object: object.id, action: .adopt, operation: nil, reason: .unowned,
        blocked: view.blockage(of: object, owner: owner))
    ]
  }

  /// What the ledger says of the volume until its content is there.
  static func debt(of object: DesiredObject, _ steps: [Step], _ view: HostView) -> ContentDebt? {
    let brings = steps.contains { step in
      if case .uploadVolume? = step.operation { return step.blocked == nil }
      return false
    }
    return brings ? isUsed(object, view) ? .again : .first : nil
  }

  /// Whether a run has died before the whole content was there. What is used for the first time waits for that, so
  /// that its being used tells that the run died later.
  private static func isOwed(_ object: DesiredObject, _ view: HostView) -> Bool {
    switch view.ledgerEntry(.volume, object.id.name)?.ownership.contentDebt {
    case nil: false
    case .first: !isUsed(object, view)
    case .again: true
    }
  }

  private static func isUsed(_ object: DesiredObject, _ view: HostView) -> Bool {
    guard let (pool, name) = object.id.poolAndVolume,
      let path = view.path(ofVolume: name, in: pool)
    else { return false }
    return view.guest(definedWith: path) != nil || view.overlay(of: path) != nil
  }

  private static func upload(
    _ object: DesiredObject, _ content: VolumeContent, _ existing: VolumeUpload.Existing,
    _ reason: Reason, _ view: HostView
  ) -> Step {
    var spec = Record()
    // A sparse file where there are files; devices are as large as they are.
    if !view.isBlockPool(object.id.poolAndVolume?.pool ?? "") { spec["allocation"] = 0 }
    spec["permissions"] = object.spec["permissions"]
    return Step(
      object: object.id, action: .create,
      operation: .uploadVolume(VolumeUpload(content: content, spec: spec, existing: existing)),
      reason: reason)
  }
}

extension HostView {
  /// A volume that lies over what is at a path, as `POOL/VOLUME`.
  func overlay(of path: String) -> String? {
    for pool in observed.pools {
      for volume in pool.volumes where volume.spec.string("backingPath") == path {
        return pool.name + "/" + volume.name
      }
    }
    return nil
  }
}
