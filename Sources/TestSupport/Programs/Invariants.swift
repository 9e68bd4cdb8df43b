import LibvirtXML
import Model
import Planning

/// What must hold between a host before and after a run, however the run ended. The numbers are those of
/// docs/development.md.
struct Invariants {
  private let plan: Plan
  private let options: PlanOptions
  private let before: Belongings
  private let after: Belongings
  private let desired: Desired

  init(
    _ plan: Plan, _ options: PlanOptions, _ before: Belongings, _ after: Belongings,
    _ desired: Desired
  ) {
    self.plan = plan
    self.options = options
    self.desired = desired
    self.before = before
    self.after = after
  }

  /// What must hold at any moment.
  var violations: [Violation] {
    foreign() + data() + values() + interruptions() + protected() + ownership()
  }

  /// 2: nothing changes that is not the stack's, unless it is declared and adopting is allowed.
  private func foreign() -> [Violation] {
    let changed = Set(before.objects.keys).union(after.objects.keys)
      .filter { before.objects[$0]?.text != after.objects[$0]?.text }
    return changed.sorted().compactMap { name in
      guard let old = before.objects[name] else { return nil }
      // A pool that looks elsewhere now has left the file as it was.
      if let path = old.path, after.volumes[path]?.text == old.text { return nil }
      let owner = before.objects[name]?.owner
      if owner == Program.stack { return nil }
      if owner == nil, options.adopt, isDeclared(name) || isDeclared(secretFor: old.usage) {
        return nil
      }
      return Violation(2, "\(name), of \(owner ?? "nobody"), changes")
    }
  }

  private func isDeclared(secretFor usage: String?) -> Bool {
    guard let usage else { return false }
    return desired.objects.contains {
      $0.id.kind == .secret && !$0.isExternal && SecretUsage($0.spec)?.description == usage
    }
  }

  private func isDeclared(_ name: String) -> Bool {
    desired.objects.contains { object in
      if object.isExternal { return false }
      if object.id.reference == name { return true }
      // A guest may stand under the name that it had before.
      return object.previousName.map { "guest/\($0)" } == name
    }
  }

  /// 3: a volume goes, is made anew or shrinks only where that was allowed.
  private func data() -> [Violation] {
    before.volumes.sorted { $0.key < $1.key }.compactMap { path, volume in
      let now = after.volumes[path]
      if let now, now.birth == volume.birth {
        return now.capacity < volume.capacity ? Violation(3, "\(path) shrinks") : nil
      }
      let isPruned =
        options.prune && volume.owner == Program.stack && volume.onRemove == "delete"
        && !volume.isProtected
      if isPruned || options.ceiling == .dataLoss && volume.owner != nil { return nil }
      if now != nil, volume.owner == Program.stack, volume.isUnfinished { return nil }
      if options.ceiling == .dataLoss, options.adopt { return nil }
      return Violation(3, "\(path) is \(now == nil ? "gone" : "another one")")
    }
  }

  /// 3: the value of a secret goes only where that was allowed, or another one is declared.
  private func values() -> [Violation] {
    before.values.sorted { $0.key < $1.key }.compactMap { uuid, value in
      if after.values[uuid] != nil { return nil }
      if options.ceiling == .dataLoss || options.prune && value.onRemove == "delete" { return nil }
      // One that is made anew for another use has its value from the manifest.
      if options.ceiling >= .recreate, isDeclared(value.name) { return nil }
      return Violation(3, "the value of \(value.name) is gone")
    }
  }

  /// 4: a guest that runs stops only where a restart was allowed or it is removed.
  private func interruptions() -> [Violation] {
    before.objects.sorted { $0.key < $1.key }.compactMap { name, object in
      guard let run = object.run, after.objects[name]?.run != run, options.ceiling < .restart
      else { return nil }
      if options.prune, object.owner == Program.stack, !isDeclared(name) { return nil }
      return Violation(4, "\(name) was stopped, which nobody allowed")
    }
  }

