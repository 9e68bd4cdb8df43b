import CLibvirt
import Execution
import Model

/// One libvirt connection with several calls in flight.
///
/// A few worker threads share it (libvirt multiplexes them over one socket; more connections are
/// slower than one). Blocking C calls run only there, and no C pointer leaves the closure that a
/// worker runs.
final class Connection: Sendable {
  /// The URI that was opened.
  let uri: String
  private let handle: ConnectionHandle
  private let health: ConnectionHealth
  private let queue: WorkerQueue
  private let timeoutSeconds: Double?

  /// Owns an opened connection.
  init(
    uri: String, handle: ConnectionHandle, callsInFlight: Int, timeoutSeconds: Double?
  ) {
    self.uri = uri
    self.handle = handle
    self.timeoutSeconds = timeoutSeconds
    let health = ConnectionHealth()
    self.health = health
    health.watch(handle)
    queue = WorkerQueue(limit: callsInFlight, longLimit: Self.longCalls) {
      health.unwatch(handle)
      virConnectClose(handle.pointer)
    }
    startWatchdog()
  }

  deinit { queue.finish(closedError("virConnectClose")) }

  /// A daemon that has `max_client_requests` (5 by default) calls of one client in hand reads
  /// nothing more from that client, keepalive included. Calls that are over soon only wait then,
  /// but five that block break the connection when its keepalive runs out (seen on 9.0; with four
  /// in hand it stands).
  private static let longCalls = 4

  /// How many calls run at once.
  var lanes: Int { queue.lanes }

  /// Runs calls on a worker thread.
  ///
  /// `name` is the call as errors show it. `isLong` is for calls that change something and may
  /// take their time: they have no deadline, and no more than four run at once.
  ///
  /// Throws what `body` throws, `unreachable` when the connection is closed or broken, `timeout`
  /// when the deadline passes: then the thread is given up and the connection with it.
  func call<Value: Sendable>(
    _ name: String, isLong: Bool = false,
    _ body: @escaping @Sendable (virConnectPtr) throws(HypervisorError) -> Value
  ) async throws(HypervisorError) -> Value {
    if let reason = health.reason { throw brokenError(name, reason) }
    let handle = self.handle
    let result = await withCheckedContinuation {
      (continuation: CheckedContinuation<Result<Value, HypervisorError>, Never>) in
      let reply = Reply(continuation)
      queue.add([
        WorkerQueue.Job(
          isLong: isLong,
          run: { _ in
            do throws(HypervisorError) {
              reply.resume(.success(try body(handle.pointer)))
            } catch {
              reply.resume(.failure(error))
            }
          },
          fail: { error in
            var error = error
            error.call = name
            reply.resume(.failure(error))
          })
      ])
    }
    return try result.get()
  }

  /// Queues jobs that share the connection; for `Batch`.
  func add(
    _ count: Int, run: @escaping @Sendable (virConnectPtr, WorkerQueue.Lane) -> Void,
    fail: @escaping @Sendable (HypervisorError) -> Void
  ) {
    let handle = self.handle
    let job = WorkerQueue.Job(run: { lane in run(handle.pointer, lane) }, fail: fail)
    queue.add(Array(repeating: job, count: count))
  }

  /// Ends the connection and waits for the calls in flight; not for calls that were given up.
  func close() async {
    queue.finish(closedError("virConnectClose"))
    if health.isAbandoned { return }
    await withCheckedContinuation { continuation in
      queue.whenFinished { continuation.resume() }
    }
  }

  private func startWatchdog() {
    guard let timeoutSeconds else { return }
    let period = Duration.milliseconds(Int64(max(0.02, min(1, timeoutSeconds / 4)) * 1000))
    let queue = self.queue
    let health = self.health
    let uri = self.uri
    Task.detached { [weak self] in
      while self != nil {
        try? await Task.sleep(for: period)
        let error = HypervisorError(
          .timeout, call: "", message: "\(uri) did not answer within \(timeoutSeconds) s")
        if queue.abandonStalled(seconds: timeoutSeconds, error) {
          health.abandon("it did not answer within \(timeoutSeconds) s")
          queue.finish(
            HypervisorError(
              .unreachable, call: "",
              message: "the connection to \(uri) was given up: an earlier call did not return"))
        }
      }
    }
  }

