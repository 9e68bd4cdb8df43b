import Execution
import Model
import Planning
import Reporting
import TestSupport
import Testing

@Suite("Guests that are waited for") struct AwaitingTests {
  private static let notReady = HypervisorError(.notReady, call: "wait", message: "not within 2m")

  /// Calls of which those that wait for a guest meet a fault.
  private func waits(of guest: String, _ fault: Fault) -> SimulatedCalls {
    SimulatedCalls(faults: { operation, object, _ in
      operation.name == .awaitGuest && object.name == guest ? fault : nil
    })
  }

  private func scenario(_ name: String) async throws -> Scenario {
    try await Scenario(ScenarioFiles(name, in: scenarioFolder))
  }

  private func steps(_ plan: Plan, _ name: Planning.Operation.Name) -> [String] {
    plan.executable.filter { $0.operation?.name == name }.map(\.object.name)
  }

  @Test("what depends on one that does not become ready is not started, and everything else is")
  func failure() async throws {
    let scenario = try await scenario("ready-created")
    let plan = await scenario.plan()
    let result = await scenario.apply(plan, waits(of: "db", .fail(Self.notReady)))
    #expect(!result.succeeded)
    for step in plan.executable {
      let isHeldUp =
        ["web-1", "web-2", "lb"].contains(step.object.name)
        && [.startGuest, .awaitGuest].contains(step.operation?.name)
      switch result.outcomes[step.id] {
      case .failed(Self.notReady): #expect(step.object.name == "db")
      case .waitedInVain: #expect(isHeldUp, "\(step.object)")
      case .done: #expect(!isHeldUp, "\(step.object)")
      default: Issue.record("\(step.object) \(step.action)")
      }
    }
  }

  @Test(
    "a run after one that failed or died while it waited waits again, and starts the rest then",
    arguments: [0, 1, 2])
  func again(_ number: Int) async throws {
    let fault = [Fault.fail(Self.notReady), .dieBefore, .timeOut(isLate: false)][number]
    let scenario = try await scenario("ready-created")
    _ = await scenario.apply(await scenario.plan(), waits(of: "db", fault))
    let second = await scenario.plan()
    #expect(steps(second, .awaitGuest) == ["db", "web-1", "lb"])
    #expect(!steps(second, .startGuest).contains("db"))
    let wait = try #require(second.steps.first { $0.object.name == "db" })
    guard case .awaitGuest(let readiness)? = wait.operation else {
      Issue.record("\(wait)")
      return
    }
    #expect(!readiness.isBoot)
    #expect(readiness.conditions == [.address, .tcp(port: 5432)])
    #expect(await scenario.apply(second).succeeded)
    #expect(await scenario.plan().isEmpty)
  }

  @Test("one that is still not ready fails the next run, too")
  func stillNot() async throws {
    let scenario = try await scenario("ready-created")
    _ = await scenario.apply(await scenario.plan(), waits(of: "db", .fail(Self.notReady)))
    try scenario.hosts["kvm-a"]?.disturb("unready db")
    let plan = await scenario.plan()
    #expect(!(await scenario.apply(plan).succeeded))
    #expect(await scenario.plan() == plan)
  }

  @Test("a guest that is off is not waited for, and is again once it runs")
  func off() async throws {
    let scenario = try await scenario("ready-created")
    _ = await scenario.apply(await scenario.plan(), waits(of: "lb", .fail(Self.notReady)))
    try scenario.hosts["kvm-a"]?.disturb("stop lb")
    let plan = await scenario.plan()
    #expect(steps(plan, .startGuest) == ["lb"])
    #expect(steps(plan, .awaitGuest) == ["lb"])
    try scenario.hosts["kvm-a"]?.disturb("start lb")
    #expect(steps(await scenario.plan(), .awaitGuest) == ["lb"])
    #expect(steps(await scenario.plan(), .startGuest) == [])
  }

  @Test("a guest that restarts by itself, or by somebody else, is no reason to wait")
  func unchanged() async throws {
    let scenario = try await scenario("ready-nothing-to-do")
    try scenario.hosts["kvm-a"]?.disturb("stop db")
    try scenario.hosts["kvm-a"]?.disturb("start db")
    #expect(await scenario.plan().isEmpty)
  }

  @Test("a guest that has to be started again is waited for before those that depend on it start")
  func startedAgain() async throws {
    let scenario = try await scenario("ready-nothing-to-do")
    for guest in ["db", "web"] { try scenario.hosts["kvm-a"]?.disturb("stop \(guest)") }
    let plan = await scenario.plan()
    let wait = try #require(
      plan.steps.first { $0.object.name == "db" && $0.operation?.name == .awaitGuest })
    let start = try #require(
      plan.steps.first { $0.object.name == "web" && $0.operation?.name == .startGuest })
    #expect(start.waitsFor.contains(wait.id))
    // The word is on the host before the guest starts.
    let first = try #require(plan.steps.first { $0.object.name == "db" })
    guard case .recordGuest(let ownership, _)? = first.operation else {
      Issue.record("\(first)")
      return
    }
    #expect(ownership.readinessIsOwed == true)
    #expect(await scenario.apply(plan).succeeded)
    #expect(await scenario.plan().isEmpty)
  }

  @Test("that one is yet to be seen ready is no drift")
  func drift() async throws {
    let scenario = try await scenario("ready-created")
    _ = await scenario.apply(await scenario.plan(), waits(of: "lb", .fail(Self.notReady)))
    let plan = await scenario.plan()
    #expect(steps(plan, .awaitGuest) == ["lb"])
    #expect(DriftReport(plan).findings.isEmpty)
  }
}
