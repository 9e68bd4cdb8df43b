import Model

/// Steps that take away what the stack owns and no manifest declares. Nothing else is ever removed.
enum RemovalPlanner {
  /// How long a guest may take to shut down before it is removed all the same, in seconds.
  static let shutdownDeadline: Int64 = 60

  static func steps(_ view: HostView) -> [Step] {
    // Mostly nothing is to be removed, and nobody asks.
    lazy var staying = StayingUses(view)
    return guests(view) + volumes(view) { staying } + networks(view) { staying } + pools(view)
      + filters(view) { staying } + secrets(view) { staying }
  }

  private static func guests(_ view: HostView) -> [Step] {
    view.observed.guests.flatMap { removal(of: $0, view) }
  }

  /// Whether the plan takes a guest away.
  static func takesAway(_ guest: ObservedGuest, _ view: HostView) -> Bool {
    let steps = removal(of: guest, view)
    return !steps.isEmpty && steps.allSatisfy { $0.blocked == nil }
  }

  private static func removal(of guest: ObservedGuest, _ view: HostView) -> [Step] {
    guard let owner = guest.ownership, owner.stack == view.stack,
      !view.isDeclared(.guest, guest.name), view.renames[guest.name] == nil
    else {
      return []
    }
    let id = ObjectID(host: view.host.name, kind: .guest, name: guest.name)
    var steps: [Step] = []
    if guest.power.isActive {
      steps.append(
        Step(
          object: id, action: .remove,
          operation: .shutDownGuest(deadlineSeconds: shutdownDeadline, destroyAfterwards: true),
          reason: .notDeclared,
          disruption: .restart))
    }
    steps.append(
      Step(
        object: id, action: .remove,
        operation: .undefineGuest(keepState: owner.onRemove != "delete"),
        reason: .notDeclared, disruption: .recreate))
    if guest.hasSnapshots { steps = steps.map { withSnapshots($0, guest.name) } }
    return BlockJobs.guarded(permitted(steps, owner, view), guest)
  }

  /// libvirt's records of snapshots are the only way back to them.
  private static func withSnapshots(_ step: Step, _ guest: String) -> Step {
    var copy = step
    copy.blocked = Blockage(
      .protected, "guest '\(guest)' has snapshots, which would go with it",
      remedy:
        "delete them first ('virsh snapshot-list \(guest)', 'virsh checkpoint-list \(guest)'), or declare the guest again"
    )
    return copy
  }

  private static func networks(_ view: HostView, _ staying: () -> StayingUses) -> [Step] {
    view.observed.networks.flatMap { network -> [Step] in
      guard let owner = network.ownership, owner.stack == view.stack,
        !view.isDeclared(.network, network.name)
      else {
        return []
      }
      let id = ObjectID(host: view.host.name, kind: .network, name: network.name)
      var steps: [Step] = []
      if network.active {
        steps.append(
          Step(
            object: id, action: .remove, operation: .stopNetwork, reason: .notDeclared,
            disruption: .restart))
      }
      steps.append(
        Step(
          object: id, action: .remove, operation: .undefineNetwork, reason: .notDeclared,
          disruption: .recreate))
      let user = staying().networks[network.name].map { ObjectID.Target(kind: .guest, name: $0) }
      return permitted(user.map { kept(steps, for: $0) } ?? steps, owner, view)
    }
  }

  private static func pools(_ view: HostView) -> [Step] {
    view.observed.pools.flatMap { pool -> [Step] in
      guard let owner = PoolPlanner.owner(of: pool, view), owner.stack == view.stack,
        !view.isDeclared(.pool, pool.name)
      else { return [] }
      let id = ObjectID(host: view.host.name, kind: .pool, name: pool.name)
      var steps: [Step] = []
      if pool.active {
        steps.append(
          Step(
            object: id, action: .remove, operation: .stopPool, reason: .notDeclared,
            disruption: .restart))
      }
      steps.append(
        Step(
          object: id, action: .remove, operation: .undefinePool, reason: .notDeclared,
          disruption: .recreate))
      return permitted(steps, owner, view)
    }
  }

