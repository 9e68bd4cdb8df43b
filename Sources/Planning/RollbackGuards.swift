import Model

/// What keeps a rollback from a step.
extension RollbackView {
  /// What the run made, and what something needs that the run did not make.
  func used(_ object: ObjectID, _ present: Present) -> Blockage? {
    let user =
      observed.guests.first { guest in
        stays(.guest, guest.name)
          && [guest.spec, guest.live ?? Record()].contains { needs($0, .guest, object, present) }
      }.map { ("guest", $0.name) }
      ?? observed.filters.first {
        stays(.networkFilter, $0.name) && needs($0.spec, .networkFilter, object, present)
      }.map { ("filter", $0.name) }
      ?? observed.pools.first { stays(.pool, $0.name) && needs($0.spec, .pool, object, present) }
      .map { ("pool", $0.name) }
    return user.map { kind, name in
      Blockage(
        .protected, "\(kind) '\(name)', which stays, uses it",
        remedy: "change or remove the \(kind) first")
    }
  }

  private func stays(_ kind: Kind, _ name: String) -> Bool {
    !made.contains(ObjectID(host: host, kind: kind, name: name))
  }

  /// Whether an object of a kind with these fields needs another one.
  private func needs(
    _ spec: Record, _ kind: Kind, _ object: ObjectID, _ present: Present
  ) -> Bool {
    switch object.kind {
    case .network:
      return spec.records("interfaces").contains { $0.string("network") == object.name }
    case .networkFilter:
      return kind == .networkFilter
        ? spec.includedFilters.contains(object.name) : spec.interfaceFilters.contains(object.name)
    case .secret:
      let usage = SecretUsage(present.spec)?.id
      return spec.secretReferences(of: kind).contains { reference in
        reference.usage.map { $0 == usage } == true
          || reference.uuid?.lowercased() == present.uuid
      }
    default: return false
    }
  }

  /// What libvirt changes of a secret only by making it anew, which would take its value away.
  func anew(_ before: PastRun.Before, _ present: Present?) -> Blockage? {
    guard let present, let was = SecretUsage(before.spec), let now = SecretUsage(present.spec)
    else {
      return nil
    }
    let wasPrivate = before.spec.boolean("private") == true
    let isPrivate = present.spec.boolean("private") == true
    guard was != now || isPrivate && !wasPrivate else { return nil }
    return Blockage(
      .recreate, "it would have to be made anew, without its value, which no journal has",
      remedy: "apply the former manifests, which say where the value comes from")
  }

  func foreign(_ touched: PastRun.Touched, _ present: Present?) -> Blockage? {
    if options.force { return nil }
    let remedy = "look at it, and roll back with --force if its present state may be lost"
    switch touched.left {
    case .unknown:
      // Where there is nothing, nothing can be lost; what is as it was needs no step.
      guard let present else { return nil }
      if let before = touched.before, before.fingerprint.hasSameDefinition(as: present.fingerprint)
      {
        return nil
      }
      return Blockage(
        .changed,
        "the run broke off at it, so that its changes cannot be told from those of others",
        remedy: remedy)
    case .known(let left):
      switch (left, present?.fingerprint) {
      case (nil, nil): return nil
      case (let left?, let now?) where left.hasSameDefinition(as: now): return nil
      case (nil, _?):
        return Blockage(.changed, "somebody made it anew since the run", remedy: remedy)
      case (_?, nil):
        return Blockage(.changed, "somebody removed it since the run", remedy: remedy)
      case (_?, _?):
        return Blockage(.changed, "somebody changed it since the run", remedy: remedy)
      }
    }
  }

  func blocked(_ steps: [Step], by blockage: Blockage?) -> [Step] {
    steps.map { step in
      var copy = step
      copy.blocked = blockage
      return copy
    }
  }
}
