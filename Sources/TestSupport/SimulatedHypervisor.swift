import Execution
import Model
import Planning

/// A connection to a simulated host.
public final class SimulatedHypervisor: Hypervisor {
  private struct Connection {
    var isOpen = true
    var observations = 0
    var performed: [String] = []
    var isReleased = false
    var hanging: [Int: CheckedContinuation<Void, Never>] = [:]
    var nextHang = 0
  }

  /// What is at the other end.
  public let host: SimulatedHost
  private let calls: SimulatedCalls
  private let connection = Lock(Connection())

  init(_ host: SimulatedHost, _ calls: SimulatedCalls) {
    self.host = host
    self.calls = calls
  }

  /// The operations that were called so far: `startGuest guest/web-1`.
  public var performed: [String] { connection.withLock { $0.performed } }

  /// Calls that hang at the moment.
  public var hanging: Int { connection.withLock { $0.hanging.count } }

  /// Lets every call that hangs go on, now and later.
  public func release() {
    let waiting = connection.withLock { connection in
      connection.isReleased = true
      defer { connection.hanging = [:] }
      return connection.hanging
    }
    for continuation in waiting.values { continuation.resume() }
  }

  /// Reads the state, by the reader under test.
  public func observe(_ request: ObservationRequest) async throws(HypervisorError) -> ObservedHost {
    try checkOpen("observe")
    let number = connection.withLock { connection in
      connection.observations += 1
      return connection.observations
    }
    let host = self.host
    return try await meet(calls.observationFaults(number), "observe") {
      () throws(HypervisorError) in
      try host.withState { state throws(HypervisorError) in try state.observe(request) }
    }
  }

  /// Carries one operation out, unless a fault or a replacement is in the way.
  public func perform(_ operation: Operation, on object: ObjectID) async throws(HypervisorError) {
    try checkOpen(operation.name.rawValue)
    let number = connection.withLock { connection in
      connection.performed.append("\(operation.name.rawValue) \(object.reference)")
      return connection.performed.count
    }
    let host = self.host
    let replacement = calls.replacements[operation.name]
    let fault = calls.faults(operation, object, number)
    if case .timeOut(isLate: true)? = fault {
      try host.withState { state throws(HypervisorError) in
        state.late.append((operation, object))
      }
    }
    if case .dieMidway? = fault, case .uploadVolume(let upload) = operation {
      try host.withState { state throws(HypervisorError) in
        try state.upload(upload, object, isWhole: false)
      }
    }
    try await meet(fault, operation.name.rawValue) {
      () async throws(HypervisorError) in
      if let replacement { return try await replacement(operation, object) }
      try host.withState { state throws(HypervisorError) in
        try state.perform(operation, on: object)
      }
    }
  }

  /// Takes the lock, as one of many connections to the host.
  public func acquireLock(_ lock: HostLock) async throws(HypervisorError) -> HostLock? {
    try checkOpen("acquireLock")
    return host.withRunLock { held in
      if let holder = held, holder != lock { return holder }
      held = lock
      return nil
    }
  }

  /// Lets go of the lock, or of any.
  public func releaseLock(_ lock: HostLock?) async throws(HypervisorError) -> HostLock? {
    try checkOpen("releaseLock")
    return host.withRunLock { held in
      guard let holder = held, lock == nil || holder == lock else { return nil }
      held = nil
      return holder
    }
  }

  /// Simulated guests have no addresses.
  public func addresses(
    ofGuest name: String
  ) async throws(HypervisorError) -> [String: [String]] { [:] }

  /// Closes the connection; what hangs fails.
  public func close() async {
    connection.withLock { $0.isOpen = false }
    release()
  }

  private func meet<Value: Sendable>(
    _ fault: Fault?, _ call: String, _ body: () async throws(HypervisorError) -> Value
  ) async throws(HypervisorError) -> Value {
    switch fault {
    case nil: return try await body()
    case .fail(let error): throw error
    case .hang:
      await hang()
      try checkOpen(call)
      if Task.isCancelled {
        throw HypervisorError(.cancelled, call: call, message: "the run was stopped")
      }
      return try await body()
    case .dieBefore, .dieMidway:
      await close()
      throw Self.unreachable(call)
    case .dieAfter:
      _ = try await body()
      await close()
      throw Self.unreachable(call)
    case .timeOut:
      await close()
      throw HypervisorError(
        .timeout, call: call, message: "the host did not answer within the time given")
    }
  }

  private func hang() async {
    let number = connection.withLock { connection in
      connection.nextHang += 1
      return connection.nextHang
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let goesOn = connection.withLock { connection in
          if connection.isReleased || Task.isCancelled { return true }
          connection.hanging[number] = continuation
          return false
        }
        if goesOn { continuation.resume() }
      }
    } onCancel: {
      connection.withLock { $0.hanging.removeValue(forKey: number) }?.resume()
    }
  }

  func checkOpen(_ call: String) throws(HypervisorError) {
    if !connection.withLock({ $0.isOpen }) { throw Self.unreachable(call) }
  }

  private static func unreachable(_ call: String) -> HypervisorError {
    HypervisorError(.unreachable, call: call, message: "the connection is broken")
  }
}

/// Opens simulated hosts by their URI.
public struct SimulatedOpener: HypervisorOpening {
  private let hosts: [String: SimulatedHost]

  /// - Parameter hosts: by URI; every other one cannot be reached.
  public init(_ hosts: [String: SimulatedHost]) { self.hosts = hosts }

  /// Connects to the host of the URI.
  public func open(uri: String) async throws(HypervisorError) -> any Hypervisor {
    if let host = hosts[uri] { return host.connect() }
    throw HypervisorError(
      .unreachable, call: "virConnectOpenAuth",
      message: "unable to connect to server at '\(uri)': Connection refused")
  }
}
