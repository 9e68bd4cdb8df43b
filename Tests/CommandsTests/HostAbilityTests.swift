import Execution
import Foundation
import Model
import Planning
import TestSupport
import Testing

/// A simulated host whose questions about itself are counted.
private struct AskedHost: HypervisorOpening {
  let host: SimulatedHost
  let asked = Asked()

  final class Asked: Sendable {
    private let names = Lock<[String]>([])
    var all: [String] { names.withLock { $0 } }
    func note(_ name: String) { names.withLock { $0.append(name) } }
    func forget() { names.withLock { $0 = [] } }
  }

  func open(uri: String) async throws(HypervisorError) -> any Hypervisor {
    Watched(inner: host.connect(), asked: asked)
  }

  private struct Watched: Hypervisor {
    let inner: SimulatedHypervisor
    let asked: Asked

    func observe(_ request: ObservationRequest) async throws(HypervisorError) -> ObservedHost {
      asked.note("observe")
      return try await inner.observe(request)
    }
    func perform(
      _ operation: Planning.Operation, on object: ObjectID
    ) async throws(HypervisorError) -> Fingerprint? {
      try await inner.perform(operation, on: object)
    }
    func fingerprint(
      of object: ObjectID, stack: String
    ) async throws(HypervisorError) -> Fingerprint? {
      try await inner.fingerprint(of: object, stack: stack)
    }
    func record(of object: ObjectID, stack: String) async throws(HypervisorError) -> ObjectRecord? {
      try await inner.record(of: object, stack: stack)
    }
    func addresses(ofGuest name: String) async throws(HypervisorError) -> [GuestAddress] { [] }
    func capabilities(
      of platforms: Set<GuestPlatform>
    ) async throws(HypervisorError) -> HostCapabilities {
      asked.note("capabilities(\(platforms.count))")
      return try await inner.capabilities(of: platforms)
    }
    func facts(_ parts: Set<HostFacts.Part>) async throws(HypervisorError) -> HostFacts {
      asked.note("facts")
      return try await inner.facts(parts)
    }
    func acquireLock(_ lock: HostLock) async throws(HypervisorError) -> HostLock? {
      try await inner.acquireLock(lock)
    }
    func releaseLock(_ lock: HostLock?) async throws(HypervisorError) -> HostLock? {
      try await inner.releaseLock(lock)
    }
    func close() async { await inner.close() }
  }
}

@Suite("Hosts are asked what they can do only where a plan depends on it")
struct HostAbilityTests {
  private let opener: AskedHost

  init() {
    let host = SimulatedHost()
    var facts = HostFacts()
    (facts.cpus, facts.memory) = (2, 4 << 30)
    host.capabilities = RecordedCapabilities(
      host: "recorded", domains: ["kvm-q35", "kvm-pc"],
      in: repository + "Tests/Fixtures/capabilities", facts: facts)
    opener = AskedHost(host: host)
  }

