import Execution
import Model
import Planning
import Testing

@testable import Libvirt

/// libvirt's own test driver lives in the process: no daemon is needed. Its state is shared by all
/// connections of the process, so names are unique.
@Suite("The test driver")
struct TestDriverTests {
  private let uri = "test:///default"

  @Test("Observation brings what the driver has")
  func observe() async throws {
    let host = try await Host.open(uri)
    let seen = try await host.observe(everything: true)
    let guest = try #require(seen.guests.first { $0.name == "test" })
    #expect(guest.power == .running)
    #expect(guest.persistent)
    #expect(!guest.autostart)
    #expect(guest.uuid == "6695eb01-f6a4-8304-79aa-97f2502e193f")
    #expect(guest.spec.record("memory")?.integer("max") == 8 << 30)
    #expect(guest.live != nil)
    #expect(guest.ownership == nil)
    let network = try #require(seen.networks.first { $0.name == "default" })
    #expect(network.active)
    let pool = try #require(seen.pools.first { $0.name == "default-pool" })
    #expect(pool.active)
    #expect(pool.spec.string("type") == "dir")
    #expect(seen.ledger == nil)
    await host.hypervisor.close()
  }

  @Test("Only declared objects bring fields, and only declared ones")
  func shapes() async throws {
    let host = try await Host.open(uri)
    let shape = Shape(of: Record([("memory", ["max": 1])]))
    let declared = try await host.observe([.guest: ["test": shape]])
    let guest = try #require(declared.guests.first { $0.name == "test" })
    #expect(guest.spec.entries.map(\.name) == ["memory"])
    #expect(guest.live?.entries.map(\.name) == ["memory"])
    let undeclared = try await host.observe()
    let bare = try #require(undeclared.guests.first { $0.name == "test" })
    #expect(bare.spec.isEmpty)
    #expect(bare.live == nil)
    #expect(bare.fingerprint == guest.fingerprint)
    await host.hypervisor.close()
  }

  @Test("A guest is defined, started, stopped and undefined")
  func lifeCycle() async throws {
    let host = try await Host.open(uri)
    let name = Lab.name("guest-")
    let spec = Record.smallGuest([("virtType", "test"), ("machine", "q35")])
    var bare = spec
    bare["machine"] = nil
    bare["arch"] = "i686"
    try await host.perform(.defineGuest(.of(.guest, name, bare)), .guest, name)
    let defined = try await host.guest(name)
    #expect(defined.power == .stopped)
    #expect(defined.uuid == Digest.uuid(stack: "tests", kind: .guest, name: name))
    #expect(defined.ownership?.appliedSpec == #"{"a":"<&>"}"#)

    try await host.perform(.startGuest, .guest, name)
    // What is so already is no error.
    try await host.perform(.startGuest, .guest, name)
    try await host.perform(.setGuestAutostart(true), .guest, name)
    let running = try await host.guest(name)
    #expect(running.power == .running)
    #expect(running.autostart)
    #expect(running.fingerprint != defined.fingerprint)
    #expect(running.fingerprint.hasSameDefinition(as: defined.fingerprint))

    try await host.perform(
      .shutDownGuest(deadlineSeconds: 120, destroyAfterwards: false), .guest, name)
    #expect(try await host.guest(name).power == .stopped)
    try await host.perform(.destroyGuest, .guest, name)
    try await host.perform(.undefineGuest(keepState: false), .guest, name)
    #expect(try await !host.observe().guests.contains { $0.name == name })
    try await host.perform(.undefineGuest(keepState: false), .guest, name)
    await host.hypervisor.close()
  }

  @Test("Operations on what is not there are notFound")
  func notFound() async throws {
    let host = try await Host.open(uri)
    #expect(try await host.refusal(.startGuest, .guest, "nobody").code == .notFound)
    #expect(try await host.refusal(.startNetwork, .network, "nobody").code == .notFound)
    #expect(try await host.refusal(.startPool, .pool, "nobody").code == .notFound)
    #expect(
      try await host.refusal(.resizeVolume(bytes: 1), .volume, "nobody/disk").code == .notFound)
    #expect(try await host.refusal(.resizeVolume(bytes: 1), .volume, "disk").code == .notFound)
    await host.hypervisor.close()
  }

  @Test("What the driver lacks is unsupported")
  func unsupported() async throws {
    let host = try await Host.open(uri)
    let entry = Ledger.Entry(
      kind: .pool, name: "p",
      ownership: Ownership(stack: "tests", source: "s", digest: "d", appliedSpec: "{}"))
    let ledger = Ledger(stack: "tests", entries: [entry])
    #expect(
      try await host.refusal(.writeLedger(ledger), .pool, "ledger").code == .unsupported)
    await host.hypervisor.close()
  }

  @Test("A cancelled task starts nothing")
  func cancelled() async throws {
    let host = try await Host.open(uri)
    let task = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      try await host.perform(.startGuest, .guest, "nobody")
    }
    let error = await #expect(throws: HypervisorError.self) { try await task.value }
    #expect(error?.code == .cancelled)
    await host.hypervisor.close()
  }
}
