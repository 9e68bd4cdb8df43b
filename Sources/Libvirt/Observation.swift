import CLibvirt
import Execution
import Model

/// One reading of a host's state.
///
/// Everything is read by few calls: lists bring names, UUIDs and flags for all objects at once;
/// after them one call an object brings its XML. The XML is parsed on the worker that fetched it,
/// while the others wait for theirs.
final class Observation: Sendable {
  /// What the workers bring together.
  struct State: Sendable {
    var guests: [ObservedGuest] = []
    var secrets: [ObservedSecret] = []
    var filters: [ObservedFilter] = []
    var networks: [ObservedNetwork] = []
    var pools: [String: ObservedPool] = [:]
    var volumes: [String: [ObservedVolume]] = [:]
    var ledger: Ledger?
    var otherLedgers: [Ledger] = []
    var capabilities = HostCapabilities()
    /// Names of the objects that a filtered list brought.
    var flags: [Flag: Set<String>] = [:]
  }

  /// Properties that a filtered list tells of all objects at once.
  enum Flag: Sendable, Hashable, CaseIterable {
    case guestAutostart, guestManagedSave, guestTransient, guestSnapshots, guestCheckpoints
    case networkAutostart, networkActive, networkTransient
    case poolAutostart, poolActive, poolTransient
  }

  let request: ObservationRequest
  let state = Lock(State())

  init(_ request: ObservationRequest) { self.request = request }

  /// Reads everything that the request asks for.
  func run(on connection: Connection) async throws(HypervisorError) -> ObservedHost {
    try await Batch.run(on: connection) { batch in
      // The longest reading first, so that it fills the lanes that the others leave.
      batch.add { connection throws(HypervisorError) in try self.readGuests(connection, batch) }
      batch.add { connection throws(HypervisorError) in
        try self.list(.guestAutostart, connection)
        try self.list(.guestManagedSave, connection)
        try self.list(.guestTransient, connection)
      }
      batch.add { connection throws(HypervisorError) in
        try self.list(.guestSnapshots, connection)
        try self.list(.guestCheckpoints, connection)
      }
      batch.add { connection throws(HypervisorError) in try self.readNetworks(connection, batch) }
      batch.add { connection throws(HypervisorError) in try self.readPools(connection, batch) }
      guard self.request.everything else { return }
      batch.add { connection throws(HypervisorError) in try self.readCapabilities(connection) }
    }
    return state.withLock { $0.host }
  }

  /// The fields to read of an object: nil for all of them.
  func shape(_ kind: Kind, _ name: String) -> Shape? {
    request.shape(kind, name)
  }

  /// Whether the request asks for more than the object's existence.
  func isWanted(_ kind: Kind, _ name: String) -> Bool {
    request.everything || request.shapes[kind]?[name] != nil
  }

  /// Runs the reading of one object; one that vanished since it was listed is no error.
  func unlessGone(_ body: () throws(HypervisorError) -> Void) throws(HypervisorError) {
    do throws(HypervisorError) {
      try body()
    } catch {
      if error.code != .notFound { throw error }
    }
  }
}

extension Observation.State {
  /// The state with the flags of the lists in it, sorted by name.
  fileprivate var host: ObservedHost {
    var host = ObservedHost(ledger: ledger, otherLedgers: otherLedgers)
    host.capabilities = capabilities
    host.guests = guests.map { guest in
      var guest = guest
      guest.autostart = has(.guestAutostart, guest.name)
      guest.hasManagedSave = has(.guestManagedSave, guest.name)
      guest.hasSnapshots =
        has(.guestSnapshots, guest.name) || has(.guestCheckpoints, guest.name)
      guest.persistent = !has(.guestTransient, guest.name)
      return guest
    }.sorted { $0.name < $1.name }
    host.secrets = secrets.sorted { $0.uuid < $1.uuid }
    host.filters = filters.sorted { $0.name < $1.name }
    host.networks = networks.sorted { $0.name < $1.name }
    host.pools = pools.values.map { pool in
      var pool = pool
      pool.volumes = (pool.active ? volumes[pool.name] ?? [] : []).sorted { $0.name < $1.name }
      return pool
    }.sorted { $0.name < $1.name }
    return host
  }

  /// Whether a filtered list had the object.
  func has(_ flag: Observation.Flag, _ name: String) -> Bool {
    flags[flag]?.contains(name) ?? false
  }
}
