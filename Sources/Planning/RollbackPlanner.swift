import Model

/// Turns what is known of a run and what the hosts have now into the steps that lay the former definitions back.
/// Pure, like `Planner`. What somebody changed since is left alone unless that is asked for, and no storage is ever
/// touched.
public enum RollbackPlanner {
  public static func plan(
    _ run: PastRun, readings: [String: HostReading], options: RollbackOptions
  ) -> Rollback {
    var steps: [Step] = []
    var uses: [ObjectID: Set<ObjectID>] = [:]
    var unreadable: [UnreadableHost] = []
    var losses: [String] = []
    for host in run.hosts {
      guard let reading = readings[host.name] else { continue }
      switch reading {
      case .unreadable(let reason):
        unreadable.append(UnreadableHost(host: host.name, uri: host.uri, reason: reason))
      case .read(let observed):
        let touched = run.touched.filter { $0.object.host == host.name }
        let view = RollbackView(run, host.name, observed, touched, options)
        let found = touched.flatMap(view.steps)
        steps += found + LedgerRollback(run, view, host.name, after: found).steps
        losses += touched.flatMap(view.losses)
        uses.merge(self.uses(touched.map(\.object))) { $0.union($1) }
      }
    }
    let plan = Plan(
      stack: run.stack, hosts: run.hosts,
      steps: Guarding.dependents(Ordering.ordered(steps, uses: uses)), unreadable: unreadable,
      compared: run.touched.count)
    return Rollback(plan: plan, losses: losses)
  }

  /// A guest may use any secret, network filter, network and pool of its host, and a pool any secret.
  private static func uses(_ objects: [ObjectID]) -> [ObjectID: Set<ObjectID>] {
    let used = Set(
      objects.filter { [.secret, .networkFilter, .network, .pool].contains($0.kind) })
    let secrets = used.filter { $0.kind == .secret }
    var uses: [ObjectID: Set<ObjectID>] = [:]
    for object in objects {
      switch object.kind {
      case .guest: uses[object] = used
      case .pool: uses[object] = secrets
      default: break
      }
    }
    return uses
  }
}

/// What there is now of an object.
struct Present {
  var fingerprint: Fingerprint
  var isActive: Bool
  var autostart: Bool
  var isPersistent: Bool
  var spec: Record
  var isProtected = false
  /// Of a secret, which has no name.
  var uuid = ""
}

/// One host as a rollback finds it.
struct RollbackView {
  let options: RollbackOptions
  let host: String
  let observed: ObservedHost
  /// Objects that the run made, and that go, too.
  let made: Set<ObjectID>
  /// The run's secrets as they are known to it, by their UUIDs.
  private let secrets: [ObjectID: Set<String>]
  /// Volumes that the run removed, by where they were.
  private let lost: [String: ObjectID]
  /// Guests that the run renamed, by either name.
  private let renamed: [String: (old: String, new: String)]

  init(
    _ run: PastRun, _ host: String, _ observed: ObservedHost, _ touched: [PastRun.Touched],
    _ options: RollbackOptions
  ) {
    self.host = host
    self.observed = observed
    let ledgers = [observed.ledger, run.written[host], run.ledgers[host]]
    secrets = Dictionary(
      touched.filter { $0.object.kind == .secret }.map { secret in
        let uuids = ledgers.flatMap {
          SecretIdentity.uuids(secret.object, stack: run.stack, $0)
        }
        return (secret.object, Set(uuids))
      }
    ) { first, _ in first }
    made = Set(touched.filter { $0.before == nil }.map(\.object))
    var renamed: [String: (old: String, new: String)] = [:]
    for guest in touched {
      for case .renameGuest(let old, _, _) in guest.operations {
        renamed[old] = (old, guest.object.name)
        renamed[guest.object.name] = (old, guest.object.name)
      }
    }
    self.renamed = renamed
    let removed = touched.filter { $0.operations.contains(.removeVolume) }
    lost = Dictionary(
      removed.compactMap { volume in
        volume.before?.spec.string("path").map { ($0, volume.object) }
      }
    ) { first, _ in first }
    self.options = options
  }

  var ledger: Ledger? { observed.ledger }

  func present(_ object: ObjectID) -> Present? {
    switch object.kind {
    case .guest:
      observed.guests.first { $0.name == object.name }.map {
        Present(
          fingerprint: $0.fingerprint, isActive: $0.power.isActive, autostart: $0.autostart,
          isPersistent: $0.persistent, spec: $0.spec,
          isProtected: $0.ownership?.protected ?? false)
      }
    case .secret:
      observed.secrets.first { secrets[object]?.contains($0.uuid) == true }.map {
        Present(
          fingerprint: $0.fingerprint, isActive: true, autostart: false, isPersistent: true,
          spec: $0.spec,
          isProtected: observed.ledger?[.secret, object.name]?.ownership.protected ?? false,
          uuid: $0.uuid)
      }
    case .networkFilter:
      observed.filters.first { $0.name == object.name }.map {
        Present(
          fingerprint: $0.fingerprint, isActive: true, autostart: false, isPersistent: true,
          spec: $0.spec,
          isProtected: observed.ledger?[.networkFilter, object.name]?.ownership.protected ?? false)
      }
    case .network:
      observed.networks.first { $0.name == object.name }.map {
        Present(
          fingerprint: $0.fingerprint, isActive: $0.active, autostart: $0.autostart,
          isPersistent: $0.persistent, spec: $0.spec,
          isProtected: $0.ownership?.protected ?? false)
      }
    case .pool:
      observed.pools.first { $0.name == object.name }.map {
        Present(
          fingerprint: $0.fingerprint, isActive: $0.active, autostart: $0.autostart,
          isPersistent: $0.persistent, spec: $0.spec,
          isProtected: observed.ledger?[.pool, object.name]?.ownership.protected ?? false)
      }
    default: nil
    }
  }

