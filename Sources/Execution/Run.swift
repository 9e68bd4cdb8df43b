import Logging
import Model
import Planning

/// How a step of a run ended.
public enum Outcome: Sendable, Hashable {
  case done
  /// The hypervisor refused, or failed.
  case failed(HypervisorError)
  /// The connection broke or the deadline passed during the call: it may have happened.
  case inDoubt(HypervisorError)
  /// Not begun, because this step had not succeeded.
  case waitedInVain(for: Int)
  /// Not begun, because the run was stopped.
  case stopped
}

/// What happens in a run, as it happens.
public enum RunEvent: Sendable {
  case started(Step)
  /// How far a step is that takes its time, in words.
  case progressed(Step, String, seconds: Double)
  case finished(Step, Outcome, seconds: Double)
}

/// How a run ended.
public struct RunResult: Sendable {
  /// The outcome of every executable step, by its number.
  public var outcomes: [Int: Outcome]

  public init(outcomes: [Int: Outcome]) { self.outcomes = outcomes }

  /// Whether every step was done.
  public var succeeded: Bool { outcomes.values.allSatisfy { $0 == .done } }
}

/// Stops a run: steps in flight are finished, waits end at once, and no other is begun. Safe to call from a signal's
/// handler queue.
public actor RunControl {
  public private(set) var isStopping = false
  private var waits: [Int: @Sendable () -> Void] = [:]
  private var next = 0

  public init() {}

  /// Begins no further step.
  public func stop() {
    isStopping = true
    for cancel in waits.values { cancel() }
    waits = [:]
  }

  /// Runs what only waits, and cancels it when the run is stopped.
  func untilStopped<Value: Sendable>(
    _ body: @escaping @Sendable () async -> Value
  ) async -> Value {
    let task = Task { await body() }
    next += 1
    let number = next
    if isStopping { task.cancel() } else { waits[number] = { task.cancel() } }
    let value = await withTaskCancellationHandler {
      await task.value
    } onCancel: {
      task.cancel()
    }
    waits[number] = nil
    return value
  }
}

/// Stands beside a run: looks at an object before and after each step on it, and writes down what happens.
public protocol StepGuard: Sendable {
  /// Called before a step. When it throws, the step is not taken, and fails with that error.
  func begin(_ step: Step, on hypervisor: any Hypervisor) async throws(HypervisorError)
  /// Called after a step, also after one that `begin` refused.
  func end(_ step: Step, _ end: StepResult, on hypervisor: (any Hypervisor)?) async
}

/// What became of a step.
public struct StepResult: Sendable {
  public var outcome: Outcome
  /// The fingerprint of what the step left, where its operation gave one.
  public var left: Fingerprint?
  public var seconds = 0.0
}

/// Carries a plan out: steps side by side as far as their order allows.
public struct Runner: Sendable {
  /// Steps in flight on one host. The daemon takes five calls of a client at a time by default
  /// (`max_client_requests` of libvirtd.conf), and a step makes one call at a time. Steps that only wait do not count,
  /// neither here nor over all hosts.
  public static let stepsPerHost = 5

  private static let logger = Logger(label: "virtspec.run")

  private let hypervisors: [String: any Hypervisor]
  private let parallelism: Int
  private let control: RunControl
  private let stepGuard: (any StepGuard)?
  private let retries: Retries
  private let report: @Sendable (RunEvent) async -> Void

  /// - Parameters:
  ///   - hypervisors: one for each host of the plan's steps.
  ///   - parallelism: steps in flight over all hosts.
  ///   - stepGuard: checks and records each step.
  ///   - retries: tries again what was refused only for the moment.
  public init(
    hypervisors: [String: any Hypervisor], parallelism: Int, control: RunControl = RunControl(),
    stepGuard: (any StepGuard)? = nil, retries: Retries = Retries(),
    report: @escaping @Sendable (RunEvent) async -> Void
  ) {
    self.hypervisors = hypervisors
    self.parallelism = max(1, parallelism)
    self.control = control
    self.stepGuard = stepGuard
    self.retries = retries
    self.report = report
  }

  /// Carries out every executable step. A failed step stops what waits for it and nothing else.
  public func run(_ plan: Plan) async -> RunResult {
    for step in plan.executable {
      guard case .awaitGuest(let readiness)? = step.operation else { continue }
      hypervisors[step.object.host]?.expectWait(for: readiness, on: step.object)
    }
    var schedule = Schedule(plan)
    var inFlight: [String: Int] = [:]
    var running = 0
    await withTaskGroup(of: (Step, Outcome).self) { group in
      while true {
        while await !control.isStopping,
          let step = schedule.next(where: {
            $0.onlyWaits
              || running < parallelism && inFlight[$0.object.host, default: 0] < Self.stepsPerHost
          })
        {
          if !step.onlyWaits {
            running += 1
            inFlight[step.object.host, default: 0] += 1
          }
          await report(.started(step))
          group.addTask { (step, await self.carryOut(step)) }
        }
        guard let (step, outcome) = await group.next() else { break }
        if !step.onlyWaits {
          running -= 1
          inFlight[step.object.host, default: 0] -= 1
        }
        schedule.finish(step, outcome)
      }
    }
    return RunResult(outcomes: schedule.outcomes())
  }

