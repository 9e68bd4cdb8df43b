import CLibvirt
import Execution
import Model
import Synchronization

/// Many calls spread over a connection's lanes, with one continuation at the end.
///
/// Work may add further work (a list call adds its items). The first error stops what has not
/// begun.
final class Batch: Sendable {
  private struct State {
    var pending = 0
    var reply: Reply<Void>?
  }

  private let connection: Connection
  private let state = Lock(State())
  private let failed = Atomic(false)
  private let failure = Lock<HypervisorError?>(nil)

  private init(_ connection: Connection) { self.connection = connection }

  /// Runs what `start` adds, and what that adds in turn. Throws the first error.
  static func run(
    on connection: Connection, _ start: @escaping @Sendable (Batch) -> Void
  ) async throws(HypervisorError) {
    let batch = Batch(connection)
    let result = await withCheckedContinuation {
      (continuation: CheckedContinuation<Result<Void, HypervisorError>, Never>) in
      // Held open while `start` adds.
      batch.state.withLock {
        $0.pending = 1
        $0.reply = Reply(continuation)
      }
      start(batch)
      batch.finishOne()
    }
    try result.get()
  }

  /// Adds one piece of work.
  func add(_ body: @escaping @Sendable (virConnectPtr) throws(HypervisorError) -> Void) {
    add(count: 1) { connection, _ throws(HypervisorError) in try body(connection) }
  }

  /// Adds `count` pieces; each lane takes the next one when it is done with its last.
  func add(
    count: Int,
    _ body: @escaping @Sendable (virConnectPtr, Int) throws(HypervisorError) -> Void
  ) {
    guard count > 0 else { return }
    let lanes = min(count, connection.lanes)
    state.withLock { $0.pending += lanes }
    let cursor = Cursor()
    connection.add(lanes) { [self] connection, lane in
      while !failed.load(ordering: .relaxed), let index = cursor.next(below: count) {
        lane.touch()
        do throws(HypervisorError) {
          try body(connection, index)
        } catch {
          fail(error)
        }
      }
      finishOne()
    } fail: { [self] error in
      fail(error)
      finishOne()
    }
  }

  private func fail(_ error: HypervisorError) {
    failure.withLock { $0 = $0 ?? error }
    failed.store(true, ordering: .relaxed)
  }

  private func finishOne() {
    let reply = state.withLock { state -> Reply<Void>? in
      state.pending -= 1
      return state.pending == 0 ? state.reply : nil
    }
    guard let reply else { return }
    reply.resume(failure.withLock { $0.map { .failure($0) } ?? .success(()) })
  }

  /// The index of the next item.
  private final class Cursor: Sendable {
    private let index = Atomic(0)

    func next(below count: Int) -> Int? {
      let value = index.wrappingAdd(1, ordering: .relaxed).oldValue
      return value < count ? value : nil
    }
  }
}
