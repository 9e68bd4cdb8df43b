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
  private let listing: GuestListing

  /// - Parameter listing: of the host's domains; they are listed first where they are not yet.
  init(_ request: ObservationRequest, _ listing: GuestListing) {
    self.request = request
    self.listing = listing
  }

  /// Reads everything that the request asks for.
  func run(on connection: Connection) async throws(HypervisorError) -> ObservedHost {
    try await Batch.run(on: connection) { batch in
      if let domains = self.listing.domains {
        self.read(domains.handles, domains.states, batch)
      } else {
        self.listing.add(to: batch) { self.read($0.handles, $0.states, batch) }
      }
      batch.add { connection throws(HypervisorError) in try self.readNetworks(connection, batch) }
      batch.add { connection throws(HypervisorError) in try self.readPools(connection, batch) }
      guard self.request.everything else { return }
      batch.add { connection throws(HypervisorError) in try self.readCapabilities(connection) }
    }
    return state.withLock { $0.host(listing.flags) }
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
  /// Gives the state away, with what the lists told, sorted by name.
  fileprivate mutating func host(_ listed: [Observation.Flag: Set<String>]) -> ObservedHost {
    var host = ObservedHost(ledger: ledger, otherLedgers: otherLedgers)
    host.capabilities = capabilities
    flags.merge(listed) { $1 }
    // There may be thousands of them, and they are large.
    for index in guests.indices {
      let name = guests[index].name
      guests[index].autostart = has(.guestAutostart, name)
      guests[index].hasManagedSave = has(.guestManagedSave, name)
      guests[index].hasSnapshots = has(.guestSnapshots, name) || has(.guestCheckpoints, name)
      guests[index].persistent = !has(.guestTransient, name)
    }
    let names = guests.map(\.name)
    host.guests = names.indices.sorted { names[$0] < names[$1] }.map { guests[$0] }
    guests = []
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
