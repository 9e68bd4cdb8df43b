import Execution
import Model
import Planning
import TestSupport
import Testing

/// The simulated libvirt refuses what the real one refuses, so that no plan passes here that would fail there.
@Suite("Simulated hypervisor", .timeLimit(.minutes(1))) struct SimulatedHypervisorTests {
  private let host = SimulatedHost()

  private func perform(_ operation: Operation, _ kind: Kind, _ name: String) async throws {
    try await host.connect().perform(operation, on: ObjectID(host: "h", kind: kind, name: name))
  }

  private func code(
    _ operation: Operation, _ kind: Kind, _ name: String
  ) async throws -> HypervisorError.Code? {
    do {
      try await perform(operation, kind, name)
      return nil
    } catch let error as HypervisorError {
      return error.code
    }
  }

  private func define(
    _ spec: Record, expected: Fingerprint? = nil, ownership: Ownership? = nil
  ) -> Operation {
    .defineGuest(
      Definition(
        uuid: "6f2a1f4e-9a0e-4bb6-8f0e-2f5a3f5b7c11",
        spec: Record([("memory", ["max": 1_073_741_824])]).overlaid(with: spec),
        ownership: ownership, expected: expected))
  }

  private func guest(_ name: String) async throws -> ObservedGuest {
    let seen = try await host.connect().observe(ObservationRequest(stack: "s", everything: true))
    return try #require(seen.guests.first { $0.name == name })
  }

  @Test("a definition is completed as libvirt does, and keeps its address and MAC afterwards")
  func defaults() async throws {
    try await perform(
      define(["machine": "q35", "interfaces": [["bridge": "br0"]]]), .guest, "a")
    let made = try await guest("a")
    #expect(made.spec["machine"] == "pc-q35-7.2")
    let mac = try #require(made.spec.records("interfaces").first?.string("mac"))
    #expect(mac.hasPrefix("52:54:00:"))
    let before = try XMLTree(parsing: try #require(host.inactiveXML(ofGuest: "a")))
    try await perform(
      define(
        ["title": "t", "interfaces": [["mac": .string(mac)]]], expected: made.fingerprint),
      .guest, "a")
    let after = try XMLTree(parsing: try #require(host.inactiveXML(ofGuest: "a")))
    #expect(after.child("devices") == before.child("devices"))
  }

  @Test("an interface defined without its MAC gets another one")
  func newMAC() async throws {
    try await perform(define(["interfaces": [["bridge": "br0"]]]), .guest, "a")
    let made = try await guest("a")
    try await perform(
      define(["interfaces": [["bridge": "br0"]]], expected: made.fingerprint), .guest, "a")
    let again = try await guest("a")
    #expect(made.spec.records("interfaces")[0]["mac"] != again.spec.records("interfaces")[0]["mac"])
  }

  @Test("a definition on something else than the plan saw is refused")
  func fingerprint() async throws {
    try await perform(define([:]), .guest, "a")
    #expect(try await code(define([:]), .guest, "a") == .changed)
    #expect(try await code(define([:], expected: "other-stopped"), .guest, "a") == .changed)
    #expect(try await code(define([:], expected: "other-stopped"), .guest, "b") == .changed)
    let seen = try await guest("a").fingerprint
    #expect(try await code(define(["title": "t"], expected: seen), .guest, "a") == nil)
  }

  @Test("a definition under a running guest leaves what runs alone until it starts anew")
  func running() async throws {
    try await perform(define([:]), .guest, "a")
    try await perform(.startGuest, .guest, "a")
    #expect(try await code(.startGuest, .guest, "a") == .refused)
    try await perform(
      define(["title": "new"], expected: try await guest("a").fingerprint), .guest, "a")
    #expect(try await guest("a").spec["title"] == "new")
    #expect(try await guest("a").live?["title"] == nil)
    let off = Operation.shutDownGuest(deadlineSeconds: 1, destroyAfterwards: false)
    try await perform(off, .guest, "a")
    try await perform(.startGuest, .guest, "a")
    #expect(try await guest("a").live?["title"] == "new")
  }

  @Test("a guest does not start on a network that does not run, or a volume that is not there")
  func missing() async throws {
    try await perform(define(["interfaces": [["network": "web"]]]), .guest, "a")
    #expect(try await code(.startGuest, .guest, "a") == .notFound)
    let pool = Definition(
      uuid: "6f2a1f4e-9a0e-4bb6-8f0e-2f5a3f5b7c12", spec: ["type": "dir", "path": "/srv/p"],
      ownership: nil, expected: nil)
    try await perform(.definePool(pool), .pool, "p")
    #expect(try await code(.startPool, .pool, "p") == .refused)
    try await perform(.buildPool, .pool, "p")
    try await perform(.startPool, .pool, "p")
    let disk: Record = ["disks": [["name": "vda", "file": "/srv/p/a.img", "bus": "virtio"]]]
    var other = disk
    other["interfaces"] = []
    try await perform(
      define(other, expected: try await guest("a").fingerprint), .guest, "a")
    #expect(try await code(.startGuest, .guest, "a") == .refused)
    try await perform(.createVolume(spec: ["capacity": 1024]), .volume, "p/a.img")
    #expect(try await code(.startGuest, .guest, "a") == nil)
  }

  @Test("SATA disks are not plugged in, virtio disks once")
  func hotPlug() async throws {
    try await perform(define([:]), .guest, "a")
    try await perform(.startGuest, .guest, "a")
    func attach(_ name: String, _ bus: String) -> Operation {
      let item: Record = ["name": .string(name), "bus": .string(bus), "file": "/x.img"]
      return .attachDevice(list: "disks", item: item)
    }
    #expect(try await code(attach("sda", "sata"), .guest, "a") == .refused)
    #expect(try await code(attach("vdb", "virtio"), .guest, "a") == nil)
    #expect(try await code(attach("vdb", "virtio"), .guest, "a") == .refused)
    #expect(try await guest("a").spec["disks"] == nil)
    #expect(try await guest("a").live?.records("disks").count == 1)
  }

  @Test("a volume is neither made twice nor made smaller")
  func volumes() async throws {
    let pool = Definition(
      uuid: "6f2a1f4e-9a0e-4bb6-8f0e-2f5a3f5b7c12", spec: ["type": "dir", "path": "/srv/p"],
      ownership: nil, expected: nil)
    for operation in [Operation.definePool(pool), .buildPool, .startPool] {
      try await perform(operation, .pool, "p")
    }
    let create = Operation.createVolume(spec: ["capacity": 4096])
    #expect(try await code(create, .volume, "p/a") == nil)
    #expect(try await code(create, .volume, "p/a") == .refused)
    let unlessThere = Operation.createVolume(spec: ["capacity": 4096], unlessThere: true)
    #expect(try await code(unlessThere, .volume, "p/a") == nil)
    #expect(try await code(.resizeVolume(bytes: 1024), .volume, "p/a") == .refused)
    #expect(try await code(.resizeVolume(bytes: 8192), .volume, "p/a") == nil)
  }

  @Test("faults come at the call that they are meant for")
  func faults() async throws {
    let refusal = HypervisorError(.refused, call: "x", message: "no")
    let calls = SimulatedCalls(faults: { _, _, number in
      [1: .fail(refusal), 2: .dieBefore][number]
    })
    let connection = host.connect(calls)
    let id = ObjectID(host: "h", kind: .guest, name: "a")
    for expected in [HypervisorError.Code.refused, .unreachable, .unreachable] {
      let error = await #expect(throws: HypervisorError.self) {
        try await connection.perform(define([:]), on: id)
      }
      #expect(error?.code == expected)
    }
    #expect(connection.performed == ["defineGuest guest/a", "defineGuest guest/a"])
    #expect(host.snapshot.isEmpty)
    #expect(try await code(define([:]), .guest, "a") == nil)
  }

  @Test("a replacement takes an operation's place, the others stay")
  func replacement() async throws {
    let connection = host.connect(
      SimulatedCalls(replacements: [
        .startGuest: { _, _ throws(HypervisorError) in
          throw HypervisorError(.busy, call: "virDomainCreate", message: "later")
        }
      ]))
    let id = ObjectID(host: "h", kind: .guest, name: "a")
    try await connection.perform(define([:]), on: id)
    let error = await #expect(throws: HypervisorError.self) {
      try await connection.perform(.startGuest, on: id)
    }
    #expect(error?.code == .busy)
  }
}
