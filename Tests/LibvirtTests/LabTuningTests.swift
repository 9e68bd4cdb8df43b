import Execution
import Libvirt
import Model
import Planning
import Testing

/// Limits do not need a guest that boots.
@Suite("Limits of a guest on a daemon", .enabled(if: Lab.isThere), .timeLimit(.minutes(2)))
struct LabTuningTests {
  private let machine = LabMachine("tuned")
  private var name: String { machine.name }

  @Test("Limits, pins and iothreads of a running guest are what they were set to")
  func limits() async throws {
    let host = try await Host.open(Lab.uri)
    let result = await Result {
      try await machine.start(
        on: host, [("cpus", ["count": 2, "max": 2]), ("iothreads", 1)])
      try await disk(host)
      try await threads(host)
      try await groups(host)
    }
    await machine.tidy(host)
    try result.get()
  }

  private func tune(_ host: Host, _ tuning: LiveTuning) async throws {
    try await host.perform(.tuneGuest(tuning), .guest, name)
  }

  private func disk(_ host: Host) async throws {
    func limited() async throws -> Record {
      try await host.guest(name).live?.records("disks").first?.record("ioTune") ?? Record()
    }
    let first = Record([
      ("totalBytes", 1_048_576), ("totalBytesMax", 2_097_152), ("totalBytesMaxLength", 5),
      ("readIOPS", 100), ("group", "slow"),
    ])
    try await tune(host, .diskLimits(disk: "vda", limits: first))
    #expect(try await limited() == first)
    let second = Record([
      ("totalBytes", 0), ("totalBytesMax", 0), ("totalBytesMaxLength", 0), ("readBytes", 4096),
      ("readIOPS", 100),
    ])
    try await tune(host, .diskLimits(disk: "vda", limits: second))
    let limits = try await limited()
    #expect(limits.integer("readBytes") == 4096)
    #expect(limits.integer("readIOPS") == 100)
    #expect(limits["totalBytes"] == nil && limits["totalBytesMax"] == nil)
  }

  private func threads(_ host: Host) async throws {
    try await tune(host, .addIOThread(number: 3))
    try await tune(host, .pinIOThread(number: 3, cpuset: "0"))
    try await tune(host, .pinProcessor(number: 1, cpuset: "0"))
    try await tune(host, .pinEmulator(cpuset: "0"))
    let tuned = try #require(try await host.guest(name).live)
    #expect(tuned.integer("iothreads") == 2)
    let pins = try #require(tuned.record("cpuTune"))
    #expect(pins.records("iothreadPins") == [Record([("iothread", 3), ("cpuset", "0")])])
    #expect(pins.records("vcpuPins") == [Record([("vcpu", 1), ("cpuset", "0")])])
    #expect(pins.string("emulatorPin") == "0")
    try await tune(host, .removeIOThread(number: 3))
    #expect(try await host.guest(name).live?.integer("iothreads") == 1)
  }

  /// Where the host has no control groups libvirt says so, after it has looked at what it was given: a name or a type
  /// that it does not know would be another refusal.
  private func groups(_ host: Host) async throws {
    let facts = try await host.guest(name).facts
    let scheduler = Record([
      ("shares", 2048), ("period", 100_000), ("quota", 50_000), ("globalPeriod", 100_000),
      ("globalQuota", 90_000), ("emulatorPeriod", 100_000), ("emulatorQuota", 50_000),
      ("iothreadPeriod", 100_000), ("iothreadQuota", -1),
    ])
    let memory = Record([
      ("hardLimit", .integer(4 << 30)), ("softLimit", .integer(3 << 30)),
      ("swapHardLimit", .integer(5 << 30)),
    ])
    let device = Record([
      ("path", "/dev/loop0"), ("weight", 300), ("readBytes", 4096), ("writeBytes", 4096),
      ("readIOPS", 10), ("writeIOPS", 10),
    ])
    let calls: [LiveTuning] = [
      .scheduler(limits: scheduler), .memoryLimits(limits: memory),
      .blockIO(limits: Record([("weight", 300), ("devices", [.record(device)])])),
      .numaNodes(nodeset: "0"),
    ]
    for call in calls where !facts.hasControlGroups {
      let refusal = try await host.refusal(.tuneGuest(call), .guest, name)
      #expect(refusal.code == .refused)
      #expect(refusal.message.contains("cgroup"), "\(refusal.message)")
    }
    if facts.hasControlGroups { try await tune(host, calls[0]) }
  }
}
