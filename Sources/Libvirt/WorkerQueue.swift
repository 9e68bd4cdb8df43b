import Execution
import Glibc
import Synchronization

/// A fixed number of threads that take jobs in order: the calls in flight on one connection.
///
/// Threads are started when there is work for them and live until the queue ends. `@unchecked`:
/// everything mutable is guarded by `mutex`, which must be a pthread one because workers wait on a
/// condition of it.
final class WorkerQueue: @unchecked Sendable {
  /// Work for one thread.
  struct Job: Sendable {
    /// Whether it may take long: such jobs have no deadline, and only few of them run at once.
    var isLong = false
    /// Does the work; touches the lane to show progress.
    let run: @Sendable (Lane) -> Void
    /// Called instead when the queue has ended, or in addition when the job is given up.
    let fail: @Sendable (HypervisorError) -> Void
  }

  /// One worker's sign of life.
  final class Lane: Sendable {
    private let since = Atomic<UInt64>(0)

    /// Marks progress: the deadline counts from here.
    func touch() {
      since.store(monotonicNanoseconds(), ordering: .relaxed)
    }

    fileprivate func isStalled(before instant: UInt64) -> Bool {
      since.load(ordering: .relaxed) < instant
    }
  }

  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private let limit: Int
  private let longLimit: Int
  /// Runs once, on the last worker, when the queue has ended and no job runs any more.
  private let cleanUp: @Sendable () -> Void

  private var pending = JobList()
  private var running: [ObjectIdentifier: (lane: Lane, job: Job)] = [:]
  private var workers = 0
  private var idle = 0
  private var longRunning = 0
  private var end: HypervisorError?
  private var cleaned = false
  private var waiters: [@Sendable () -> Void] = []

  /// A queue of at most `limit` threads, of which `longLimit` at most, and never the last one, do
  /// long jobs.
  init(limit: Int, longLimit: Int, cleanUp: @escaping @Sendable () -> Void) {
    self.limit = max(1, limit)
    self.longLimit = max(1, min(longLimit, limit - 1))
    self.cleanUp = cleanUp
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(condition, nil)
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  /// How many jobs run at once at most.
  var lanes: Int { limit }

  /// Appends jobs; fails them when the queue has ended.
  func add(_ jobs: [Job]) {
    let refusal = locked { () -> HypervisorError? in
      if let end { return end }
      for job in jobs { pending.append(job) }
      var missing = min(limit - workers, pending.count - idle)
      while missing > 0, startWorker() { missing -= 1 }
      if workers == 0 {
        pending.removeAll()
        return HypervisorError(.refused, call: "pthread_create", message: "no thread for a call")
      }
      if jobs.count == 1 {
        pthread_cond_signal(condition)
      } else {
        pthread_cond_broadcast(condition)
      }
      return nil
    }
    if let refusal { for job in jobs { job.fail(refusal) } }
  }

  /// Ends the queue: waiting jobs and later ones fail with the error, running ones finish.
  func finish(_ error: HypervisorError) {
    let (dropped, cleansHere) = locked { () -> ([Job], Bool) in
      if end == nil { end = error }
      pthread_cond_broadcast(condition)
      let cleansHere = workers == 0 && !cleaned
      if cleansHere { cleaned = true }
      return (pending.removeAll(), cleansHere)
    }
    for job in dropped { job.fail(error) }
    // Cleaning up may block, so it has a thread of its own too.
    if cleansHere, !Thread.start({ self.cleanedUp() }) { cleanedUp() }
  }

  /// Calls back when the queue has ended and was cleaned up.
  func whenFinished(_ body: @escaping @Sendable () -> Void) {
    let now = locked { () -> Bool in
      if cleaned, workers == 0, end != nil, finishedCleaning { return true }
      waiters.append(body)
      return false
    }
    if now { body() }
  }

  /// Gives up jobs that made no progress for so long: their callers get the error, their threads
  /// are lost. Returns whether there were any.
  func abandonStalled(seconds: Double, _ error: HypervisorError) -> Bool {
    let now = monotonicNanoseconds()
    let span = UInt64(seconds * 1_000_000_000)
    let instant = now > span ? now - span : 0
    let (stalled, waiting) = locked { () -> ([Job], [@Sendable () -> Void]) in
      let found = running.filter {
        !$0.value.job.isLong && $0.value.lane.isStalled(before: instant)
      }
      for key in found.keys { running[key] = nil }
      // A lost thread never comes back to clean up.
      defer { if !found.isEmpty { waiters = [] } }
      return (found.values.map(\.job), found.isEmpty ? [] : waiters)
    }
    for job in stalled { job.fail(error) }
    for body in waiting { body() }
    return !stalled.isEmpty
  }

  private var finishedCleaning = false

  /// With the mutex held.
  private func startWorker() -> Bool {
    workers += 1
    if Thread.start({ self.work() }) { return true }
    workers -= 1
    return false
  }

  private func work() {
    let lane = Lane()
    let key = ObjectIdentifier(lane)
    pthread_mutex_lock(mutex)
    while true {
      if let job = pending.take(skippingLong: longRunning >= longLimit) {
        lane.touch()
        running[key] = (lane, job)
        if job.isLong { longRunning += 1 }
        pthread_mutex_unlock(mutex)
        job.run(lane)
        pthread_mutex_lock(mutex)
        running[key] = nil
        if job.isLong {
          longRunning -= 1
          pthread_cond_signal(condition)
        }
      } else if end != nil {
        break
      } else {
        idle += 1
        pthread_cond_wait(condition, mutex)
        idle -= 1
      }
    }
    workers -= 1
    let isLast = workers == 0 && !cleaned
    if isLast { cleaned = true }
    pthread_mutex_unlock(mutex)
    if isLast { cleanedUp() }
  }

  private func cleanedUp() {
    cleanUp()
    let waiting = locked { () -> [@Sendable () -> Void] in
      finishedCleaning = true
      defer { waiters = [] }
      return waiters
    }
    for body in waiting { body() }
  }

  private func locked<Result>(_ body: () -> Result) -> Result {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return body()
  }
}

/// Jobs in order. Long ones that may not run yet are passed over.
private struct JobList {
  private var jobs: [WorkerQueue.Job] = []
  private var head = 0

  var count: Int { jobs.count - head }

  mutating func append(_ job: WorkerQueue.Job) { jobs.append(job) }

  mutating func take(skippingLong: Bool) -> WorkerQueue.Job? {
    guard head < jobs.count else { return nil }
    if !(skippingLong && jobs[head].isLong) {
      let job = jobs[head]
      head += 1
      if head == jobs.count {
        jobs.removeAll(keepingCapacity: true)
        head = 0
      } else if head > 256 {
        jobs.removeFirst(head)
        head = 0
      }
      return job
    }
    guard let index = jobs[head...].firstIndex(where: { !$0.isLong }) else { return nil }
    return jobs.remove(at: index)
  }

  @discardableResult
  mutating func removeAll() -> [WorkerQueue.Job] {
    defer {
      jobs = []
      head = 0
    }
    return Array(jobs[head...])
  }
}

/// Nanoseconds of the monotonic clock.
private func monotonicNanoseconds() -> UInt64 {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}
