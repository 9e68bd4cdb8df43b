import Execution
import Foundation
import LibvirtXML
import Model
import Planning
import TestSupport
import Testing

@Suite("every scenario's run keeps to what it saw, and can be rolled back")
struct ScenarioRollbackTests {
  private static let root = repository + "Tests/Scenarios"

  @Test(
    "each step finds what the plan saw or the run left; afterwards the definitions are as they were",
    arguments: ScenarioFiles.names(in: root))
  func rolledBack(_ name: String) async throws {
    let scenario = try await Scenario(ScenarioFiles(name, in: Self.root))
    let saved = await scenario.savedPlan()
    if saved.plan.executable.isEmpty { return }
    let before = definitions(scenario)
    let folder = try TemporaryFolder()
    let store = JournalStore(state: folder.path)
    let journal = try store.begin(header(saved.plan))
    let result = await scenario.apply(
      saved.plan(with: scenario.secrets),
      stepGuard: RunRecorder(
        stack: saved.plan.stack, seen: saved.seen, journal: journal, control: RunControl()))
    #expect(result.succeeded, "\(result.outcomes)")

    let past = try store.run(journal.id).past(
      text: { try store.text($0, of: journal.id) },
      spec: { try KeptDefinition.spec($0.kind, $1) })
    let rollback = try await plan(past, scenario)
    let back = await scenario.apply(rollback.plan)
    #expect(back.succeeded, "\(back.outcomes)")
    let blocked = Set(rollback.plan.blocked.map { "\($0.object.host): \($0.object.reference)" })
    let after = definitions(scenario)
    for key in Set(before.keys).union(after.keys) where !blocked.contains(key) {
      let isSame = before[key] == after[key]
      #expect(isSame, "\(key): \(before[key] ?? "nothing") became \(after[key] ?? "nothing")")
    }
    #expect(try await plan(past, scenario).plan.executable.isEmpty)
  }

  private func header(_ plan: Plan) -> RunHeader {
    RunHeader(
      command: "apply", stack: plan.stack, hosts: plan.hosts, steps: plan.executable.count,
      holder: "", virtspec: "0.1.0")
  }

  private func plan(_ past: PastRun, _ scenario: Scenario) async throws -> Rollback {
    var readings: [String: HostReading] = [:]
    for (name, host) in scenario.hosts {
      let request = ObservationRequest(stack: past.stack, everything: true)
      readings[name] = .read(try await host.connect().observe(request))
    }
    return RollbackPlanner.plan(past, readings: readings, options: RollbackOptions(prune: true))
  }

  /// The persistent definitions of guests, networks and pools: of what runs as well only the first document counts.
  private func definitions(_ scenario: Scenario) -> [String: String] {
    var result: [String: String] = [:]
    for (name, host) in scenario.hosts {
      for (reference, text) in host.snapshot {
        guard let kind = reference.split(separator: "/").first,
          let end = ["guest": "</domain>", "network": "</network>", "pool": "</pool>"][kind]
        else { continue }
        let document = text.split(separator: "\n", maxSplits: 1).last ?? ""
        result["\(name): \(reference)"] = document.components(separatedBy: end)[0]
      }
    }
    return result
  }
}
