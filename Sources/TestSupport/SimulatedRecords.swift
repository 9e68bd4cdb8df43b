import Execution
import Model
import Planning

extension SimulatedHypervisor {
  /// What there is of one object. No fault meets it: faults are about operations.
  public func record(
    of object: ObjectID, stack: String
  ) async throws(HypervisorError) -> ObjectRecord? {
    note(reading: "record", object)
    return try present(object, stack)
  }

  /// The fingerprint of a record.
  public func fingerprint(
    of object: ObjectID, stack: String
  ) async throws(HypervisorError) -> Fingerprint? {
    note(reading: "fingerprint", object)
    return try present(object, stack)?.fingerprint
  }

  private func present(
    _ object: ObjectID, _ stack: String
  ) throws(HypervisorError) -> ObjectRecord? {
    try checkOpen("record")
    return try host.withState { state throws(HypervisorError) in
      try state.record(of: object, stack: stack)
    }
  }
}

extension SimulatedState {
  /// The fingerprint that an operation gives, for the operations with which libvirt's implementation gives one.
  func left(
    by operation: Operation, _ object: ObjectID
  ) throws(HypervisorError) -> Fingerprint? {
    switch operation.name {
    case .defineGuest, .recordGuest, .createVolume: try record(of: object, stack: "")?.fingerprint
    default: nil
    }
  }
}

extension SimulatedState {
  fileprivate func record(
    of object: ObjectID, stack: String
  ) throws(HypervisorError) -> ObjectRecord? {
    switch object.kind {
    case .guest:
      guard let domain = domains[object.name] else { return nil }
      return ObjectRecord(
        text: domain.inactive.serialized,
        fingerprint: domain.inactive.fingerprint(domain.power.rawValue),
        isActive: domain.live != nil, autostart: domain.autostart)
    case .secret:
      for uuid in SecretIdentity.uuids(object, stack: stack, ledgers[stack]) {
        guard let secret = secrets[uuid]?.definition else { continue }
        return ObjectRecord(
          text: secret.serialized, fingerprint: secret.fingerprint("secret"), isActive: true,
          autostart: false)
      }
      return nil
    case .networkFilter:
      guard let filter = filters[object.name] else { return nil }
      return ObjectRecord(
        text: filter.serialized, fingerprint: filter.fingerprint("filter"), isActive: true,
        autostart: false)
    case .network:
      guard let network = networks[object.name] else { return nil }
      return ObjectRecord(
        text: network.inactive.serialized,
        fingerprint: network.inactive.fingerprint(network.live == nil ? "inactive" : "active"),
        isActive: network.live != nil, autostart: network.autostart)
    case .pool:
      guard let pool = pools[object.name] else { return nil }
      return ObjectRecord(
        text: pool.inactive.serialized,
        fingerprint: pool.inactive.fingerprint(pool.live == nil ? "inactive" : "active"),
        isActive: pool.live != nil, autostart: pool.autostart)
    case .volume:
      guard let (pool, name) = object.poolAndVolume, let live = pools[pool]?.live,
        let volume = volumes(in: live).first(where: { $0.volume.text("name") == name })?.volume
      else { return nil }
      return ObjectRecord(
        text: volume.serialized, fingerprint: volume.fingerprint("volume"), isActive: true,
        autostart: false)
    case .host:
      return try ledgers[stack].map { ledger throws(HypervisorError) in
        try ObjectRecord(object.host, ledger)
      }
    default: return nil
    }
  }
}

extension SimulatedState {
  /// Defines an object as it was.
  mutating func restore(
    _ restoration: Restoration, _ object: ObjectID
  ) throws(HypervisorError) {
    let found: XMLTree? =
      switch object.kind {
      case .guest: domains[object.name]?.inactive
      case .secret:
        secrets[try XMLTree.given(restoration.xml, "restore").text("uuid") ?? ""]?.definition
      case .networkFilter: filters[object.name]
      case .network: networks[object.name]?.inactive
      case .pool: pools[object.name]?.inactive
      default: nil
      }
    let definition = Definition(
      uuid: "", spec: Record(), ownership: nil, expected: restoration.expected)
    try definition.check(found?.fingerprint(""), object.reference, "restore")
    switch object.kind {
    case .guest: try defineDomain(restoration.xml)
    case .secret: try defineSecret(restoration.xml)
    case .networkFilter: try defineFilter(restoration.xml)
    case .network:
      try defineNetwork(restoration.xml)
    case .pool: try definePool(restoration.xml)
    default: throw .refused("restore", "there is no definition of \(object.reference)")
    }
  }
}
