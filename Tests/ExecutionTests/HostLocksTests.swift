import Execution
import Model
import TestSupport
import Testing

@Suite("Locks of many hosts") struct HostLocksTests {
  private static func lock(_ process: Int32) -> HostLock {
    HostLock(stack: "s", holder: "a@b", machine: "m", process: process, since: "")
  }

  @Test("where one host is held, nothing stays taken")
  func noneTaken() async throws {
    let hosts = ["a", "b", "c"].map { ($0, SimulatedHost()) }
    let fleet = Dictionary(uniqueKeysWithValues: hosts)
    let holder = Self.lock(1)
    #expect(try await fleet["b"]?.connect().acquireLock(holder) == nil)
    await #expect(throws: HostLocks.Refusal.self) {
      try await HostLocks.acquire(
        Self.lock(2), hosts: ["c", "b", "a"], hypervisors: fleet.mapValues { $0.connect() },
        timeout: .zero, isDead: { _ in false })
    }
    for name in ["a", "c"] { #expect(try await fleet[name]?.connect().acquireLock(holder) == nil) }
  }

  @Test("the locks of dead runs are broken on every host")
  func dead() async throws {
    let hosts = ["a", "b", "c", "d"].map { ($0, SimulatedHost()) }
    let fleet = Dictionary(uniqueKeysWithValues: hosts)
    for name in ["b", "d"] { _ = try await fleet[name]?.connect().acquireLock(Self.lock(1)) }
    let own = Self.lock(2)
    let locks = try await HostLocks.acquire(
      own, hosts: Array(fleet.keys), hypervisors: fleet.mapValues { $0.connect() },
      timeout: .zero, isDead: { $0.process == 1 })
    for host in fleet.values {
      #expect(try await host.connect().acquireLock(Self.lock(3)) == own)
    }
    await locks.release()
    for host in fleet.values {
      #expect(try await host.connect().acquireLock(Self.lock(3)) == nil)
    }
  }
}