  private func closedError(_ call: String) -> HypervisorError {
    HypervisorError(.unreachable, call: call, message: "the connection to \(uri) is closed")
  }

  private func brokenError(_ call: String, _ reason: String) -> HypervisorError {
    HypervisorError(.unreachable, call: call, message: "the connection to \(uri) broke: \(reason)")
  }
}

/// A `virConnectPtr` on its way to the worker threads.
///
/// `@unchecked`: libvirt's connections may be used from any thread; only closures on worker threads
/// do.
struct ConnectionHandle: @unchecked Sendable {
  let pointer: virConnectPtr
}

/// Whether a connection still stands, as libvirt's close callback and the deadlines tell.
final class ConnectionHealth: Sendable {
  private struct State {
    var reason: String?
    var abandoned = false
    /// Whether the close callback has a reference to this.
    var isLent = false
  }
  private let state = Lock(State())

  /// Why the connection can no longer be used; nil while it can.
  var reason: String? { state.withLock { $0.reason } }
  /// Whether a thread is still stuck in a call.
  var isAbandoned: Bool { state.withLock { $0.abandoned } }

  /// Notes that a call did not return.
  func abandon(_ reason: String) {
    state.withLock {
      $0.abandoned = true
      $0.reason = $0.reason ?? reason
    }
  }

  fileprivate func note(_ reason: String) {
    state.withLock { $0.reason = $0.reason ?? reason }
  }

  /// Registers the close callback; drivers without one report broken connections through their
  /// calls alone.
  func watch(_ handle: ConnectionHandle) {
    state.withLock { $0.isLent = true }
    let registered = virConnectRegisterCloseCallback(
      handle.pointer, connectionClosed, Unmanaged.passRetained(self).toOpaque(),
      { opaque in
        guard let opaque else { return }
        Unmanaged<ConnectionHealth>.fromOpaque(opaque).takeUnretainedValue().takeBack()
      })
    if registered < 0 { takeBack() }
  }

  /// Takes the callback back: it holds a reference to the connection.
  func unwatch(_ handle: ConnectionHandle) {
    // A driver without close callbacks takes both calls for done, and never gives the reference back.
    if virConnectUnregisterCloseCallback(handle.pointer, connectionClosed) == 0 { takeBack() }
  }

  private func takeBack() {
    let wasLent = state.withLock { state in
      defer { state.isLent = false }
      return state.isLent
    }
    if wasLent { Unmanaged.passUnretained(self).release() }
  }
}

private let connectionClosed: virConnectCloseFunc = { _, reason, opaque in
  guard let opaque else { return }
  let text =
    switch UInt32(bitPattern: reason) {
    case VIR_CONNECT_CLOSE_REASON_EOF.rawValue: "the host closed it"
    case VIR_CONNECT_CLOSE_REASON_KEEPALIVE.rawValue:
      "the host stopped answering keepalive requests"
    case VIR_CONNECT_CLOSE_REASON_CLIENT.rawValue: "it was closed here"
    default: "an input or output error"
    }
  Unmanaged<ConnectionHealth>.fromOpaque(opaque).takeUnretainedValue().note(text)
}

/// A continuation that several may try to resume; the first one wins.
final class Reply<Value: Sendable>: Sendable {
  private let continuation: Lock<CheckedContinuation<Result<Value, HypervisorError>, Never>?>

  init(_ continuation: CheckedContinuation<Result<Value, HypervisorError>, Never>) {
    self.continuation = Lock(continuation)
  }

  /// Whether this was the first.
  @discardableResult
  func resume(_ result: Result<Value, HypervisorError>) -> Bool {
    let first = continuation.withLock { waiting in
      defer { waiting = nil }
      return waiting
    }
    first?.resume(returning: result)
    return first != nil
  }
}