  private static func filters(_ view: HostView, _ staying: () -> StayingUses) -> [Step] {
    view.observed.filters.flatMap { filter -> [Step] in
      guard let owner = FilterPlanner.owner(of: filter, view), owner.stack == view.stack,
        !view.isDeclared(.networkFilter, filter.name)
      else { return [] }
      let step = Step(
        object: ObjectID(host: view.host.name, kind: .networkFilter, name: filter.name),
        action: .remove, operation: .undefineFilter, reason: .notDeclared, disruption: .recreate)
      let user = staying().filters[filter.name]
      return permitted(user.map { kept([step], for: $0) } ?? [step], owner, view)
    }
  }

  private static func secrets(_ view: HostView, _ staying: () -> StayingUses) -> [Step] {
    let declared = SecretPlanner.declaredUUIDs(view)
    return (view.observed.ledger?.entries ?? []).flatMap { entry -> [Step] in
      guard entry.kind == .secret, !view.isDeclared(.secret, entry.name), let uuid = entry.uuid,
        !declared.contains(uuid),
        let secret = view.observed.secrets.first(where: { $0.uuid == uuid })
      else { return [] }
      var step = Step(
        object: view.id(of: entry), action: .remove, operation: .undefineSecret(uuid: uuid),
        reason: .notDeclared, disruption: secret.value == .missing ? .recreate : .dataLoss)
      if step.disruption > max(view.options.ceiling, .recreate),
        entry.ownership.onRemove != "delete"
      {
        step.blocked = Blockage(
          .ceiling, "its value would be lost, which nobody can bring back from here",
          remedy:
            "apply with --allow data-loss, or declare it with 'lifecycle: {onRemove: delete}' before it goes"
        )
      }
      let user = staying().secrets[secret]
      return permitted(user.map { kept([step], for: $0) } ?? [step], entry.ownership, view)
    }
  }

  private static func volumes(_ view: HostView, _ staying: () -> StayingUses) -> [Step] {
    (view.observed.ledger?.entries ?? []).flatMap { entry -> [Step] in
      guard entry.kind == .volume, !view.isDeclared(.volume, entry.name) else { return [] }
      if let steps = DiscPlanner.removal(of: entry, view, users: { staying().paths }) {
        return steps
      }
      let id = ObjectID(host: view.host.name, kind: .volume, name: entry.name)
      // Where its pool goes, nobody could see later whether an image is still used, or there at all.
      let isLetGo =
        entry.isImage
        && id.poolAndVolume.map {
          view.object(.pool, $0.pool) == nil && view.ledgerEntry(.pool, $0.pool) != nil
        } == true
      if !isLetGo, let pool = id.poolAndVolume.flatMap({ view.pool($0.pool) }), !pool.active,
        entry.ownership.onRemove == "delete"
      {
        return permitted([hidden(id, in: pool.name)], entry.ownership, view)
      }
      if entry.isImage {
        if ImageUses(view).user(of: entry.name) != nil {
          // It is kept without a word of blame: the plan has a note of it.
          if !isLetGo { return [] }
          return permitted(
            [Step(object: id, action: .release, operation: nil, reason: .kept)], entry.ownership,
            view)
        }
        if entry.ownership.onRemove == "delete", view.volume(entry.name) != nil,
          let pool = view.observed.pools.first(where: { !$0.active })
        {
          return permitted([unseen(id, in: pool.name)], entry.ownership, view)
        }
      }
      guard entry.ownership.onRemove == "delete", let volume = view.volume(entry.name) else {
        return permitted(
          [Step(object: id, action: .release, operation: nil, reason: .kept)], entry.ownership, view
        )
      }
      var step = Step(
        object: id, action: .remove, operation: .removeVolume, reason: .notDeclared,
        disruption: .dataLoss)
      if !entry.isImage, let overlay = staying().overlays[volume.path] {
        step.blocked = Blockage(
          .protected, "it is the backing volume of \(overlay), which stays",
          remedy: "remove the overlay too, or declare this volume again")
      }
      let user = staying().paths[volume.path].map { ObjectID.Target(kind: .guest, name: $0) }
      return permitted(user.map { kept([step], for: $0) } ?? [step], entry.ownership, view)
    }
  }

