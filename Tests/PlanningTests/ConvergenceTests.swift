import Execution
import Glibc
import Model
import Planning
import TestSupport
import Testing

/// Promise 7: whatever becomes of any call, the next run converges.
@Suite("Convergence") struct ConvergenceTests {
  enum Mishap: String, CaseIterable, Sendable {
    case diesBefore, diesMidway, diesAfter, isRefused, hangs, hangsAndHappensLate

    var fault: Fault {
      switch self {
      case .diesBefore: .dieBefore
      case .diesMidway: .dieMidway
      case .diesAfter: .dieAfter
      case .isRefused: .fail(HypervisorError(.refused, call: "test", message: "no"))
      case .hangs: .timeOut(isLate: false)
      case .hangsAndHappensLate: .timeOut(isLate: true)
      }
    }
  }

  /// All scenarios, or one in so many where everything takes ten times as long.
  private static let names: [String] = {
    let share = getenv("VIRTSPEC_CONVERGENCE_SHARE").flatMap { Int(String(cString: $0)) } ?? 1
    return ScenarioTests.names.enumerated().filter { $0.offset % max(1, share) == 0 }.map(\.element)
  }()

  @Test(
    "whichever call dies, is refused or hangs, the next run ends where an undisturbed one does",
    arguments: names)
  func disturbed(_ name: String) async throws {
    let start = try await Scenario(ScenarioFiles(name, in: scenarioFolder))
    let plan = await start.plan()
    let undisturbed = start.copy()
    _ = await undisturbed.apply(plan)
    let wanted = Remains(await undisturbed.plan())
    let settled = undisturbed.hosts.mapValues(\.settled)
    let problems = undisturbed.hosts.mapValues(\.problems)
    for (mishap, call) in Mishap.allCases.flatMap({ mishap in calls(plan).map { (mishap, $0) } }) {
      let scenario = start.copy()
      let disturbed = await scenario.apply(
        plan, SimulatedCalls(faults: { _, _, number in number == call ? mishap.fault : nil }))
      #expect(!disturbed.succeeded)
      for host in scenario.hosts.values { host.settle() }
      let next = await scenario.plan()
      let result = await scenario.apply(next)
      let when = "\(mishap) at call \(call)"
      #expect(result.succeeded, "\(when): \(result.outcomes)")
      let rest = await scenario.plan()
      #expect(Remains(rest) == wanted, "\(when)")
      for (host, found) in scenario.hosts {
        #expect(found.settled == settled[host], "\(when)")
        #expect(found.problems == problems[host], "\(when)")
      }
    }
  }

  @Test("a refused call stops nothing that does not wait for it", arguments: names)
  func refused(_ name: String) async throws {
    let start = try await Scenario(ScenarioFiles(name, in: scenarioFolder))
    let plan = await start.plan()
    for call in calls(plan) {
      let scenario = start.copy()
      let refusal = HypervisorError(.refused, call: "test", message: "no")
      let result = await scenario.apply(
        plan, SimulatedCalls(faults: { _, _, number in number == call ? .fail(refusal) : nil }))
      for step in plan.executable {
        guard case .waitedInVain(let other) = result.outcomes[step.id] else { continue }
        #expect(
          step.waitsFor.contains { result.outcomes[$0] != .done && result.outcomes[$0] != nil })
        #expect(result.outcomes[other] == .failed(refusal))
      }
      #expect(result.outcomes.values.contains(.failed(refusal)))
    }
  }

  /// The numbers of the calls on the host that has most.
  private func calls(_ plan: Plan) -> [Int] {
    let counts = Dictionary(grouping: plan.executable, by: \.object.host).mapValues(\.count)
    return Array(1..<(counts.values.max() ?? 0) + 1)
  }
}

/// What a plan has left to do, without the particulars of the run that came before it.
private struct Remains: Equatable {
  let steps: [String]

  init(_ plan: Plan) {
    steps = plan.steps.map {
      "\($0.object) \($0.action.rawValue) \($0.blocked?.code.rawValue ?? "open")"
    }
  }
}
