import Execution
import Glibc
import Model

/// Work that blocks, on a thread of its own: Swift's cooperative pool has few, which must not be held up.
enum Blocking {
  /// Runs the work, and comes back with what it gives.
  static func run<Value: Sendable>(
    _ work: @escaping @Sendable () throws(HypervisorError) -> Value
  ) async throws(HypervisorError) -> Value {
    let result = await withCheckedContinuation {
      (continuation: CheckedContinuation<Result<Value, HypervisorError>, Never>) in
      let job = Job {
        do throws(HypervisorError) {
          continuation.resume(returning: .success(try work()))
        } catch {
          continuation.resume(returning: .failure(error))
        }
      }
      if !start(job) {
        continuation.resume(
          returning: .failure(
            HypervisorError(.content, call: "pthread_create", message: "there is no thread left")))
      }
    }
    return try result.get()
  }

  private final class Job: Sendable {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }

  /// Signals are left to the threads that handle them.
  private static func start(_ job: Job) -> Bool {
    var attributes = pthread_attr_t()
    guard pthread_attr_init(&attributes) == 0 else { return false }
    defer { pthread_attr_destroy(&attributes) }
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    var all = sigset_t()
    var previous = sigset_t()
    sigfillset(&all)
    pthread_sigmask(SIG_SETMASK, &all, &previous)
    defer { pthread_sigmask(SIG_SETMASK, &previous, nil) }
    let retained = Unmanaged.passRetained(job)
    var thread = pthread_t()
    let status = pthread_create(
      &thread, &attributes,
      { argument in
        guard let argument else { return nil }
        Unmanaged<Job>.fromOpaque(argument).takeRetainedValue().run()
        return nil
      }, retained.toOpaque())
    if status != 0 { retained.release() }
    return status == 0
  }
}

extension HypervisorError {
  /// Something is wrong with what is to be uploaded.
  static func content(_ call: String, _ message: String) -> HypervisorError {
    HypervisorError(.content, call: call, message: message)
  }

  /// The system refused something with a file.
  static func file(_ call: String, _ path: String) -> HypervisorError {
    .content(call, "\(path): \(String(cString: strerror(errno)))")
  }

  static var stopped: HypervisorError {
    HypervisorError(.cancelled, call: "download", message: "the transfer was stopped")
  }
}