  /// What a pool has that is not active is unknown.
  private static func hidden(_ id: ObjectID, in pool: String) -> Step {
    Step(
      object: id, action: .remove, operation: .removeVolume, reason: .notDeclared,
      disruption: .dataLoss,
      blocked: Blockage(
        .unknown, "pool '\(pool)' is not active, so that it cannot be told whether it is there",
        remedy: "start the pool, or declare it with 'power: running'"))
  }

  /// Whoever lies over an image may be in any pool.
  private static func unseen(_ id: ObjectID, in pool: String) -> Step {
    Step(
      object: id, action: .remove, operation: .removeVolume, reason: .notDeclared,
      disruption: .dataLoss,
      blocked: Blockage(
        .unknown,
        "pool '\(pool)' is not active, so that it cannot be told whether one of its volumes lies over it",
        remedy: "start the pool, and plan again"))
  }

  private static func kept(_ steps: [Step], for user: ObjectID.Target) -> [Step] {
    steps.map { step in
      var copy = step
      let kind = user.kind == .networkFilter ? "filter" : user.kind.word
      copy.blocked = Blockage(
        .protected, "\(kind) '\(user.name)', which stays, uses it",
        remedy: "change or remove the \(kind) first, or declare this object again")
      return copy
    }
  }

  private static func permitted(_ steps: [Step], _ owner: Ownership, _ view: HostView) -> [Step] {
    let blockage: Blockage?
    if owner.protected {
      blockage = Blockage(
        .protected, "its manifest said 'lifecycle: {protect: true}'",
        remedy: "declare it again without 'protect', apply, and remove it then")
    } else if view.options.prune || view.options.destroy {
      blockage = nil
    } else {
      blockage = Blockage(
        .prune, "no manifest declares it any more",
        remedy: "apply with --prune to remove it, or declare it again")
    }
    return steps.map { step in
      var copy = step
      copy.blocked = blockage ?? step.blocked
      return copy
    }
  }
}

/// What is used by things that stay, so that it cannot go.
private struct StayingUses {
  /// The guest that stays, by what its disks are.
  private(set) var paths: [String: String] = [:]
  /// The guest that stays, by the networks of its interfaces.
  private(set) var networks: [String: String] = [:]
  /// The guest or filter that stays, by the filters that it uses.
  private(set) var filters: [String: ObjectID.Target] = [:]
  let secrets: SecretUsers
  /// The volume that stays, by what it lies over: without its backing file it would be lost.
  private(set) var overlays: [String: String] = [:]

  init(_ view: HostView) {
    secrets = SecretUsers(staying: view) { Self.stays($0, "disks", view) }
    for guest in view.observed.guests {
      for side in [guest.spec, guest.live ?? Record()] {
        if Self.stays(guest, "disks", view) {
          for path in side.records("disks").compactMap(\.diskPath) { paths[path] = guest.name }
        }
        if Self.stays(guest, "interfaces", view) {
          for name in side.records("interfaces").compactMap({ $0.string("network") }) {
            networks[name] = guest.name
          }
        }
      }
    }
    filters = FilterUsers.staying(view)
    for pool in view.observed.pools {
      for volume in pool.volumes {
        guard let backing = volume.spec.string("backingPath") else { continue }
        let name = pool.name + "/" + volume.name
        let goes =
          view.object(.volume, name) == nil
          && view.ledgerEntry(.volume, name)?.ownership.onRemove == "delete"
        if !goes { overlays[backing] = "volume '\(name)'" }
      }
    }
  }

  /// Whether the guest stays and is not changed to do without a device of the list.
  private static func stays(_ guest: ObservedGuest, _ list: String, _ view: HostView) -> Bool {
    let declared = view.object(.guest, guest.name) ?? view.renames[guest.name]
    if let declared {
      return declared.isExternal || view.blockage(of: declared, owner: guest.ownership) != nil
        || declared.spec[list] == nil
    }
    guard let owner = guest.ownership, owner.stack == view.stack else { return true }
    return owner.protected
  }
}