  private func carryOut(_ step: Step) async -> Outcome {
    let clock = ContinuousClock()
    let begin = clock.now
    var result = await self.result(of: step)
    let seconds = (clock.now - begin).inSeconds
    result.seconds = seconds
    let outcome = result.outcome
    Self.logger.debug(
      "step ended",
      metadata: [
        "step": "\(step.id)", "object": "\(step.object)", "outcome": "\(outcome)",
        "seconds": "\(seconds)",
      ])
    await stepGuard?.end(step, result, on: hypervisors[step.object.host])
    await report(.finished(step, outcome, seconds: seconds))
    return outcome
  }

  private func result(of step: Step) async -> StepResult {
    guard let operation = step.operation else { return StepResult(outcome: .done) }
    guard let hypervisor = hypervisors[step.object.host] else {
      return StepResult(
        outcome: .failed(
          HypervisorError(
            .unreachable, call: "open",
            message: "there is no connection to host '\(step.object.host)'")))
    }
    do throws(HypervisorError) {
      try await stepGuard?.begin(step, on: hypervisor)
    } catch {
      // Nothing was done yet, whatever the reason.
      return StepResult(outcome: .failed(error))
    }
    do throws(HypervisorError) {
      if step.onlyWaits {
        try await control.untilStopped { await self.wait(operation, step, hypervisor) }.get()
        return StepResult(outcome: .done)
      }
      let left = try await retries.run(.changing, until: control) {
        _ async throws(HypervisorError) in
        try await hypervisor.perform(operation, on: step.object)
      }
      return StepResult(outcome: .done, left: left)
    } catch {
      switch error.code {
      case .unreachable, .timeout: return StepResult(outcome: .inDoubt(error))
      default: return StepResult(outcome: .failed(error))
      }
    }
  }

  private func wait(
    _ operation: Planning.Operation, _ step: Step, _ hypervisor: any Hypervisor
  ) async -> Result<Void, HypervisorError> {
    let clock = ContinuousClock()
    let begin = clock.now
    let report = self.report
    let progress = StepProgress { text in
      await report(.progressed(step, text, seconds: (clock.now - begin).inSeconds))
    }
    return await StepProgress.$current.withValue(progress) {
      await Self.perform(operation, step, hypervisor)
    }
  }

  private static func perform(
    _ operation: Planning.Operation, _ step: Step, _ hypervisor: any Hypervisor
  ) async -> Result<Void, HypervisorError> {
    do throws(HypervisorError) {
      try await hypervisor.perform(operation, on: step.object)
      return .success(())
    } catch {
      return .failure(error)
    }
  }
}

/// Where an operation that takes its time tells how far it is.
///
/// A class: a closure as a task's local value ends the optimised program of Swift 6.3 when it is set.
public final class StepProgress: Sendable {
  /// Nil where nobody wants to know.
  @TaskLocal public static var current: StepProgress?

  private let tell: @Sendable (String) async -> Void

  init(_ tell: @escaping @Sendable (String) async -> Void) { self.tell = tell }

  /// Takes a few words.
  public func report(_ text: String) async { await tell(text) }
}

extension Step {
  /// Whether it makes no call on its host that takes long: any number of such steps may be under way.
  fileprivate var onlyWaits: Bool {
    if case .awaitGuest? = operation { true } else { false }
  }
}

extension Duration {
  /// In seconds.
  fileprivate var inSeconds: Double {
    Double(components.seconds) + Double(components.attoseconds) / 1e18
  }
}

/// Which steps may begin, and what became of the others.
struct Schedule {
  private let steps: [Step]
  private var waiting: [Int: Int] = [:]
  private var followers: [Int: [Int]] = [:]
  private var ready: [Step] = []
  private var known: [Int: Outcome] = [:]
  private let byID: [Int: Step]

  init(_ plan: Plan) {
    steps = plan.executable
    byID = Dictionary(steps.map { ($0.id, $0) }) { first, _ in first }
    for step in steps {
      let open = step.waitsFor.filter { byID[$0] != nil }
      waiting[step.id] = open.count
      for id in open { followers[id, default: []].append(step.id) }
      if open.isEmpty { ready.append(step) }
    }
    ready.reverse()
  }

  /// The next step in the plan's order that may begin.
  mutating func next(where allowed: (Step) -> Bool) -> Step? {
    guard let index = ready.lastIndex(where: allowed) else { return nil }
    return ready.remove(at: index)
  }

  mutating func finish(_ step: Step, _ outcome: Outcome) {
    known[step.id] = outcome
    if outcome != .done {
      giveUp(after: step.id)
      return
    }
    for id in followers[step.id] ?? [] {
      waiting[id, default: 0] -= 1
      guard waiting[id] == 0, known[id] == nil, let next = byID[id] else { continue }
      // Steps become ready in the plan's order, so the run is as deterministic as the host is.
      let place = ready.firstIndex { $0.id < id } ?? ready.endIndex
      ready.insert(next, at: place)
    }
  }

  private mutating func giveUp(after id: Int) {
    var open = followers[id] ?? []
    while let next = open.popLast() {
      if known[next] != nil { continue }
      known[next] = .waitedInVain(for: id)
      open += followers[next] ?? []
    }
  }

  /// Steps that were never begun were stopped.
  func outcomes() -> [Int: Outcome] {
    Dictionary(steps.map { ($0.id, known[$0.id] ?? .stopped) }) { first, _ in first }
  }
}
