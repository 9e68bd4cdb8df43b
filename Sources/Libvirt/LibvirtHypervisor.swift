import CLibvirt
import Execution
import Model
import Planning

/// The hypervisor that is libvirt: one host through one connection.
///
/// `perform` is spread over one file a kind; `observe` is in `Observation.swift`.
public final class LibvirtHypervisor: Hypervisor {
  let connection: Connection
  /// Two operations on one pool collide in libvirt.
  let pools = KeyedLock()
  /// Two networks for which libvirt chooses a bridge at once may get the same.
  let bridges = KeyedLock()
  let validation = Validation()
  /// A second upload would only share the way of the first, and take a lane from other calls.
  let uploads = KeyedLock()
  let waits = BegunWaits()
  private let ahead = ListingAhead()
  /// To free the handles of thousands of domains takes its time, so it is done when nobody waits for it.
  private let listing = Lock<GuestListing?>(nil)

  /// - Parameter listsAhead: begins at once with what every reading needs.
  init(connection: Connection, listsAhead: Bool = false) {
    self.connection = connection
    if listsAhead { ahead.begin(on: connection) }
  }

  /// Reads the state in one pass with all lanes busy.
  ///
  /// Throws `unreachable`, `timeout`, `unreadable` or what libvirt refused: a failed read means
  /// unknown. An object that goes away between being listed and being read is left out.
  public func observe(_ request: ObservationRequest) async throws(HypervisorError) -> ObservedHost {
    try checkCancellation("observe")
    let listing = try await ahead.take() ?? GuestListing()
    self.listing.withLock { $0 = listing }
    return try await Observation(request, listing).run(on: connection)
  }

  /// Carries out one operation on one object. The definitions of guests and the making of volumes give what they
  /// left: these are what runs have many of.
  @discardableResult
  public func perform(
    _ operation: Operation, on object: ObjectID
  ) async throws(HypervisorError) -> Fingerprint? {
    let name = object.name
    // A wait that was stopped says what it waited for, also where it had not begun.
    if case .awaitGuest(let readiness) = operation {
      try await ReadinessWait(name, readiness).run(on: self)
      return nil
    }
    try checkCancellation("perform")
    switch operation {
    case .defineGuest(let definition): return try await defineGuest(definition, name)
    case .recordGuest(let ownership, let live):
      return try await recordGuest(ownership, live: live, name)
    case .createVolume(let spec, let unlessThere):
      let (pool, volume) = try Self.poolAndVolume(object)
      return try await pools.whileHolding(pool) { () async throws(HypervisorError) in
        try await self.createVolume(spec, unlessThere: unlessThere, pool: pool, volume: volume)
      }
    default:
      try await change(operation, object)
      return nil
    }
  }

  private static func poolAndVolume(
    _ object: ObjectID
  ) throws(HypervisorError) -> (pool: String, volume: String) {
    guard let names = object.poolAndVolume else {
      throw HypervisorError(
        .notFound, call: "virStorageVolLookupByName", message: "\(object.name) names no pool")
    }
    return names
  }

  private func change(_ operation: Operation, _ object: ObjectID) async throws(HypervisorError) {
    let name = object.name
    switch operation {
    case .renameGuest, .undefineGuest, .startGuest, .resumeGuest, .installGuest, .awaitGuestOff,
      .shutDownGuest, .destroyGuest, .setGuestAutostart:
      try await performGuest(operation, name)
    case .setLiveVcpus, .setLiveMemory, .setLiveDescription, .attachDevice, .detachDevice,
      .updateDevice, .tuneGuest, .resizeGuestDisk:
      try await performLive(operation, name)
    case .defineSecret, .setSecretValue, .undefineSecret: try await performSecret(operation, name)
    case .defineFilter, .undefineFilter: try await performFilter(operation, name)
    case .defineNetwork, .undefineNetwork, .startNetwork, .stopNetwork, .setNetworkAutostart,
      .updateNetwork, .reattachInterfaces:
      try await performNetwork(operation, name)
    case .definePool, .buildPool, .undefinePool, .startPool, .stopPool, .setPoolAutostart:
      try await pools.whileHolding(name) { () async throws(HypervisorError) in
        try await self.performPool(operation, name)
      }
    case .cloneVolume, .resizeVolume, .removeVolume:
      let (pool, volume) = try Self.poolAndVolume(object)
      try await pools.whileHolding(pool) { () async throws(HypervisorError) in
        try await self.performVolume(operation, pool: pool, volume: volume)
      }
    case .uploadVolume(let upload):
      try await uploadVolume(upload, object)
    case .restore(let restoration):
      try await restore(restoration, object)
    case .writeLedger(let ledger):
      try await writeLedger(ledger)
    case .awaitGuest, .defineGuest, .recordGuest, .createVolume: throw .notMine(operation)
    }
  }

  public func expectWait(for readiness: Readiness, on object: ObjectID) {
    waits.expect(readiness, object.name)
  }

  /// Closes the connection; later calls throw `unreachable`.
  public func close() async {
    await ahead.end()
    listing.withLock { $0 = nil }
    let left = waits.takeAll()
    if !left.isEmpty {
      // A connection that is gone took them with it.
      try? await connection.call("virStreamAbort") { connection in
        for wait in left { wait.end(connection) }
      }
    }
    await connection.close()
  }

  /// Once a run is stopped, nothing new begins.
  func checkCancellation(_ call: String) throws(HypervisorError) {
    if Task.isCancelled {
      throw HypervisorError(.cancelled, call: call, message: "the run was stopped")
    }
  }
}
