import Model

/// What refers to a secret: disks of guests and sources of pools, by what the secret is for or by its UUID.
struct SecretUsers {
  private var byUsage: [String: ObjectID.Target] = [:]
  private var byUUID: [String: ObjectID.Target] = [:]

  /// Those that stay on a host: what is declared, and what nobody of the stack takes away.
  ///
  /// - Parameter keepsDisks: whether a guest that the host has keeps its disks as they are.
  init(staying view: HostView, keepsDisks: (ObservedGuest) -> Bool) {
    for guest in view.observed.guests where keepsDisks(guest) {
      for side in [guest.spec, guest.live ?? Record()] { add(side, .guest, guest.name) }
    }
    for pool in view.observed.pools where Self.keepsSource(pool, view) {
      add(pool.spec, .pool, pool.name)
    }
    for object in view.desired { add(object.spec, object.id.kind, object.id.name) }
  }

  /// Whether a pool stays, and nobody says what its volumes come from.
  private static func keepsSource(_ pool: ObservedPool, _ view: HostView) -> Bool {
    if let declared = view.object(.pool, pool.name) {
      return declared.isExternal || declared.spec.record("source")?["auth"] == nil
    }
    guard let owner = PoolPlanner.owner(of: pool, view) else { return true }
    return owner.stack != view.stack || owner.protected
  }

  /// The one that uses a secret.
  subscript(secret: ObservedSecret) -> ObjectID.Target? {
    secret.usage.flatMap { byUsage[$0.id] } ?? byUUID[secret.uuid]
  }

  private mutating func add(_ spec: Record, _ kind: Kind, _ name: String) {
    for reference in spec.secretReferences(of: kind) {
      let target = ObjectID.Target(kind: kind, name: name)
      if let usage = reference.usage { byUsage[usage] = target }
      if let uuid = reference.uuid { byUUID[uuid.lowercased()] = target }
    }
  }
}

extension Record {
  /// The secrets that a guest's disks or a pool's source name.
  func secretReferences(of kind: Kind) -> [(usage: String?, uuid: String?)] {
    switch kind {
    case .guest:
      records("disks").flatMap { disk in
        ["auth", "encryption"].compactMap { disk.record($0)?.record("secret") }
      }.map { ($0.string("usage"), $0.string("uuid")) }
    case .pool:
      [record("source")?.record("auth")].compactMap(\.self)
        .map { ($0.string("secretUsage"), $0.string("secretUUID")) }
    default: []
    }
  }
}
