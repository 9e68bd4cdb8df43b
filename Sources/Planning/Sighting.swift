import Model

/// What a plan saw of one object. A saved plan holds for what it saw, and says what differs when it holds no
/// more.
public struct Sighting: Sendable, Hashable, Codable {
  /// The object; of a host its ledger.
  public var object: ObjectID
  public var fingerprint: Fingerprint
  /// Power, autostart and what else an object has beside its definition.
  public var state: Record
  /// The fields of its definition that were read.
  public var spec: Record
  /// The fields of what runs; nil when it does not.
  public var live: Record?

  public init(
    object: ObjectID, fingerprint: Fingerprint, state: Record = Record(), spec: Record = Record(),
    live: Record? = nil
  ) {
    self.object = object
    self.fingerprint = fingerprint
    self.state = state
    self.spec = spec
    self.live = live
  }
}

extension Sighting {
  /// The declared objects and the stack's own, as the hosts have them. Strangers are no part of it.
  public static func all(
    _ desired: Desired, _ readings: [String: HostReading]
  ) -> [Sighting] {
    readings.sorted { $0.key < $1.key }.flatMap { host, reading -> [Sighting] in
      guard case .read(let observed) = reading else { return [] }
      let objects = desired.objects(on: host)
      return all(on: host, observed, declared: Set(objects.map(\.id)), stack: desired.stack)
        + secrets(on: host, observed, objects, stack: desired.stack)
    }
  }

  private static func all(
    on host: String, _ observed: ObservedHost, declared: Set<ObjectID>, stack: String
  ) -> [Sighting] {
    func id(_ kind: Kind, _ name: String) -> ObjectID {
      ObjectID(host: host, kind: kind, name: name)
    }
    let recorded = Set((observed.ledger?.entries ?? []).map { id($0.kind, $0.name) })
    func isOfInterest(_ object: ObjectID, _ owner: Ownership?) -> Bool {
      declared.contains(object) || owner?.stack == stack || recorded.contains(object)
    }
    var result: [Sighting] = []
    for guest in observed.guests where isOfInterest(id(.guest, guest.name), guest.ownership) {
      result.append(Sighting(host, guest))
    }
    for network in observed.networks
    where isOfInterest(id(.network, network.name), network.ownership) {
      result.append(Sighting(host, network))
    }
    for pool in observed.pools {
      if isOfInterest(id(.pool, pool.name), nil) { result.append(Sighting(host, pool)) }
      for volume in pool.volumes {
        let object = ObjectID.volume(host: host, pool: pool.name, name: volume.name)
        guard isOfInterest(object, nil) else { continue }
        result.append(
          Sighting(object: object, fingerprint: volume.fingerprint, spec: volume.spec))
      }
    }
    for filter in observed.filters where isOfInterest(id(.networkFilter, filter.name), nil) {
      result.append(
        Sighting(
          object: id(.networkFilter, filter.name), fingerprint: filter.fingerprint,
          spec: filter.spec))
    }
    if let ledger = observed.ledger { result.append(Sighting(host, ledger)) }
    return result
  }

  /// Of a secret's value only whether there is one: nobody reads more out of a plan.
  private static func secrets(
    on host: String, _ observed: ObservedHost, _ declared: [DesiredObject], stack: String
  ) -> [Sighting] {
    let wanted = declared.filter { $0.id.kind == .secret }
    let names = Set(wanted.map(\.id.name))
    let recorded = (observed.ledger?.entries ?? []).filter {
      $0.kind == .secret && !names.contains($0.name)
    }.map { ObjectID(host: host, kind: .secret, name: $0.name) }
    let all = wanted.map { ($0.id, $0.spec) } + recorded.map { ($0, Record()) }
    return all.compactMap { id, spec in
      guard let secret = SecretIdentity.observed(id, spec, stack: stack, observed) else {
        return nil
      }
      var state = Record()
      switch secret.value {
      case .missing: state["value"] = "missing"
      case .known: state["value"] = "there"
      case .unreadable, .unread: break
      }
      return Sighting(object: id, fingerprint: secret.fingerprint, state: state, spec: secret.spec)
    }
  }

  private init(_ host: String, _ guest: ObservedGuest) {
    self.init(
      object: ObjectID(host: host, kind: .guest, name: guest.name), fingerprint: guest.fingerprint,
      state: Record([
        ("power", .string(guest.power.rawValue)), ("autostart", .boolean(guest.autostart)),
        ("persistent", .boolean(guest.persistent)), ("managedSave", .boolean(guest.hasManagedSave)),
        ("ownership", .string(Self.text(guest.ownership))),
      ]), spec: guest.spec, live: guest.live)
  }

  private init(_ host: String, _ network: ObservedNetwork) {
    self.init(
      object: ObjectID(host: host, kind: .network, name: network.name),
      fingerprint: network.fingerprint,
      state: Record([
        ("power", network.active ? "running" : "stopped"),
        ("autostart", .boolean(network.autostart)), ("persistent", .boolean(network.persistent)),
        ("ownership", .string(Self.text(network.ownership))),
      ]), spec: network.spec, live: network.live)
  }

