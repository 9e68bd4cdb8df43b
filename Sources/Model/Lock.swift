import Glibc

/// A value that one thread at a time touches.
///
/// `Synchronization.Mutex` is the same, but on Linux it waits by a futex of its own, of which the thread sanitizer
/// knows nothing: it takes every use for a race. pthread's mutex it knows, so that what it reports is real.
///
/// `@unchecked`: the value is reached with the mutex held, and not otherwise.
public struct Lock<Value: ~Copyable>: ~Copyable, @unchecked Sendable {
  // A mutex must not move, and both live as long as this.
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let value: UnsafeMutablePointer<Value>

  public init(_ value: consuming sending Value) {
    mutex = .allocate(capacity: 1)
    mutex.initialize(to: pthread_mutex_t())
    pthread_mutex_init(mutex, nil)
    self.value = .allocate(capacity: 1)
    self.value.initialize(to: value)
  }

  deinit {
    value.deinitialize(count: 1)
    value.deallocate()
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
  }

  /// Runs `body` while nobody else does. It must not come back for the same lock: it would wait for itself.
  public borrowing func withLock<Result: ~Copyable, Failure: Error>(
    _ body: (inout sending Value) throws(Failure) -> sending Result
  ) throws(Failure) -> sending Result {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return try body(&value.pointee)
  }
}
