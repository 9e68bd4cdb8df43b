import Execution
import Model
import Planning
import TestSupport
import Testing

/// Each reading of one object is several round trips to its host.
@Suite("What a run reads", .timeLimit(.minutes(1))) struct RunCostTests {
  private static let guests = 20

  private static func step(
    _ id: Int, _ guest: Int, _ operation: Operation, after: [Int] = []
  ) -> Step {
    var step = Step(
      object: ObjectID(host: "h", kind: .guest, name: "g\(guest)"), action: .update,
      operation: operation, reason: .differs)
    step.id = id
    step.waitsFor = after
    return step
  }

  private static func definition(_ guest: Int) -> Operation {
    .defineGuest(
      Definition(
        uuid: Digest.uuid(stack: "s", kind: .guest, name: "g\(guest)"),
        spec: ["memory": ["max": 134_217_728]], ownership: nil, expected: nil))
  }

  private func run(_ steps: [Step]) async -> SimulatedHypervisor {
    let connection = SimulatedHost().connect()
    let control = RunControl()
    let plan = Plan(stack: "s", hosts: [], steps: steps, unreadable: [], compared: 0)
    let runner = Runner(
      hypervisors: ["h": connection], parallelism: 5, control: control,
      stepGuard: RunRecorder(stack: "s", seen: [], journal: nil, control: control)
    ) { _ in }
    let result = await runner.run(plan)
    #expect(result.succeeded, "\(result.outcomes)")
    return connection
  }

  @Test("a guest that is made is one call, and is not read again")
  func made() async {
    let connection = await run((1...Self.guests).map { Self.step($0, $0, Self.definition($0)) })
    #expect(connection.performed.count == Self.guests)
    #expect(connection.read.isEmpty)
  }

  @Test("of what the run has touched only the definition is read, before and after a step")
  func later() async {
    let connection = await run([
      Self.step(1, 1, Self.definition(1)),
      Self.step(2, 1, .setGuestAutostart(true), after: [1]),
    ])
    #expect(connection.read == ["fingerprint guest/g1", "fingerprint guest/g1"])
  }
}