  func steps(_ touched: PastRun.Touched) -> [Step] {
    guard [.guest, .secret, .networkFilter, .network, .pool].contains(touched.object.kind) else {
      return []
    }
    if touched.object.kind == .guest, let names = renamed[touched.object.name] {
      if touched.object.name == names.old { return [] }
      let old = ObjectID(host: host, kind: .guest, name: names.old)
      return [renaming(old, names), renaming(touched.object, names)]
    }
    let present = present(touched.object)
    if let before = touched.before { return restored(touched, before, present) }
    if let present { return removed(touched, present) }
    return []
  }

  /// A guest is one under both names: to lay the old definition back would need it to have the old one.
  private func renaming(_ object: ObjectID, _ names: (old: String, new: String)) -> Step {
    Step(
      object: object, action: .rename, operation: nil, reason: .renamed(from: names.new),
      blocked: Blockage(
        .unknown, "the run renamed guest '\(names.old)' to '\(names.new)'",
        remedy:
          "declare '\(names.old)' with 'previousName: \(names.new)', and apply the former manifests"
      ))
  }

  /// Definition, autostart and power as they were, as far as the run changed them.
  private func restored(
    _ touched: PastRun.Touched, _ before: PastRun.Before, _ present: Present?
  ) -> [Step] {
    let object = touched.object
    var steps: [Step] = []
    let isSame =
      present.map { $0.isPersistent && $0.fingerprint.hasSameDefinition(as: before.fingerprint) }
      ?? false
    if !isSame {
      steps.append(
        Step(
          object: object, action: present == nil ? .create : .update,
          operation: .restore(Restoration(xml: before.xml, expected: present?.fingerprint)),
          reason: present == nil ? .missing : .differs,
          changes: present.map { changes(before.spec, $0.spec, object.kind) } ?? []))
    }
    // Its folder may have gone with it; one that is there stays as it is.
    if object.kind == .pool, present == nil, before.spec.string("type") == "dir" {
      steps.append(
        Step(object: object, action: .create, operation: .buildPool, reason: .missing))
    }
    let autostart = present?.autostart ?? false
    if autostart != before.autostart, touched.operations.contains(where: \.touchesAutostart) {
      let operation: Operation? =
        switch object.kind {
        case .guest: .setGuestAutostart(before.autostart)
        case .network: .setNetworkAutostart(before.autostart)
        default: .setPoolAutostart(before.autostart)
        }
      steps.append(
        Step(
          object: object, action: .update, operation: operation,
          reason: .autostart(before.autostart)))
    }
    if before.isActive, present?.isActive != true, touched.operations.contains(where: \.stops),
      lostDisk(of: before) == nil
    {
      let operation: Operation =
        switch object.kind {
        case .guest: .startGuest
        case .network: .startNetwork
        default: .startPool
        }
      steps.append(
        Step(
          object: object, action: .start, operation: operation,
          reason: .power(from: "stopped", to: "running")))
    }
    return blocked(steps, by: foreign(touched, present) ?? anew(before, present))
  }

  /// A volume that is gone and without which the guest cannot start.
  func lostDisk(of guest: PastRun.Before) -> ObjectID? {
    if lost.isEmpty { return nil }
    for disk in guest.spec.records("disks") {
      if let path = disk.diskPath, let volume = lost[path] { return volume }
      guard let pool = disk.string("pool"), let name = disk.string("volume") else { continue }
      if let volume = lost.values.first(where: { $0.name == pool + "/" + name }) { return volume }
    }
    return nil
  }

  /// What the run made goes only when that is asked for.
  private func removed(_ touched: PastRun.Touched, _ present: Present) -> [Step] {
    let object = touched.object
    func step(_ operation: Operation, _ disruption: Disruption) -> Step {
      Step(
        object: object, action: .remove, operation: operation, reason: .notDeclared,
        disruption: disruption)
    }
    var steps: [Step] = []
    switch object.kind {
    case .guest:
      if present.isActive {
        steps.append(
          step(
            .shutDownGuest(
              deadlineSeconds: RemovalPlanner.shutdownDeadline, destroyAfterwards: true), .restart))
      }
      steps.append(step(.undefineGuest(keepState: true), .recreate))
    case .secret: steps.append(step(.undefineSecret(uuid: present.uuid), .recreate))
    case .networkFilter: steps.append(step(.undefineFilter, .recreate))
    case .network:
      if present.isActive { steps.append(step(.stopNetwork, .restart)) }
      steps.append(step(.undefineNetwork, .recreate))
    default:
      if present.isActive { steps.append(step(.stopPool, .restart)) }
      steps.append(step(.undefinePool, .recreate))
    }
    if present.isProtected {
      return blocked(
        steps,
        by: Blockage(
          .protected, "its manifest said 'lifecycle: {protect: true}'",
          remedy: "declare it without 'protect', and apply"))
    }
    if !options.prune {
      return blocked(
        steps,
        by: Blockage(.prune, "the run made it", remedy: "roll back with --prune to remove it"))
    }
    return blocked(steps, by: foreign(touched, present) ?? used(object, present))
  }

  /// What the definition has now, and what it gets back.
  private func changes(_ before: Record, _ now: Record, _ kind: Kind) -> [FieldChange] {
    SightingChange.fields(now, before, Table.spec(of: kind), .defined).map { change in
      var change = change
      change.origin = .manifest
      return change
    }
  }
}
