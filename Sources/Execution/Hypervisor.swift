import Model
import Planning

/// Why a hypervisor did not do something.
public struct HypervisorError: Error, Sendable, Hashable {
  /// What a caller can act upon.
  public enum Code: String, Sendable, Hashable {
    /// The connection could not be opened, or broke.
    case unreachable
    /// The call took longer than its deadline.
    case timeout
    /// The object is not there.
    case notFound
    /// The object is not what the plan saw.
    case changed
    /// The driver has no such call.
    case unsupported
    /// The hypervisor refused.
    case refused
    /// The user may not do it.
    case denied
    /// Another operation is in the way; it may pass.
    case busy
    /// Its answer could not be read.
    case unreadable
    /// The guest that is waited for did not become ready in time, or stopped.
    case notReady
    /// The run was stopped before the call.
    case cancelled
    /// What is to be uploaded cannot be had, or is not what was declared.
    case content
  }

  public var code: Code
  /// The call that failed: `virDomainDefineXMLFlags`.
  public var call: String
  /// What it said, in its own words.
  public var message: String
  /// libvirt's `virErrorNumber` and `virErrorDomain`, where there are any.
  public var libvirtCode: Int32?
  public var libvirtDomain: Int32?

  public init(
    _ code: Code, call: String, message: String, libvirtCode: Int32? = nil,
    libvirtDomain: Int32? = nil
  ) {
    self.code = code
    self.call = call
    self.message = message
    self.libvirtCode = libvirtCode
    self.libvirtDomain = libvirtDomain
  }
}

/// A host's hypervisor: what a run reads from it and does to it. `Libvirt` has the real one, `TestSupport` a
/// simulated one.
public protocol Hypervisor: Sendable {
  /// Reads the state in one pass. A failed read throws: what could not be read is unknown, never absent.
  func observe(_ request: ObservationRequest) async throws(HypervisorError) -> ObservedHost

  /// Carries out one operation on one object. Gives the fingerprint of what it left where that was at hand, which
  /// spares reading the object again; nil says nothing.
  @discardableResult
  func perform(
    _ operation: Operation, on object: ObjectID
  ) async throws(HypervisorError) -> Fingerprint?

  /// Says that a guest is waited for once it was started: what it does before the wait's turn comes is not missed.
  /// Makes no call.
  func expectWait(for readiness: Readiness, on object: ObjectID)

  /// What there is of one object; nil when there is none, or its kind is not in `ObjectRecord.kinds`. An object of
  /// kind Host stands for the stack's ledger on it.
  func record(
    of object: ObjectID, stack: String
  ) async throws(HypervisorError) -> ObjectRecord?

  /// The fingerprint of one object's definition, for which less has to be read than for a record; nil when there is
  /// none.
  func fingerprint(
    of object: ObjectID, stack: String
  ) async throws(HypervisorError) -> Fingerprint?

  /// Addresses that a running guest's interfaces have, from leases, agent or ARP.
  func addresses(ofGuest name: String) async throws(HypervisorError) -> [GuestAddress]

  /// What the hypervisor can do, and what guests of these platforms can have. A driver that does not tell gives
  /// nothing; a platform that it does not take is answered with its reason.
  func capabilities(
    of platforms: Set<GuestPlatform>
  ) async throws(HypervisorError) -> HostCapabilities

  /// What the machine has, and what its guests take of it. What the driver does not tell is nil.
  func facts(_ parts: Set<HostFacts.Part>) async throws(HypervisorError) -> HostFacts

  /// Takes the host's lock: gives nil when it was taken, else the lock that is in the way. Throws
  /// `unsupported` where the driver cannot hold one.
  func acquireLock(_ lock: HostLock) async throws(HypervisorError) -> HostLock?

  /// Lets go of this lock, or with nil of whatever lock there is, and gives what it let go of.
  @discardableResult
  func releaseLock(_ lock: HostLock?) async throws(HypervisorError) -> HostLock?

  /// Closes the connection; later calls throw `unreachable`.
  func close() async
}

extension Hypervisor {
  /// Nothing that a guest does is missed.
  public func expectWait(for readiness: Readiness, on object: ObjectID) {}
}

/// Opens the hypervisor of a host.
public protocol HypervisorOpening: Sendable {
  /// Opens a connection to a libvirt URI.
  func open(uri: String) async throws(HypervisorError) -> any Hypervisor
}

extension HypervisorError {
  /// A secret's value was not read before it was to be set: a plan out of a file has none.
  public static func withoutValue(_ call: String) -> HypervisorError {
    HypervisorError(.cancelled, call: call, message: "the secret's value was not read")
  }
}

extension HypervisorError {
  /// Refuses a volume that turned up with another format when its pool was started: what is made over it after
  /// the manifest would take it for something else.
  ///
  /// - Parameter found: what the pool has; nil where it does not say.
  /// - Throws: `changed`.
  public static func checkFormat(
    of volume: String, found: String?, wanted: String?, call: String
  ) throws(HypervisorError) {
    guard let found, let wanted, found != wanted else { return }
    throw HypervisorError(
      .changed, call: call,
      message: """
        \(volume) is there already, with the format \(found) instead of \(wanted); the plan could not see that while \
        the pool was stopped: plan again
        """)
  }
}
