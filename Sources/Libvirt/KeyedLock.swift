import Execution
import Model

/// Locks by name, for tasks.
final class KeyedLock: Sendable {
  private let waiting = Lock<[String: [CheckedContinuation<Void, Never>]]>([:])

  /// Runs `body` while nobody else runs one under the same name, in the order of arrival.
  func whileHolding<Value: Sendable>(
    _ name: String, _ body: () async throws(HypervisorError) -> Value
  ) async throws(HypervisorError) -> Value {
    await acquire(name)
    defer { release(name) }
    return try await body()
  }

  private func acquire(_ name: String) async {
    await withCheckedContinuation { continuation in
      let isFree = waiting.withLock { waiting in
        if waiting[name] == nil {
          waiting[name] = []
          return true
        }
        waiting[name]?.append(continuation)
        return false
      }
      if isFree { continuation.resume() }
    }
  }

  private func release(_ name: String) {
    let next = waiting.withLock { waiting -> CheckedContinuation<Void, Never>? in
      if waiting[name]?.isEmpty ?? true {
        waiting[name] = nil
        return nil
      }
      return waiting[name]?.removeFirst()
    }
    next?.resume()
  }
}
