import Execution
import Model
import TestSupport
import Testing

@Suite("two runs never interleave on a host")
struct LockTests {
  private static let manifests = simulatedSite(
    stack: "shop",
    """
    apiVersion: virtspec/v1
    kind: Network
    metadata: {name: web}
    spec: {host: sim, forward: isolated}

    """)
  private let host = SimulatedHost()
  private var opener: SimulatedOpener { SimulatedOpener(["sim:///one": host]) }

  private func hold(machine: String = "elsewhere") async throws -> HostLock {
    let lock = HostLock(
      stack: "other", holder: "ops@laptop", machine: machine, process: 4711,
      since: "2026-01-31T12:00:00Z")
    #expect(try await host.connect().acquireLock(lock) == nil)
    return lock
  }

  @Test("apply is refused while another run holds the lock, and names it")
  func refused() async throws {
    let folder = try TemporaryFolder(["a.yaml": Self.manifests])
    _ = try await hold()
    let result = await virtspec("apply", "--yes", folder.path, opener: opener)
    #expect(result.status == 1)
    #expect(
      result.errors.contains(
        "host/sim is being changed by ops@laptop (process 4711) for stack other since 2026-01-31T12:00:00Z"
      ))
    #expect(await virtspec("plan", "--detailed-exitcode", folder.path, opener: opener).status == 2)
  }

  @Test("apply waits for the lock as long as it is told, and goes on when it is free")
  func waits() async throws {
    let folder = try TemporaryFolder(["a.yaml": Self.manifests])
    let path = folder.path
    let lock = try await hold()
    let opener = self.opener
    async let applied = virtspec("apply", "--yes", "--lock-timeout", "60", path, opener: opener)
    #expect(try await host.connect().releaseLock(lock) == lock)
    #expect(await applied.status == 0)
  }

  @Test("apply lets go of the lock at its end, and takes none when there is nothing to do")
  func released() async throws {
    let folder = try TemporaryFolder(["a.yaml": Self.manifests])
    #expect(await virtspec("apply", "--yes", folder.path, opener: opener).status == 0)
    _ = try await hold()
    #expect(await virtspec("apply", "--yes", folder.path, opener: opener).status == 0)
  }

  @Test("unlock breaks a lock, and says whose it was")
  func unlock() async throws {
    let folder = try TemporaryFolder(["a.yaml": Self.manifests])
    _ = try await hold()
    let asked = await virtspec("unlock", folder.path, opener: opener)
    #expect(asked.status == 1)
    let broken = await virtspec("unlock", "--yes", folder.path, opener: opener)
    #expect(broken.status == 0)
    #expect(broken.output.contains("broke the lock of ops@laptop (process 4711)"))
    #expect(await virtspec("apply", "--yes", folder.path, opener: opener).status == 0)
    let again = await virtspec("unlock", "--yes", folder.path, opener: opener)
    #expect(again.output == "host/sim: not locked\n")
  }

  @Test("a lock's line is read back, whatever stands in it")
  func line() {
    let lock = HostLock(
      stack: "a", holder: "b@c", machine: "d/e/f", process: 7, since: "2026-01-31T12:00:00Z")
    #expect(HostLock(line: lock.line) == lock)
    #expect(HostLock(line: "no lock at all").process == 0)
  }
}