  /// 5: what its manifest protected, when it was applied last, stays.
  private func protected() -> [Violation] {
    before.objects.sorted { $0.key < $1.key }.compactMap { name, object in
      guard object.isProtected, object.owner == Program.stack, after.objects[name] == nil else {
        return nil
      }
      // A renamed guest is still there.
      if let uuid = object.uuid, after.objects.values.contains(where: { $0.uuid == uuid }) {
        return nil
      }
      return Violation(5, "\(name) is protected, and gone")
    }
  }

  /// 6: once a run is over, nothing that runs has lost what it stands on.
  func problems() -> [Violation] {
    // A network that is to stop, and may, leaves interfaces without a bridge.
    let stopsNetwork = plan.executable.contains { step in
      if case .power = step.reason { step.operation == .stopNetwork } else { false }
    }
    return Set(after.problems).subtracting(before.problems).sorted()
      .filter { !stopsNetwork || !$0.contains("interface") }.map { Violation(6, $0) }
  }

  /// 7: what is new is the stack's, and what was the stack's is not forgotten.
  private func ownership() -> [Violation] {
    let released = Set(
      plan.executableAndSaid.filter { $0.action.isRemoval }.map(\.object.reference))
    return after.objects.sorted { $0.key < $1.key }.compactMap { name, object in
      let isNew =
        before.objects[name] == nil && object.path.map { before.volumes[$0] == nil } ?? true
      if isNew, object.owner != Program.stack {
        return Violation(7, "\(name) is new, and nobody's")
      }
      if before.objects[name]?.owner == Program.stack, object.owner != Program.stack,
        !released.contains(name)
      {
        return Violation(7, "\(name) was the stack's, and is nobody's")
      }
      return nil
    }
  }
}

extension Plan {
  /// Steps that are not blocked, with those that only the ledger carries out.
  fileprivate var executableAndSaid: [Step] { steps.filter { $0.blocked == nil } }
}

/// What a host has, and whose it is.
struct Belongings {
  struct Object {
    /// All that there is to know of it.
    var text: String
    var owner: String?
    var isProtected = false
    var uuid: String?
    /// Which run of a guest it is; nil when it does not run.
    var run: String?
    /// Of a volume.
    var path: String?
    /// Of a secret.
    var usage: String?
    var isActive = false
    var autostart = false
  }

  struct Volume {
    var text: String
    var birth: Int
    var capacity: Int64
    var owner: String?
    var onRemove: String
    var isProtected: Bool
    /// Its content has not arrived yet, as far as its stack knows, and nobody uses it.
    var isUnfinished: Bool
  }

  /// What a secret keeps.
  struct Value {
    var name: String
    var text: String
    var onRemove: String
  }

  /// The values of secrets, by UUID.
  var values: [String: Value] = [:]
  /// Objects of every kind by reference.
  var objects: [String: Object] = [:]
  /// By path, also those that no active pool shows.
  var volumes: [String: Volume] = [:]
  var problems: [String] = []

