import Execution
import Model
import Planning
import TestSupport
import Testing

/// A run of steps with names on simulated hosts. A step writes the ledger of the stack of its name, so that it can be
/// told afterwards what happened.
final class TestRun: Sendable {
  let control = RunControl()
  let events = Events()
  private let plan: Plan
  private let hosts: [String: SimulatedHost]
  private let hypervisors: [String: SimulatedHypervisor]
  private let task: Task<RunResult, Never>

  /// - Parameters:
  ///   - steps: what each waits for; `HOST:NAME` or, on kvm-a, `NAME`.
  ///   - hanging: hosts on which calls hang until they are released.
  init(
    steps: [String: [String]], hanging: Set<String> = [], parallelism: Int,
    faults: [String: Fault] = [:]
  ) {
    plan = Self.plan(steps)
    let hosts = Dictionary(
      plan.steps.map { ($0.object.host, SimulatedHost()) }, uniquingKeysWith: { first, _ in first })
    self.hosts = hosts
    let hypervisors = Dictionary(
      uniqueKeysWithValues: hosts.map { name, host in
        let isHanging = hanging.contains(name)
        let calls = SimulatedCalls(faults: { _, object, _ in
          faults[object.name] ?? (isHanging ? .hang : nil)
        })
        return (name, host.connect(calls))
      })
    self.hypervisors = hypervisors
    let runner = Runner(
      hypervisors: hypervisors, parallelism: parallelism, control: control,
      report: { [events] in events.add($0) })
    task = Task { [plan] in await runner.run(plan) }
  }

  /// The steps in the order of their names, numbered from 1.
  static func plan(_ steps: [String: [String]]) -> Plan {
    let names = steps.keys.map { key -> (host: String, name: String, waits: [String]) in
      let parts = key.split(separator: ":").map(String.init)
      return (parts.count > 1 ? parts[0] : "kvm-a", parts.last ?? "", steps[key] ?? [])
    }.sorted { $0.name < $1.name }
    let numbers = Dictionary(
      uniqueKeysWithValues: names.enumerated().map { ($1.name, $0 + 1) })
    let made = names.map { host, name, waits in
      let owner = Ownership(stack: name, source: "", digest: "", appliedSpec: "")
      let ledger = Ledger(
        stack: name, entries: [Ledger.Entry(kind: .pool, name: name, ownership: owner)])
      var step = Step(
        object: ObjectID(host: host, kind: .host, name: name), action: .record,
        operation: .writeLedger(ledger), reason: .ownership)
      step.id = numbers[name] ?? 0
      step.waitsFor = waits.compactMap { numbers[$0] }
      return step
    }
    return Plan(stack: "test", hosts: [], steps: made, unreadable: [], compared: 0)
  }

  /// The number of a step.
  subscript(name: String) -> Int { plan.steps.first { $0.object.name == name }?.id ?? 0 }

  /// Calls that hang on a host.
  func hanging(_ host: String) -> Int { hypervisors[host]?.hanging ?? 0 }

  /// The steps whose effect is there.
  var ledgers: Set<String> {
    Set(hosts.values.flatMap { $0.snapshot.keys }.map { String($0.dropFirst("ledger/".count)) })
  }

  func release() { for hypervisor in hypervisors.values { hypervisor.release() } }

  func finish() async -> RunResult { await task.value }

  /// Waits until the condition holds; the suite's time limit is the deadline.
  func until(_ condition: (TestRun) -> Bool) async throws {
    while !condition(self) {
      try Task.checkCancellation()
      await Task.yield()
    }
  }
}

/// The names of the steps that began and ended, in order.
final class Events: Sendable {
  private struct State {
    var started: [String] = []
    var finished: [String] = []
    var most = 0
  }

  private let state = Lock(State())

  var started: [String] { state.withLock { $0.started } }
  var finished: [String] { state.withLock { $0.finished } }
  /// The greatest number of steps that were under way at one time.
  var mostAtOnce: Int { state.withLock { $0.most } }

  func add(_ event: RunEvent) {
    state.withLock { state in
      switch event {
      case .started(let step): state.started.append(step.object.name)
      case .progressed: break
      case .finished(let step, _, _): state.finished.append(step.object.name)
      }
      state.most = max(state.most, state.started.count - state.finished.count)
    }
  }
}
