import Model

/// What keeps a rollback from a step.
extension RollbackView {
  /// A network or network filter that a guest or a filter has which the run did not make.
  func used(_ object: ObjectID) -> Blockage? {
    func isUsed(by interface: Record) -> Bool {
      switch object.kind {
      case .network: interface.string("network") == object.name
      case .networkFilter: interface.record("filter")?.string("name") == object.name
      default: false
      }
    }
    let guest = observed.guests.first { guest in
      [guest.spec, guest.live ?? Record()].contains { side in
        side.records("interfaces").contains(where: isUsed)
      } && !made.contains(ObjectID(host: host, kind: .guest, name: guest.name))
    }
    let filter = observed.filters.first { filter in
      object.kind == .networkFilter && filter.spec.includedFilters.contains(object.name)
        && !made.contains(ObjectID(host: host, kind: .networkFilter, name: filter.name))
    }
    let user = guest.map { ("guest", $0.name) } ?? filter.map { ("filter", $0.name) }
    return user.map { kind, name in
      Blockage(
        .protected, "\(kind) '\(name)', which stays, uses it",
        remedy: "change or remove the \(kind) first")
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
