import Execution
import Glibc
import Libvirt
import Model
import Planning
import Testing

/// One booted guest, because booting takes most of the time: what changes while it runs.
@Suite("A running guest on a daemon", .enabled(if: Lab.hasGuest), .timeLimit(.minutes(5)))
struct LabLiveTests {
  private let name = Lab.name("live-")
  private let octet = Int.random(in: 0...255)
  private let mac = "52:54:00:aa:bb:01"
  private let folder = "/tmp/" + Lab.name("virtspec-live-")

  @Test("Live changes reach the guest, and it shuts down when asked")
  func liveChanges() async throws {
    let host = try await Host.open(Lab.uri)
    let result = await Result {
      try await prepare(host)
      host.hypervisor.expectWait(
        for: readiness, on: ObjectID(host: "lab", kind: .guest, name: name))
      try await host.perform(.startGuest, .guest, name)
      // A lease means that its drivers are loaded.
      #expect(
        try await eventually {
          try await host.hypervisor.addresses(ofGuest: name).contains {
            $0.mac == mac && $0.source == .lease && $0.address.hasPrefix("10.214.\(octet).")
          }
        })
      // A wait whose turn comes only now has missed nothing.
      try await host.perform(.awaitGuest(readiness), .guest, name)
      try await processorsAndMemory(host)
      try await devices(host)
      try await diskSize(host)
      try await host.perform(
        .setLiveDescription(title: "new title", description: nil), .guest, name)
      #expect(try await live(host).string("title") == "new title")
      #expect(try await live(host).string("description") == "old")
      try await host.perform(
        .shutDownGuest(deadlineSeconds: 60, destroyAfterwards: false), .guest, name)
      #expect(try await host.guest(name).power == .stopped)
      #expect(try await host.hypervisor.addresses(ofGuest: name).isEmpty)
    }
    await host.tidy([.destroyGuest, .undefineGuest(keepState: false)], .guest, name)
    await host.tidy([.stopNetwork, .undefineNetwork], .network, name)
    for disk in ["root.img", "data.img"] {
      await host.tidy([.removeVolume], .volume, "\(name)/\(disk)")
    }
    await host.tidy([.stopPool, .undefinePool], .pool, name)
    rmdir(folder)
    await host.hypervisor.close()
    try result.get()
  }

  private var readiness: Readiness {
    Readiness(
      conditions: [.address, .console(pattern: "^GUEST-IP 10\\.214\\.")], timeoutSeconds: 20,
      interfaces: [Readiness.Interface(mac: mac, network: name)], isBoot: true,
      settled: Ownership(stack: "tests", source: "", digest: "", appliedSpec: ""))
  }

  private func live(_ host: Host) async throws -> Record {
    try #require(try await host.guest(name).live)
  }

  private func prepare(_ host: Host) async throws {
    let pool = Record([("type", "dir"), ("path", .string(folder))])
    try await host.perform(.definePool(.of(.pool, name, pool)), .pool, name)
    try await host.perform(.buildPool, .pool, name)
    try await host.perform(.startPool, .pool, name)
    let volume = Record([("capacity", .integer(4 << 20)), ("format", "raw")])
    for disk in ["root.img", "data.img"] {
      try await host.perform(.createVolume(spec: volume), .volume, "\(name)/\(disk)")
    }
    let range: Value = [
      "start": .string("10.214.\(octet).100"), "end": .string("10.214.\(octet).150"),
    ]
    let address: Value = [
      "address": .string("10.214.\(octet).1/24"), "dhcp": ["ranges": [range]],
    ]
    let network = Record([("forward", ["mode": "isolated"]), ("addresses", [address])])
    try await host.perform(.defineNetwork(.of(.network, name, network)), .network, name)
    try await host.perform(.startNetwork, .network, name)
    try await host.perform(.defineGuest(.of(.guest, name, spec)), .guest, name)
  }

  private var spec: Record {
    .smallGuest([
      ("memory", ["size": .integer(256 << 20), "max": .integer(256 << 20)]),
      ("cpus", ["count": 1, "max": 2]), ("description", "old"),
      (
        "kernel",
        [
          "path": .string(Lab.kernel ?? ""), "initrd": .string(Lab.initrd ?? ""),
          "args": "console=ttyS0 quiet no_timer_check",
        ]
      ),
      ("disks", [.record(disk("vda", "root.img"))]), ("serials", [["type": "pty"]]),
      ("interfaces", [["network": .string(name), "mac": .string(mac), "model": "virtio"]]),
    ])
  }

  private func disk(_ target: String, _ file: String) -> Record {
    Record([
      ("name", .string(target)), ("device", "disk"), ("bus", "virtio"),
      ("file", .string("\(folder)/\(file)")), ("driver", "qemu"), ("format", "raw"),
    ])
  }

  private func processorsAndMemory(_ host: Host) async throws {
    try await host.perform(.setLiveVcpus(2), .guest, name)
    #expect(try await live(host).record("cpus")?.integer("count") == 2)
    #expect(try await host.guest(name).spec.record("cpus")?.integer("count") == 1)
    try await host.perform(.setLiveMemory(192 << 20), .guest, name)
    let memory = try await live(host).record("memory")?.integer("size") ?? 0
    #expect(abs(memory - 192 << 20) <= 1 << 20)
    let tooMuch = try await host.refusal(.setLiveMemory(512 << 20), .guest, name)
    #expect(tooMuch.code == .refused)
  }

  private func devices(_ host: Host) async throws {
    let key = Record([("name", "vdb")])
    let attach = Operation.attachDevice(list: "disks", item: disk("vdb", "data.img"))
    let detach = Operation.detachDevice(list: "disks", item: key, deadlineSeconds: 60)
    try await host.perform(attach, .guest, name)
    #expect(try await live(host).records("disks").map { $0.string("name") } == ["vda", "vdb"])
    #expect(try await host.guest(name).spec.records("disks").count == 1)
    try await host.perform(detach, .guest, name)
    #expect(try await live(host).records("disks").map { $0.string("name") } == ["vda"])
    let gone = try await host.refusal(detach, .guest, name)
    #expect(gone.code == .notFound)
    #expect(gone.message == "the running guest has no vdb among its disks")

    let link = Record([("mac", .string(mac)), ("linkState", "down")])
    try await host.perform(.updateDevice(list: "interfaces", item: link), .guest, name)
    let interface = try await live(host).records("interfaces").first
    #expect(interface?.string("linkState") == "down")
    #expect(interface?.string("network") == name)
  }

  private func diskSize(_ host: Host) async throws {
    func resize(_ bytes: Int64) -> Operation {
      .resizeGuestDisk(guest: name, disk: "vda", bytes: bytes)
    }
    let volume = "\(name)/root.img"
    try await host.perform(resize(8 << 20), .volume, volume)
    let refusal = try await host.refusal(resize(4 << 20), .volume, volume)
    #expect(refusal.code == .refused)
    #expect(refusal.message == "vda has 8MiB; shrinking it to 4MiB would lose data")
    let root = try await host.pool(name).volumes.first { $0.name == "root.img" }
    #expect(root?.spec.integer("capacity") == 8 << 20)
  }
}
