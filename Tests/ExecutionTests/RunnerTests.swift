import Execution
import Model
import Planning
import TestSupport
import Testing

@Suite("Runner", .timeLimit(.minutes(1))) struct RunnerTests {
  @Test("steps run after those that they wait for, in the plan's order where they wait for none")
  func order() async {
    let run = TestRun(
      steps: ["a": [], "b": ["a"], "c": ["b"], "d": [], "e": ["c", "d"]], parallelism: 1)
    let result = await run.finish()
    #expect(result.succeeded)
    #expect(run.events.finished == ["a", "b", "c", "d", "e"])
    #expect(run.events.started == run.events.finished)
  }

  @Test("two hosts work side by side")
  func sideBySide() async throws {
    let run = TestRun(
      steps: ["kvm-a:a": [], "kvm-b:b": []], hanging: ["kvm-a", "kvm-b"], parallelism: 2)
    try await run.until { $0.hanging("kvm-a") == 1 && $0.hanging("kvm-b") == 1 }
    run.release()
    #expect(await run.finish().succeeded)
  }

  @Test("no host has more steps in flight than its daemon takes calls")
  func perHost() async throws {
    let steps = (1...8).map { ("kvm-a:\($0)", [String]()) }
    let run = TestRun(
      steps: Dictionary(uniqueKeysWithValues: steps), hanging: ["kvm-a"], parallelism: 100)
    try await run.until { $0.hanging("kvm-a") == Runner.stepsPerHost }
    run.release()
    #expect(await run.finish().outcomes.values.count { $0 == .done } == 8)
    #expect(run.events.mostAtOnce == Runner.stepsPerHost)
  }

  @Test("no more steps are in flight over all hosts than allowed")
  func parallelism() async throws {
    let run = TestRun(
      steps: ["kvm-a:a": [], "kvm-b:b": [], "kvm-c:c": []],
      hanging: ["kvm-a", "kvm-b", "kvm-c"], parallelism: 2)
    try await run.until { $0.hanging("kvm-a") + $0.hanging("kvm-b") == 2 }
    run.release()
    #expect(await run.finish().succeeded)
    #expect(run.events.mostAtOnce == 2)
  }

  @Test("a step that fails stops what waits for it, and nothing else")
  func failure() async {
    let refusal = HypervisorError(.refused, call: "virDomainCreate", message: "no")
    let run = TestRun(
      steps: ["a": [], "b": ["a"], "c": ["b"], "d": [], "e": ["d"]], parallelism: 5,
      faults: ["a": .fail(refusal)])
    let result = await run.finish()
    #expect(result.outcomes[run["a"]] == .failed(refusal))
    #expect(result.outcomes[run["b"]] == .waitedInVain(for: run["a"]))
    #expect(result.outcomes[run["c"]] == .waitedInVain(for: run["a"]))
    #expect(result.outcomes[run["e"]] == .done)
    #expect(!result.succeeded)
    #expect(Set(run.events.started) == ["a", "d", "e"])
  }

  @Test(
    "a call that may have happened is in doubt",
    arguments: [HypervisorError.Code.timeout, .unreachable])
  func doubt(_ code: HypervisorError.Code) async {
    let error = HypervisorError(code, call: "virDomainCreate", message: "no answer")
    let run = TestRun(steps: ["a": [], "b": ["a"]], parallelism: 1, faults: ["a": .fail(error)])
    let result = await run.finish()
    #expect(result.outcomes[run["a"]] == .inDoubt(error))
    #expect(result.outcomes[run["b"]] == .waitedInVain(for: run["a"]))
  }

  @Test("a connection that breaks during a call leaves it in doubt, though it happened")
  func deadConnection() async throws {
    let run = TestRun(steps: ["a": [], "b": []], parallelism: 1, faults: ["a": .dieAfter])
    let result = await run.finish()
    for step in ["a", "b"] {
      guard case .inDoubt(let error) = result.outcomes[run[step]] else {
        Issue.record("\(step) is not in doubt")
        continue
      }
      #expect(error.code == .unreachable)
    }
    #expect(run.ledgers == ["a"])
  }

  @Test("a run that is stopped finishes what is in flight, and begins nothing else")
  func stopped() async throws {
    let run = TestRun(
      steps: ["kvm-a:a": [], "kvm-a:b": ["a"], "kvm-b:c": ["a"]], hanging: ["kvm-a"],
      parallelism: 5)
    try await run.until { $0.hanging("kvm-a") == 1 }
    await run.control.stop()
    run.release()
    let result = await run.finish()
    #expect(result.outcomes[run["a"]] == .done)
    #expect(result.outcomes[run["b"]] == .stopped)
    #expect(result.outcomes[run["c"]] == .stopped)
    #expect(!result.succeeded)
    #expect(run.events.started == ["a"])
  }

  @Test("a run that is stopped between two begins does not begin the second")
  func stoppedAtOnce() async {
    let control = RunControl()
    let plan = TestRun.plan(["a": [], "b": [], "c": []])
    let host = SimulatedHost().connect()
    let result = await Runner(
      hypervisors: ["kvm-a": host], parallelism: 3, control: control,
      report: { event in
        if case .started = event { await control.stop() }
      }
    ).run(plan)
    #expect(result.outcomes.values.count { $0 == .done } == 1)
    #expect(host.performed.count == 1)
  }

  @Test("a host that hangs holds up nobody else")
  func hang() async throws {
    let run = TestRun(
      steps: ["kvm-a:a": [], "kvm-b:b": [], "kvm-b:c": ["b"], "kvm-b:d": ["c"]],
      hanging: ["kvm-a"], parallelism: 2)
    try await run.until { $0.events.finished == ["b", "c", "d"] }
    #expect(run.hanging("kvm-a") == 1)
    run.release()
    #expect(await run.finish().succeeded)
  }

  @Test("steps that are blocked or only said are not carried out, and hold nobody up")
  func blocked() async {
    var plan = TestRun.plan(["a": [], "b": ["a"], "c": ["b"]])
    plan.steps[0].blocked = Blockage(.ceiling, "it costs 'restart'", remedy: "allow it")
    plan.steps[1].operation = nil
    let host = SimulatedHost().connect()
    let result = await Runner(hypervisors: ["kvm-a": host], parallelism: 1) { _ in }.run(plan)
    #expect(result.outcomes == [3: .done])
    #expect(host.performed == ["writeLedger host/c"])
  }

  @Test("a step on a host without a connection fails")
  func noConnection() async {
    let plan = TestRun.plan(["a": []])
    let result = await Runner(hypervisors: [:], parallelism: 1) { _ in }.run(plan)
    guard case .failed(let error) = result.outcomes[1] else {
      Issue.record("it did not fail: \(result.outcomes)")
      return
    }
    #expect(error.code == .unreachable)
  }
}
