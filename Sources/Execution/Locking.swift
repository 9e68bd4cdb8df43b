import Logging
import Model

/// The locks of a run on the hosts that it changes.
public struct HostLocks: Sendable {
  /// Why a run may not begin.
  public struct Refusal: Error, Sendable {
    public var host: String
    /// Who is in the way; nil when the lock could not be asked for.
    public var holder: HostLock?
    public var error: HypervisorError?
  }

  private static let logger = Logger(label: "virtspec.lock")

  private let lock: HostLock
  private let hypervisors: [String: any Hypervisor]
  private var hosts: [String] = []

  private init(
    _ lock: HostLock, _ hypervisors: [String: any Hypervisor], _ hosts: [String] = []
  ) {
    self.lock = lock
    self.hypervisors = hypervisors
    self.hosts = hosts
  }

  /// Takes the lock of every host, or of none. All are asked side by side; where one is held, what comes after it in
  /// the order of names is given back before it is waited for, so that two runs cannot wait for each other.
  ///
  /// - Parameters:
  ///   - timeout: how long to wait for a holder to let go.
  ///   - isDead: whether the holder is known to be no more; its lock is broken.
  public static func acquire(
    _ lock: HostLock, hosts: [String], hypervisors: [String: any Hypervisor], timeout: Duration,
    isDead: @Sendable (HostLock) -> Bool
  ) async throws(Refusal) -> HostLocks {
    var locks = HostLocks(lock, hypervisors)
    let deadline = ContinuousClock.now + timeout
    var remaining = hosts.filter { hypervisors[$0] != nil }.sorted()[...]
    while !remaining.isEmpty {
      let answers = await ask(remaining, lock, hypervisors)
      let taken = remaining.filter { answers[$0] == .taken }
      let first = remaining.first { host in
        if case .held? = answers[host] { true } else { false }
      }
      locks.hosts += taken.filter { host in first.map { host < $0 } ?? true }
      await HostLocks(lock, hypervisors, taken.filter { host in first.map { host > $0 } ?? false })
        .release()
      guard let first, let hypervisor = hypervisors[first] else { break }
      do throws(Refusal) {
        if try await take(lock, first, hypervisor, deadline, isDead) { locks.hosts.append(first) }
      } catch {
        await locks.release()
        throw error
      }
      remaining = remaining.drop { $0 <= first }
    }
    return locks
  }

  /// What a host says to a first try. Whether it failed, or somebody holds the lock, is told by the second.
  private enum Answer: Hashable { case taken, unsupported, held }

  private static func ask(
    _ hosts: ArraySlice<String>, _ lock: HostLock, _ hypervisors: [String: any Hypervisor]
  ) async -> [String: Answer] {
    await withTaskGroup(of: (String, Answer).self) { group in
      for host in hosts {
        guard let hypervisor = hypervisors[host] else { continue }
        group.addTask { (host, await answer(of: hypervisor, to: lock)) }
      }
      var answers: [String: Answer] = [:]
      for await (host, answer) in group { answers[host] = answer }
      return answers
    }
  }

  /// Apart from the tuple that it becomes part of: with both in one closure, the optimised program of Swift 6.3 died in
  /// `swift_retain` of the tuple's text.
  private static func answer(of hypervisor: any Hypervisor, to lock: HostLock) async -> Answer {
    do throws(HypervisorError) {
      let holder = try await hypervisor.acquireLock(lock)
      return holder == nil ? .taken : .held
    } catch {
      return error.code == .unsupported ? .unsupported : .held
    }
  }

  /// False where the driver has no locks to take.
  private static func take(
    _ lock: HostLock, _ host: String, _ hypervisor: any Hypervisor,
    _ deadline: ContinuousClock.Instant, _ isDead: (HostLock) -> Bool
  ) async throws(Refusal) -> Bool {
    while true {
      let holder: HostLock?
      do throws(HypervisorError) {
        holder = try await hypervisor.acquireLock(lock)
        if let holder, isDead(holder) {
          logger.warning(
            "breaking the lock of a run that is no more",
            metadata: ["host": "\(host)", "lock": "\(holder)"])
          try await hypervisor.releaseLock(holder)
          continue
        }
      } catch {
        if error.code == .unsupported { return false }
        throw Refusal(host: host, holder: nil, error: error)
      }
      guard let holder else { return true }
      if ContinuousClock.now >= deadline { throw Refusal(host: host, holder: holder, error: nil) }
      do {
        try await Task.sleep(for: .milliseconds(500))
      } catch {
        throw Refusal(host: host, holder: holder, error: nil)
      }
    }
  }

  /// Lets go of all of them. A host that cannot be reached keeps the lock, which `unlock` breaks.
  public func release() async {
    await withTaskGroup(of: Void.self) { group in
      for host in hosts { group.addTask { await release(host) } }
    }
  }

  private func release(_ host: String) async {
    do throws(HypervisorError) {
      try await hypervisors[host]?.releaseLock(lock)
    } catch {
      Self.logger.warning(
        "the lock stays: break it with 'virtspec unlock'",
        metadata: ["host": "\(host)", "error": "\(error.message)"])
    }
  }
}
