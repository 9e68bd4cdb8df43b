import Execution
import Libvirt
import Model
import Planning
import Testing

@Suite("Guests on a daemon", .enabled(if: Lab.isThere))
struct LabGuestTests {
  private func withGuest(
    _ spec: Record = .smallGuest(), _ body: (Host, String) async throws -> Void
  ) async throws {
    let host = try await Host.open(Lab.uri)
    let name = Lab.name("guest-")
    let result = await Result {
      try await host.perform(.defineGuest(.of(.guest, name, spec)), .guest, name)
      try await body(host, name)
    }
    await host.tidy([.destroyGuest, .undefineGuest(keepState: false)], .guest, name)
    await host.hypervisor.close()
    try result.get()
  }

  @Test("A definition lies over what is there and leaves the rest alone")
  func redefine() async throws {
    let nic = Value.record(
      Record([("type", "user"), ("mac", "52:54:00:12:34:56"), ("model", "virtio")]))
    try await withGuest(.smallGuest([("title", "one"), ("interfaces", [nic])])) { host, name in
      let first = try await host.guest(name)
      #expect(first.power == .stopped && first.persistent)
      #expect(first.ownership?.appliedSpec == #"{"a":"<&>"}"#)

      let change = Record([("description", "two"), ("cpus", ["count": 2, "max": 2])])
      let definition = Definition.of(
        .guest, name, change, cleared: ["title"], over: first.fingerprint)
      try await host.perform(.defineGuest(definition), .guest, name)
      let second = try await host.guest(name)
      #expect(second.uuid == first.uuid)
      #expect(second.spec.string("title") == nil)
      #expect(second.spec.string("description") == "two")
      #expect(second.spec.record("cpus")?.integer("max") == 2)
      #expect(second.spec.records("interfaces").first?.string("mac") == "52:54:00:12:34:56")
      #expect(second.spec.record("memory") == first.spec.record("memory"))
      #expect(second.fingerprint != first.fingerprint)

      let late = try await host.refusal(.defineGuest(definition), .guest, name)
      #expect(late.code == .changed)
      #expect(late.message.contains("plan again"))
      #expect(
        try await host.refusal(.defineGuest(.of(.guest, name, change)), .guest, name).code
          == .changed)
    }
  }

  @Test("Defining what was seen and is gone is refused as changed")
  func vanished() async throws {
    let host = try await Host.open(Lab.uri)
    let definition = Definition.of(
      .guest, "nobody", .smallGuest(), over: "0123456789abcdef-stopped")
    #expect(try await host.refusal(.defineGuest(definition), .guest, "nobody").code == .changed)
    await host.hypervisor.close()
  }

  @Test("A definition that libvirt refuses leaves the guest as it was")
  func refused() async throws {
    try await withGuest { host, name in
      let before = try await host.guest(name)
      let wrong = Definition.of(
        .guest, name, Record([("machine", "no-such-machine")]), over: before.fingerprint)
      #expect(try await host.refusal(.defineGuest(wrong), .guest, name).code != .changed)
      #expect(try await host.guest(name).fingerprint == before.fingerprint)
    }
  }

  @Test("A guest without an operating system does not shut down: it times out, or is powered off")
  func shutDownTimeout() async throws {
    try await withGuest { host, name in
      try await host.perform(.startGuest, .guest, name)
      let error = try await host.refusal(
        .shutDownGuest(deadlineSeconds: 1, destroyAfterwards: false), .guest, name)
      #expect(error.code == .timeout)
      #expect(error.message.contains("onShutdownTimeout"))
      #expect(try await host.guest(name).power == .running)
      try await host.perform(
        .shutDownGuest(deadlineSeconds: 1, destroyAfterwards: true), .guest, name)
      #expect(try await host.guest(name).power == .stopped)
    }
  }

  @Test("UEFI variables go with the guest or stay behind", arguments: [true, false])
  func nvram(keepState: Bool) async throws {
    let spec = Record.smallGuest([("firmware", ["type": "uefi"])])
    try await withGuest(spec) { host, name in
      try await host.perform(.startGuest, .guest, name)
      try await host.perform(.destroyGuest, .guest, name)
      try await host.perform(.undefineGuest(keepState: keepState), .guest, name)
      #expect(try await !host.observe().guests.contains { $0.name == name })
    }
  }

  @Test("A guest that is undefined while it runs is transient")
  func transient() async throws {
    try await withGuest { host, name in
      try await host.perform(.startGuest, .guest, name)
      try await host.perform(.undefineGuest(keepState: true), .guest, name)
      let guest = try await host.guest(name)
      #expect(!guest.persistent && guest.power == .running)
      // Gone once it is off, which is as good as stopped.
      try await host.perform(
        .shutDownGuest(deadlineSeconds: 1, destroyAfterwards: true), .guest, name)
      #expect(try await !host.observe().guests.contains { $0.name == name })
    }
  }

  @Test("Two hundred guests are defined side by side and observed with their fields")
  func many() async throws {
    let host = try await Host.open(Lab.uri)
    let stem = Lab.name("many-")
    let names = (0..<200).map { "\(stem)-\($0)" }
    let result = await Result {
      try await withThrowingTaskGroup(of: Void.self) { group in
        for name in names {
          group.addTask {
            try await host.perform(.defineGuest(.of(.guest, name, .smallGuest())), .guest, name)
          }
        }
        try await group.waitForAll()
      }
      let shape = Shape(of: .smallGuest())
      let shapes = Dictionary(uniqueKeysWithValues: names.map { ($0, shape) })
      let seen = try await host.observe([.guest: shapes]).guests.filter { $0.name.hasPrefix(stem) }
      #expect(seen.map(\.name) == names.sorted())
      #expect(seen.allSatisfy { $0.spec.record("cpus")?.integer("count") == 1 })
    }
    await withTaskGroup(of: Void.self) { group in
      for name in names {
        group.addTask { await host.tidy([.undefineGuest(keepState: false)], .guest, name) }
      }
    }
    await host.hypervisor.close()
    try result.get()
  }
}
