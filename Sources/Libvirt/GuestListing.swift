import CLibvirt
import Execution
import Model

/// The domains of a host with their states, and what filtered lists tell of them: how every reading begins, whatever
/// is wanted.
final class GuestListing: Sendable {
  private struct State: Sendable {
    var domains: Domains?
    var flags: [Observation.Flag: Set<String>] = [:]
  }

  /// Domains and, where the driver tells them in bulk, their states.
  struct Domains: Sendable {
    let handles: HandleList
    let states: [PowerState]?
  }

  private let state = Lock(State())

  /// Nil until they are listed.
  var domains: Domains? { state.withLock { $0.domains } }
  /// Names of the domains that have a property.
  var flags: [Observation.Flag: Set<String>] { state.withLock { $0.flags } }

  /// Lists now, for a reading that is to come.
  static func read(on connection: Connection) async throws(HypervisorError) -> GuestListing {
    let listing = GuestListing()
    try await Batch.run(on: connection) { listing.add(to: $0) { _ in } }
    return listing
  }

  /// Adds the calls to a batch.
  ///
  /// - Parameter next: called as soon as the domains are listed.
  func add(to batch: Batch, then next: @escaping @Sendable (Domains) -> Void) {
    // The longest reading first, so that it fills the lanes that the others leave.
    batch.add { connection throws(HypervisorError) in
      let domains = try Self.domains(connection)
      self.state.withLock { $0.domains = domains }
      next(domains)
    }
    batch.add { connection throws(HypervisorError) in
      try self.list([.guestAutostart, .guestManagedSave, .guestTransient], connection)
    }
    batch.add { connection throws(HypervisorError) in
      try self.list([.guestSnapshots, .guestCheckpoints], connection)
    }
  }

  private func list(
    _ flags: [Observation.Flag], _ connection: virConnectPtr
  ) throws(HypervisorError) {
    for flag in flags {
      let names = try flag.listed(connection)
      state.withLock { $0.flags[flag] = names }
    }
  }

  /// One call for the domains and their states.
  private static func domains(_ connection: virConnectPtr) throws(HypervisorError) -> Domains {
    var records: UnsafeMutablePointer<virDomainStatsRecordPtr?>?
    // NOWAIT: a domain that is busy with a job must not hold up the reading.
    let count = virConnectGetAllDomainStats(
      connection, VIR_DOMAIN_STATS_STATE.rawValue, &records,
      VIR_CONNECT_GET_ALL_DOMAINS_STATS_NOWAIT.rawValue)
    guard count >= 0 else {
      let error = HypervisorError.last("virConnectGetAllDomainStats")
      if error.code != .unsupported { throw error }
      return Domains(handles: try HandleList.domains(connection), states: nil)
    }
    defer { virDomainStatsRecordListFree(records) }
    var pointers: [virDomainPtr] = []
    var states: [PowerState] = []
    pointers.reserveCapacity(Int(count))
    states.reserveCapacity(Int(count))
    for index in 0..<Int(count) {
      guard let record = records?[index]?.pointee, let domain = record.dom else { continue }
      var value: Int32 = 0
      var reason: Int32 = 0
      virTypedParamsGetInt(record.params, record.nparams, "state.state", &value)
      virTypedParamsGetInt(record.params, record.nparams, "state.reason", &reason)
      states.append(PowerState(value, reason, of: domain))
      // The list frees its own references.
      virDomainRef(domain)
      pointers.append(domain)
    }
    return Domains(handles: HandleList(pointers) { virDomainFree($0) }, states: states)
  }
}

/// A listing that was begun when its host was opened, while something was still to be done here.
///
/// It is used once, and only while it is young: what is planned with must not be old.
final class ListingAhead: Sendable {
  private struct Begun: Sendable {
    let instant = ContinuousClock.now
    let listing: Task<Result<GuestListing, HypervisorError>, Never>
  }

  private static let maximumAge = Duration.seconds(1)
  private let begun = Lock<Begun?>(nil)

  /// Begins to list.
  func begin(on connection: Connection) {
    let listing = Task { () -> Result<GuestListing, HypervisorError> in
      do throws(HypervisorError) {
        return .success(try await GuestListing.read(on: connection))
      } catch {
        return .failure(error)
      }
    }
    begun.withLock { $0 = Begun(listing: listing) }
  }

  /// The listing; nil when there is none or it is too old. Throws what it failed with: a host that did not answer is not
  /// waited for twice.
  func take() async throws(HypervisorError) -> GuestListing? {
    let taken = begun.withLock { begun -> Begun? in
      defer { begun = nil }
      return begun
    }
    guard let taken, taken.instant.duration(to: .now) < Self.maximumAge else { return nil }
    return try await taken.listing.value.get()
  }

  /// Waits for one that nobody has taken, and drops it.
  func end() async {
    let taken = begun.withLock { begun -> Begun? in
      defer { begun = nil }
      return begun
    }
    _ = await taken?.listing.value
  }
}