  init(_ state: SimulatedState) {
    problems = state.problems
    let snapshot = state.snapshot
    for (name, domain) in state.domains {
      let owner = Self.owner(domain.inactive)
      objects["guest/\(name)"] = Object(
        text: snapshot["guest/\(name)"] ?? "", owner: owner?.stack,
        isProtected: owner?.protected ?? false, uuid: domain.inactive.text("uuid"),
        run: domain.live?["id"], isActive: domain.live != nil, autostart: domain.autostart)
    }
    for (name, network) in state.networks {
      let owner = Self.owner(network.inactive)
      objects["network/\(name)"] = Object(
        text: snapshot["network/\(name)"] ?? "", owner: owner?.stack,
        isProtected: owner?.protected ?? false, isActive: network.live != nil,
        autostart: network.autostart)
    }
    func entry(_ kind: Kind, _ name: String) -> Ownership? {
      for ledger in state.ledgers.values.sorted(by: { $0.stack < $1.stack }) {
        if let entry = ledger[kind, name] { return entry.ownership }
      }
      return nil
    }
    for (name, pool) in state.pools {
      let owner = entry(.pool, name)
      let isOurs =
        pool.inactive.text("uuid") == Digest.uuid(stack: Program.stack, kind: .pool, name: name)
      objects["pool/\(name)"] = Object(
        text: snapshot["pool/\(name)"] ?? "",
        owner: owner?.stack ?? (isOurs ? Program.stack : nil),
        isProtected: owner?.protected ?? false, isActive: pool.live != nil,
        autostart: pool.autostart)
    }
    for name in state.filters.keys {
      let owner = entry(.networkFilter, name)
      let isOurs =
        state.filters[name]?.text("uuid")
        == Digest.uuid(
          stack: Program.stack, kind: .networkFilter, name: Program.host + "/" + name)
      objects["networkfilter/\(name)"] = Object(
        text: snapshot["networkfilter/\(name)"] ?? "",
        owner: owner?.stack ?? (isOurs ? Program.stack : nil),
        isProtected: owner?.protected ?? false)
    }
    for (uuid, secret) in state.secrets { add(uuid, secret, state, snapshot) }
    for (path, file) in state.files {
      let name = file.text("name") ?? ""
      let pools = state.pools.filter { $0.value.inactive.folder.map { $0 + "/" + name } == path }
      let owners = pools.keys.sorted().compactMap { entry(.volume, $0 + "/" + name) }
      volumes[path] = Volume(
        text: file.serialized, birth: state.births[path] ?? 0,
        capacity: Int64(file.text("capacity") ?? "") ?? 0,
        owner: owners.first?.stack, onRemove: owners.first?.onRemove ?? "keep",
        isProtected: owners.first?.protected ?? false,
        isUnfinished: owners.first?.contentDebt != nil && !state.isUsed(path))
      for pool in pools.keys {
        objects["volume/\(pool)/\(name)"] = Object(
          text: file.serialized, owner: entry(.volume, pool + "/" + name)?.stack,
          isProtected: entry(.volume, pool + "/" + name)?.protected ?? false, path: path)
      }
    }
  }

  /// A secret has no name but in a ledger.
  private mutating func add(
    _ uuid: String, _ secret: SimulatedState.Secret, _ state: SimulatedState,
    _ snapshot: [String: String]
  ) {
    let usage = secret.definition.child("usage")
    let purpose = usage?.text("name") ?? ""
    var object = Object(text: snapshot["secret/\(uuid)"] ?? "")
    object.usage = usage?["type"].map { SecretUsage(type: $0, id: purpose).description }
    var name = uuid
    for ledger in state.ledgers.values.sorted(by: { $0.stack < $1.stack }) {
      for entry in ledger.entries where entry.kind == .secret && entry.uuid == uuid {
        name = entry.name
        object.owner = entry.ownership.stack
        object.isProtected = entry.ownership.protected
      }
    }
    let id = ObjectID(host: Program.host, kind: .secret, name: purpose)
    if object.owner == nil, uuid == SecretIdentity.derivedUUID(id, stack: Program.stack) {
      object.owner = Program.stack
    }
    objects["secret/\(name)"] = object
    guard let value = secret.value else { return }
    values[uuid] = Value(
      name: "secret/\(name)", text: String(decoding: value.bytes, as: UTF8.self),
      onRemove: state.ledgers[Program.stack]?[.secret, name]?.ownership.onRemove ?? "keep")
  }

  private static func owner(_ tree: XMLTree) -> Ownership? {
    (try? LibvirtDocument(parsing: tree.serialized))?.ownership()
  }
}

extension SimulatedHost {
  var belongings: Belongings {
    // Reading changes nothing, so that nothing is thrown away with the copy.
    var found = Belongings(SimulatedState())
    try? changeState { found = Belongings($0) }
    return found
  }

  /// Who owns what there is, and whether it runs.
  var settledState: [String: String] {
    let belongings = self.belongings
    return belongings.objects.mapValues { object in
      (object.owner ?? "nobody's") + (object.isActive ? ", runs" : "")
        + (object.autostart ? ", autostart" : "")
    }
  }
}
