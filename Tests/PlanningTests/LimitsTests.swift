import Model
import Planning
import TestSupport
import Testing

@Suite("Limits of a running guest") struct LimitsTests {
  /// The calls that a scenario's plan makes on what runs.
  private func calls(_ name: String) async throws -> [LiveTuning] {
    let plan = await (try Scenario(ScenarioFiles(name, in: scenarioFolder))).plan()
    return plan.steps.compactMap {
      if case .tuneGuest(let tuning)? = $0.operation { tuning } else { nil }
    }
  }

  @Test("a disk's limits are told together, and those that are replaced or gone as zero")
  func disks() async throws {
    let calls = try await calls("limits-change-while-it-runs")
    let limits = calls.compactMap { call -> (String, Record)? in
      if case .diskLimits(let disk, let limits) = call { (disk, limits) } else { nil }
    }
    #expect(limits.map(\.0) == ["vda", "vdb", "vdc"])
    #expect(
      limits.first?.1 == [
        "totalBytes": 0, "totalBytesMax": 0, "totalBytesMaxLength": 0, "readBytes": 20_971_520,
        "readIOPS": 500, "writeIOPS": 250,
      ])
    #expect(limits.dropFirst().first?.1 == ["readBytes": 0, "writeIOPS": 0])
  }

  @Test("threads come before what is pinned to them, and go last")
  func threads() async throws {
    #expect(try await calls("limits-change-while-it-runs").last == .removeIOThread(number: 2))
    #expect(try await calls("limits-without-control-groups") == [.addIOThread(number: 2)])
  }

  @Test("limits that were taken back stay away from the definition, and from what starts")
  func definition() async throws {
    let files = ScenarioFiles("limits-change-while-it-runs", in: scenarioFolder)
    let scenario = try await Scenario(files)
    #expect((await scenario.apply(await scenario.plan())).succeeded)
    let host = try #require(scenario.hosts["kvm-a"])
    let live = try XMLTree(parsing: try #require(host.liveXML(ofGuest: "web-1")))
    let disks = live.child("devices")?.all("disk") ?? []
    #expect(disks.map { $0.text("iotune/total_bytes_sec") } == [nil, nil, "10485760"])
    #expect(disks.map { $0.text("iotune/read_bytes_sec") } == ["20971520", nil, nil])
    #expect((await scenario.plan()).isEmpty)
  }
}