  private func site(_ guest: String, requires: String = "") throws -> TemporaryFolder {
    let text = simulatedSite(guest)
    let required = text.replacing(
      #"spec: {uri: "sim:///one"}"#, with: "spec:\n  uri: \"sim:///one\"\n" + requires)
    return try TemporaryFolder(["site.yaml": requires.isEmpty ? text : required])
  }

  private func guest(_ rest: String) -> String {
    """
    apiVersion: virtspec/v1
    kind: Guest
    metadata: {name: web}
    spec:
      host: sim
      memory: 1GiB
    \(rest)

    """
  }

  @Test("a new guest: once; the same guest again: never")
  func onlyNew() async throws {
    let folder = try site(guest("  power: stopped"))
    _ = await virtspec("plan", folder.path, opener: opener)
    #expect(opener.asked.all == ["observe", "capabilities(1)"])
    #expect(await virtspec("apply", "--yes", folder.path, opener: opener).status == 0)
    opener.asked.forget()
    let again = await virtspec("plan", "--detailed-exitcode", folder.path, opener: opener)
    #expect(again.status == 0 && opener.asked.all == ["observe"])
    try folder.write(
      simulatedSite(guest("  power: stopped\n  description: other")), to: "site.yaml")
    opener.asked.forget()
    _ = await virtspec("plan", folder.path, opener: opener)
    #expect(opener.asked.all == ["observe"])
  }

  @Test("a device that a guest is to get is held against the platform that the guest has")
  func changed() async throws {
    let folder = try site(guest("  power: stopped\n  machine: pc"))
    #expect(await virtspec("apply", "--yes", folder.path, opener: opener).status == 0)
    opener.asked.forget()
    // Without the machine in the manifest, only the host knows it.
    let secure = guest("  power: stopped\n  firmware: {type: uefi, secureBoot: true}")
    try folder.write(simulatedSite(secure), to: "site.yaml")
    let plan = await virtspec("plan", folder.path, opener: opener)
    #expect(opener.asked.all == ["observe", "observe", "capabilities(1)"])
    #expect(plan.output.contains("no UEFI firmware with Secure Boot for the machine type"))
    #expect(plan.output.contains("site.yaml:17:"))
    let applied = await virtspec("apply", "--yes", folder.path, opener: opener)
    #expect(applied.status == 3)
  }

  @Test("what the host cannot do is blocked at its place, and a saved plan holds by itself")
  func blocked() async throws {
    let folder = try site(
      guest("  power: stopped\n  disks:\n    - {name: sda, file: /a, bus: ide}"))
    let plan = await virtspec(
      "plan", "-o", folder.path + "/saved", folder.path, opener: opener)
    #expect(plan.status == 0 && plan.output.contains("site.yaml:18:34)"), "\(plan.output)")
    #expect(plan.output.contains("it has fdc, scsi, virtio, usb and sata"))
    let json = await virtspec("plan", "--format", "json", folder.path, opener: opener)
    #expect(json.output.contains(#""code": "unsupported""#))
    #expect(json.output.contains(#""path": "disks[sda].bus""#))
    let applied = await virtspec("apply", "--yes", folder.path + "/saved", opener: opener)
    #expect(applied.status == 3, "\(applied.errors)")
    #expect(opener.host.inactiveXML(ofGuest: "web") == nil)
  }

  @Test("a saved plan of a new guest is carried out")
  func saved() async throws {
    let folder = try site(guest("  power: stopped"))
    _ = await virtspec("plan", "-o", folder.path + "/saved", folder.path, opener: opener)
    let applied = await virtspec("apply", "--yes", folder.path + "/saved", opener: opener)
    #expect(applied.status == 0, "\(applied.errors)")
    #expect(opener.host.inactiveXML(ofGuest: "web") != nil)
  }

  @Test("what a host is required to be is an error at its place, and nothing is done on it")
  func required() async throws {
    let folder = try site(
      guest("  power: stopped"), requires: "  requires: {cpus: 4, memory: 1GiB}")
    let plan = await virtspec("plan", folder.path, opener: opener)
    #expect(plan.status == 1)
    #expect(plan.errors.contains("site.yaml:10:20: error: host 'sim' is not as required"))
    #expect(plan.errors.contains("it has 2 processors, and 4 are required"))
    #expect(plan.output.contains("blocked: host/sim is not as its manifest requires"))
    let applied = await virtspec("apply", "--yes", folder.path, opener: opener)
    #expect(applied.status == 1 && opener.host.inactiveXML(ofGuest: "web") == nil)
    try folder.write(
      simulatedSite(guest("  power: stopped")).replacing(
        #"spec: {uri: "sim:///one"}"#,
        with: "spec:\n  uri: \"sim:///one\"\n  requires: {cpus: 2, memory: 4GiB}"), to: "site.yaml")
    #expect(await virtspec("apply", "--yes", folder.path, opener: opener).status == 0)
  }

  @Test("a requirement costs its calls, also where nothing changes")
  func requirementsCost() async throws {
    let folder = try site(guest("  power: stopped"), requires: "  requires: {cpus: 1}")
    #expect(await virtspec("apply", "--yes", folder.path, opener: opener).status == 0)
    opener.asked.forget()
    #expect(await virtspec("plan", folder.path, opener: opener).status == 0)
    #expect(opener.asked.all == ["observe", "facts", "capabilities(0)"])
  }
}
