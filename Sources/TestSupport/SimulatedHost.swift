import Execution
import Model
import Planning

/// A host as libvirt would have it, kept in memory as XML. It outlives the connections to it.
public final class SimulatedHost: Sendable {
  private let state = Lock(SimulatedState())
  private let runLock = Lock<HostLock?>(nil)
  private let recorded = Lock(RecordedCapabilities())

  /// An empty host.
  public init() {}

  /// What it answers when it is asked what it can do.
  public var capabilities: RecordedCapabilities {
    get { recorded.withLock { $0 } }
    set { recorded.withLock { $0 = newValue } }
  }

  /// Reads or changes the state.
  func withState<Value>(
    _ body: (inout sending SimulatedState) throws(HypervisorError) -> sending Value
  ) throws(HypervisorError) -> sending Value {
    try state.withLock(body)
  }

  /// Takes or gives back the lock of runs.
  func withRunLock(_ body: (inout HostLock?) -> HostLock?) -> HostLock? {
    runLock.withLock { body(&$0) }
  }

  /// Changes the state as no hypervisor would.
  func changeState(_ body: (inout SimulatedState) throws -> Void) throws {
    try state.withLock { try body(&$0) }
  }

  /// Every object with all that there is to know of it: `guest/web-1`, `file/PATH`, `ledger/STACK`.
  public var snapshot: [String: String] { state.withLock { $0.snapshot } }

  /// What is wrong with what runs: a disk that is gone, an interface on nothing, an overlay without its base.
  public var problems: [String] { state.withLock { $0.problems } }

  /// A domain's live XML; nil when it does not run.
  public func liveXML(ofGuest name: String) -> String? {
    state.withLock { $0.domains[name]?.live?.serialized }
  }

  /// A domain's persistent definition.
  public func inactiveXML(ofGuest name: String) -> String? {
    state.withLock { $0.domains[name]?.inactive.serialized }
  }

  /// The value of a secret by `TYPE/ID`, which no operation brings back.
  public func value(ofSecret usage: String) -> String? {
    state.withLock { state in
      state.secretUUID(usage: usage).flatMap { state.secrets[$0]?.value }
        .map { String(decoding: $0.bytes, as: UTF8.self) }
    }
  }

  /// The guests that stopped with their memory kept.
  var savedGuests: Set<String> {
    state.withLock { state in Set(state.domains.filter { $0.value.saved != nil }.keys) }
  }

  /// A host that has the same.
  public func copy() -> SimulatedHost {
    let copy = SimulatedHost()
    let state = self.state.withLock { $0 }
    copy.state.withLock { $0 = state }
    copy.capabilities = capabilities
    return copy
  }

  /// What calls that had hung do after all, once nobody waits for them any more.
  public func settle() {
    state.withLock { state in
      let late = state.late
      state.late = []
      // What the daemon refuses it tells nobody.
      for call in late { try? state.perform(call.operation, on: call.object) }
    }
  }

  /// A new connection.
  public func connect(_ calls: SimulatedCalls = SimulatedCalls()) -> SimulatedHypervisor {
    SimulatedHypervisor(self, calls)
  }
}

/// What goes wrong with a call.
public enum Fault: Sendable {
  /// It is refused.
  case fail(HypervisorError)
  /// It does not come back before it is cancelled or released.
  case hang
  /// The connection is gone before anything happened.
  case dieBefore
  /// It happens, and the connection is gone before its answer.
  case dieAfter
  /// The connection is gone in the middle: an upload leaves half a volume, everything else nothing.
  case dieMidway
  /// It does not come back within the call's deadline, so that the connection is given up. An operation that is late
  /// happens all the same, when the host settles.
  case timeOut(isLate: Bool)
}

/// How the calls over one connection behave.
public struct SimulatedCalls: Sendable {
  /// Takes an operation's place.
  public typealias Replacement =
    @Sendable (Operation, ObjectID) async throws(HypervisorError) -> Void

  /// What goes wrong with an operation; the number counts them from 1.
  public var faults: @Sendable (Operation, ObjectID, Int) -> Fault?
  /// What goes wrong with a reading; the number counts them from 1.
  public var observationFaults: @Sendable (Int) -> Fault?
  /// Closures in the place of single operations.
  public var replacements: [Operation.Name: Replacement]

  /// All goes well unless told otherwise.
  public init(
    faults: @escaping @Sendable (Operation, ObjectID, Int) -> Fault? = { _, _, _ in nil },
    observationFaults: @escaping @Sendable (Int) -> Fault? = { _ in nil },
    replacements: [Operation.Name: Replacement] = [:]
  ) {
    self.faults = faults
    self.observationFaults = observationFaults
    self.replacements = replacements
  }
}

extension Operation {
  /// The operation without its particulars.
  public enum Name: String, Sendable, Hashable, CaseIterable {
    case defineGuest, recordGuest, renameGuest, undefineGuest, startGuest, resumeGuest,
      installGuest, awaitGuestOff,
      shutDownGuest,
      destroyGuest, awaitGuest
    case setGuestAutostart, setLiveVcpus, setLiveMemory, setLiveDescription
    case attachDevice, detachDevice, updateDevice, tuneGuest
    case defineSecret, setSecretValue, undefineSecret
    case defineFilter, undefineFilter
    case defineNetwork, undefineNetwork, startNetwork, stopNetwork, setNetworkAutostart
    case updateNetwork, reattachInterfaces
    case definePool, buildPool, undefinePool, startPool, stopPool, setPoolAutostart
    case createVolume, cloneVolume, uploadVolume, resizeVolume, resizeGuestDisk, removeVolume
    case writeLedger, restore
  }

  /// Which operation it is.
  public var name: Name {
    switch self {
    case .defineGuest: .defineGuest
    case .recordGuest: .recordGuest
    case .renameGuest: .renameGuest
    case .undefineGuest: .undefineGuest
    case .startGuest: .startGuest
    case .installGuest: .installGuest
    case .awaitGuestOff: .awaitGuestOff
    case .resumeGuest: .resumeGuest
    case .shutDownGuest: .shutDownGuest
    case .destroyGuest: .destroyGuest
    case .awaitGuest: .awaitGuest
    case .setGuestAutostart: .setGuestAutostart
    case .setLiveVcpus: .setLiveVcpus
    case .setLiveMemory: .setLiveMemory
    case .setLiveDescription: .setLiveDescription
    case .attachDevice: .attachDevice
    case .detachDevice: .detachDevice
    case .updateDevice: .updateDevice
    case .defineSecret: .defineSecret
    case .setSecretValue: .setSecretValue
    case .undefineSecret: .undefineSecret
    case .defineFilter: .defineFilter
    case .undefineFilter: .undefineFilter
    case .tuneGuest: .tuneGuest
    case .defineNetwork: .defineNetwork
    case .undefineNetwork: .undefineNetwork
    case .startNetwork: .startNetwork
    case .stopNetwork: .stopNetwork
    case .setNetworkAutostart: .setNetworkAutostart
    case .updateNetwork: .updateNetwork
    case .reattachInterfaces: .reattachInterfaces
    case .definePool: .definePool
    case .buildPool: .buildPool
    case .undefinePool: .undefinePool
    case .startPool: .startPool
    case .stopPool: .stopPool
    case .setPoolAutostart: .setPoolAutostart
    case .createVolume: .createVolume
    case .cloneVolume: .cloneVolume
    case .uploadVolume: .uploadVolume
    case .resizeVolume: .resizeVolume
    case .resizeGuestDisk: .resizeGuestDisk
    case .removeVolume: .removeVolume
    case .writeLedger: .writeLedger
    case .restore: .restore
    }
  }
}
