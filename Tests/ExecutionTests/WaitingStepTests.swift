import Execution
import Model
import Planning
import TestSupport
import Testing

@Suite("Steps that only wait", .timeLimit(.minutes(1))) struct WaitingStepTests {
  /// Waits for ten guests that never become ready by themselves, and a step that waits for none.
  private static let plan: Plan = {
    var plan = TestRun.plan(Dictionary(uniqueKeysWithValues: (0..<11).map { ("s\($0)", []) }))
    for index in 0..<10 {
      plan.steps[index].operation = .awaitGuest(
        Readiness(
          conditions: [.address], timeoutSeconds: 60, isBoot: true,
          settled: Ownership(stack: "test", source: "", digest: "", appliedSpec: "")))
    }
    return plan
  }()

  private static let calls = SimulatedCalls(faults: { operation, _, _ in
    operation.name == .awaitGuest ? .hang : nil
  })

  @Test("they take no place from others, and end at once when the run is stopped")
  func stopped() async throws {
    let control = RunControl()
    let events = Events()
    let host = SimulatedHost().connect(Self.calls)
    let run = Task {
      await Runner(
        hypervisors: ["kvm-a": host], parallelism: 1, control: control,
        report: { events.add($0) }
      ).run(Self.plan)
    }
    while host.hanging < 10 || events.finished.isEmpty { await Task.yield() }
    #expect(events.finished.count == 1)
    await control.stop()
    let result = await run.value
    #expect(result.outcomes.values.count { $0 == .done } == 1)
    let cancelled = result.outcomes.values.count { outcome in
      if case .failed(let error) = outcome { error.code == .cancelled } else { false }
    }
    #expect(cancelled == 10)
  }

  @Test("one that begins as the run is stopped ends at once, too")
  func stoppedBefore() async {
    let control = RunControl()
    let host = SimulatedHost().connect(Self.calls)
    let result = await Runner(
      hypervisors: ["kvm-a": host], parallelism: 1, control: control,
      report: { event in
        if case .started = event { await control.stop() }
      }
    ).run(Self.plan)
    #expect(result.outcomes.values.count { $0 == .stopped } == 10)
  }

  @Test("they tell how far they are")
  func progress() async {
    let host = SimulatedHost().connect(
      SimulatedCalls(replacements: [
        .awaitGuest: { _, _ throws(HypervisorError) in await StepProgress.current?.report("address")
        }
      ]))
    let told = Lock<[String]>([])
    let result = await Runner(hypervisors: ["kvm-a": host], parallelism: 1) { event in
      if case .progressed(let step, let text, _) = event {
        told.withLock { $0.append("\(step.id) \(text)") }
      }
    }.run(Self.plan)
    #expect(result.succeeded)
    #expect(told.withLock { $0 }.sorted() == (1...10).map { "\($0) address" }.sorted())
  }
}
