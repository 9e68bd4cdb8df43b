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

  private init(_ lock: HostLock, _ hypervisors: [String: any Hypervisor]) {
    self.lock = lock
    self.hypervisors = hypervisors
  }

  /// Takes the lock of every host, or of none. Hosts are asked in the order of their names, so that two runs
  /// cannot wait for each other.
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
    for host in hosts.sorted() {
      guard let hypervisor = hypervisors[host] else { continue }
      do throws(Refusal) {
        if try await take(lock, host, hypervisor, deadline, isDead) { locks.hosts.append(host) }
      } catch {
        await locks.release()
        throw error
      }
    }
    return locks
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
    for host in hosts {
      do throws(HypervisorError) {
        try await hypervisors[host]?.releaseLock(lock)
      } catch {
        Self.logger.warning(
          "the lock stays: break it with 'virtspec unlock'",
          metadata: ["host": "\(host)", "error": "\(error.message)"])
      }
    }
  }
}