  private init(_ host: String, _ pool: ObservedPool) {
    self.init(
      object: ObjectID(host: host, kind: .pool, name: pool.name), fingerprint: pool.fingerprint,
      state: Record([
        ("power", pool.active ? "running" : "stopped"), ("autostart", .boolean(pool.autostart)),
        ("persistent", .boolean(pool.persistent)),
      ]), spec: pool.spec)
  }

  /// The ledger of the stack.
  public init(_ host: String, _ ledger: Ledger) {
    let entries = ledger.entries.map {
      Record.Entry(name: "\($0.kind.word)/\($0.name)", value: .string(Self.text($0.ownership)))
    }
    let record = Record(unique: entries)
    self.init(
      object: ObjectID(host: host, kind: .host, name: host),
      fingerprint: Digest.sha256(record.canonicalJSON, length: 16), state: record)
  }

  /// Whose an object is, and by which spec.
  private static func text(_ ownership: Ownership?) -> String {
    guard let ownership else { return "nobody" }
    let debt = ownership.contentDebt == nil ? "" : ", content to come"
    return "stack \(ownership.stack), spec \(ownership.digest.prefix(12))\(debt)"
  }
}

/// What became of an object since a plan saw it.
public struct SightingChange: Sendable, Hashable {
  public enum Kind: String, Sendable, Hashable {
    /// It was not there.
    case made
    /// It is there no more.
    case removed
    /// Its definition or its state is another.
    case changed
    /// Only what runs is another, which by itself need not matter.
    case live
  }

  public var object: ObjectID
  public var kind: Kind
  /// The fields that differ: what was seen, and what there is. Empty when it is none that was read.
  public var fields: [FieldChange]

  public init(object: ObjectID, kind: Kind, fields: [FieldChange] = []) {
    self.object = object
    self.kind = kind
    self.fields = fields
  }

  /// The changes from what was seen to what there is, in the order of the objects.
  public static func between(_ seen: [Sighting], _ present: [Sighting]) -> [SightingChange] {
    let seen = Dictionary(seen.map { ($0.object, $0) }) { first, _ in first }
    let present = Dictionary(present.map { ($0.object, $0) }) { first, _ in first }
    var changes: [SightingChange] = []
    for object in Set(seen.keys).union(present.keys).sorted() {
      switch (seen[object], present[object]) {
      case (let was?, let now?):
        if let change = between(was, now) { changes.append(change) }
      case (nil, .some): changes.append(SightingChange(object: object, kind: .made))
      case (.some, nil): changes.append(SightingChange(object: object, kind: .removed))
      case (nil, nil): break
      }
    }
    // The volumes of a pool that was stopped are unknown, not gone.
    let stopped = Set(changes.filter { $0.object.kind == .pool }.map(\.object))
    return changes.filter { change in
      guard let (pool, _) = change.object.poolAndVolume else { return true }
      return !stopped.contains(
        ObjectID(host: change.object.host, kind: .pool, name: pool))
    }
  }

  private static func between(_ was: Sighting, _ now: Sighting) -> SightingChange? {
    let table: Table? =
      switch was.object.kind {
      case .guest: .guest
      case .secret: .secret
      case .networkFilter: .networkFilter
      case .network: .network
      case .pool: .pool
      case .volume: .volumeDocument
      default: nil
      }
    let state = state(was.state, now.state)
    let live = table.map { fields(was.live, now.live, $0, .running) } ?? []
    guard was.fingerprint != now.fingerprint || !state.isEmpty else {
      return live.isEmpty ? nil : SightingChange(object: was.object, kind: .live, fields: live)
    }
    let spec = table.map { fields(was.spec, now.spec, $0, .defined) } ?? []
    return SightingChange(object: was.object, kind: .changed, fields: spec + state)
  }

  private static func state(_ was: Record, _ now: Record) -> [FieldChange] {
    let names = was.entries.map(\.name) + now.entries.map(\.name).filter { was[$0] == nil }
    return names.compactMap { name in
      if was[name] == now[name] { return nil }
      return FieldChange(
        path: name, from: was[name], to: now[name], side: .defined, origin: .drift)
    }
  }

  /// Both ways, since a difference is about what one side has and the other has not.
  static func fields(
    _ was: Record?, _ now: Record?, _ table: Table, _ side: FieldChange.Side
  ) -> [FieldChange] {
    guard let was, let now else { return [] }
    var changes = Difference.between(was, now, table).map { difference in
      let change = difference.fieldChange(side: side, origin: .drift)
      return FieldChange(
        path: change.path, from: change.to, to: change.from, side: side, origin: .drift,
        unit: change.unit)
    }
    let known = Set(changes.map(\.path))
    for difference in Difference.between(now, was, table) where !known.contains(difference.path) {
      changes.append(difference.fieldChange(side: side, origin: .drift))
    }
    return changes
  }
}
