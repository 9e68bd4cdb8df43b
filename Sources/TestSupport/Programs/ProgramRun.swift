import Execution
import Model
import Planning
import Reporting

/// What a program found: an invariant that does not hold.
public struct Violation: Sendable, Hashable, CustomStringConvertible {
  /// The number of the invariant in docs/development.md.
  public var invariant: Int
  public var message: String
  /// The line of the program, from 1.
  public var line = 0

  public var description: String { "invariant \(invariant), line \(line): \(message)" }

  init(_ invariant: Int, _ message: String) {
    self.invariant = invariant
    self.message = message
  }
}

/// What the undisturbed runs of programs came to.
public struct ProgramReach: Sendable {
  /// Operations that were carried out.
  public var performed: Set<Operation.Name> = []
  /// Why steps were left out.
  public var blocked: Set<Blockage.Code> = []

  public init() {}

  /// Adds what other programs came to.
  public mutating func formUnion(_ other: ProgramReach) {
    performed.formUnion(other.performed)
    blocked.formUnion(other.blocked)
  }
}

/// A program at work on a simulated host.
public struct ProgramRun {
  private let host: SimulatedHost
  private var site: ManifestSite
  private var violations: [Violation] = []
  private var reach = ProgramReach()

  private init() async throws {
    host = try await SimulatedHost.withStrangers()
    site = try ManifestSite(stack: Program.stack)
  }

  /// Runs a program, and gives what did not hold and where it came. Throws when the program itself is wrong.
  public static func outcome(
    of program: Program
  ) async throws -> (violations: [Violation], reach: ProgramReach) {
    let run = try await run(program)
    return (run.violations, run.reach)
  }

  /// What did not hold.
  public static func violations(of program: Program) async throws -> [Violation] {
    try await outcome(of: program).violations
  }

  /// What the invariants say of a run that has nothing to do and does what a disturbance does.
  public static func violations(
    of harm: String, after program: Program
  ) async throws -> [Violation] {
    let run = try await run(program)
    let options = PlanOptions()
    let plan = await plan(run.site.desired, run.host, options)
    let before = run.host.belongings
    try run.host.disturbInProgram(harm)
    let invariants = Invariants(plan, options, before, run.host.belongings, run.site.desired)
    return invariants.violations + invariants.problems()
  }

  private static func run(_ program: Program) async throws -> ProgramRun {
    var run = try await ProgramRun()
    for (index, line) in program.lines.enumerated() {
      try await run.take(line)
      if run.violations.isEmpty { continue }
      for number in run.violations.indices { run.violations[number].line = index + 1 }
      break
    }
    return run
  }

  private mutating func take(_ line: String) async throws {
    let words = line.split(separator: " ", maxSplits: 3, omittingEmptySubsequences: true)
      .map(String.init)
    func word(_ index: Int) -> String { words.indices.contains(index) ? words[index] : "" }
    switch word(0) {
    // What would not be valid is left out.
    case "declare": _ = site.declare(word(1), word(2), word(3))
    case "undeclare": _ = site.undeclare(word(1), word(2))
    // What libvirt refuses does not happen.
    case "outside": try? host.disturbInProgram(String(line.dropFirst("outside ".count)))
    case "restart": host.restart()
    case "reboot": try host.reboot()
    case "plan":
      let options = PlanOptions()
      let before = host.snapshot
      let first = PlanJSON.document(await plan(options)).pretty
      if host.snapshot != before { violations.append(Violation(1, "a plan changes the host")) }
      if first != PlanJSON.document(await Self.plan(site.desired, host, options)).pretty {
        violations.append(Violation(1, "the same plan has other bytes"))
      }
    case "apply":
      let words = try Program.ApplyWords(
        line.split(separator: " ").dropFirst().map(String.init))
      if let fault = words.fault {
        await disturbedApply(words.options, fault.name, fault.call)
      } else {
        await apply(words.options)
      }
    default: throw ScenarioProblem("a program has no line '\(line)'")
    }
  }

  static func plan(
    _ desired: Desired, _ host: SimulatedHost, _ options: PlanOptions
  ) async -> Plan {
    let fleet = await Fleet.read(
      desired, hosts: desired.hosts, opener: SimulatedOpener([Program.uri: host]), parallelism: 1
    ) { Planner.request(desired, host: $0) }
    return Planner.plan(
      desired, readings: fleet.readings, secrets: secrets(desired), options: options)
  }

  /// The values of secrets: a variable's is its name, and one is not set.
  private static func secrets(_ desired: Desired) -> [ObjectID: SecretReading] {
    var found: [ObjectID: SecretReading] = [:]
    for object in desired.objects where object.id.kind == .secret {
      guard let name = object.spec.record("value")?.string("env") else { continue }
      found[object.id] =
        name == "UNSET"
        ? .failed("environment variable 'UNSET' is not set")
        : .value(SecretValue(Array(name.utf8)), salt: "program")
    }
    return found
  }

  static func run(_ plan: Plan, _ hypervisor: SimulatedHypervisor) async -> RunResult {
    // One step at a time: the numbers of the calls are the same in every run.
    await Runner(hypervisors: [Program.host: hypervisor], parallelism: 1) { _ in }.run(plan)
  }

  /// A plan, made twice.
  private mutating func plan(_ options: PlanOptions) async -> Plan {
    let first = await Self.plan(site.desired, host, options)
    let second = await Self.plan(site.desired, host, options)
    if first != second {
      violations.append(Violation(1, "the same input gives another plan"))
    }
    if let unread = first.unreadable.first {
      violations.append(Violation(10, "the host cannot be read: \(unread.reason)"))
    }
    for step in first.blocked where step.blocked?.remedy.isEmpty ?? true {
      violations.append(Violation(8, "\(step.told) is blocked without a way out"))
    }
    return first
  }

  /// An undisturbed run.
  private mutating func apply(_ options: PlanOptions, isSecond: Bool = false) async {
    let plan = await plan(options)
    let before = host.belongings
    let isRevealing = host.isRevealed(by: plan)
    let result = await Self.run(plan, host.connect())
    for step in plan.executable where result.outcomes[step.id] == .done {
      step.operation.map { _ = reach.performed.insert($0.name) }
    }
    for step in plan.blocked { step.blocked.map { _ = reach.blocked.insert($0.code) } }
    let invariants = Invariants(plan, options, before, host.belongings, site.desired)
    violations += invariants.violations + invariants.problems()
    if !isRevealing || isSecond { violations += Self.failures(plan, result, site.desired) }
    if isRevealing, !result.succeeded, !isSecond { return await apply(options, isSecond: true) }
    if !violations.isEmpty || !result.succeeded { return }
    let rest = await self.plan(options)
    if isRevealing, !isSecond { return await apply(options, isSecond: true) }
    let known = Set(plan.blocked.map(\.object))
    for step in rest.steps where step.blocked == nil || !known.contains(step.object) {
      if Self.isHidden(step, by: plan) { continue }
      violations.append(Violation(8, "left after a run: \(step.told)\(step.toldChanges)"))
    }
  }

  /// Whether it cannot be told any more what becomes of a volume, because the plan stopped its pool: an image that was
  /// kept for its user may have none.
  private static func isHidden(_ step: Step, by plan: Plan) -> Bool {
    guard step.blocked != nil, let pool = step.object.poolAndVolume?.pool else { return false }
    return plan.executable.contains { $0.operation == .stopPool && $0.object.name == pool }
  }

  /// A run in which a call goes wrong, and the next one, beside one in which nothing goes wrong.
  private mutating func disturbedApply(
    _ options: PlanOptions, _ fault: String, _ call: Int
  ) async {
    let plan = await plan(options)
    guard call <= plan.executable.count else { return }
    let before = host.belongings
    let undisturbed = host.copy()
    var isRevealing = host.isRevealed(by: plan)
    var calls = SimulatedCalls()
    let meets = Self.fault(fault)
    calls.faults = { _, _, number in number == call ? meets : nil }
    let result = await Self.run(plan, host.connect(calls))
    host.settle()
    let between = host.belongings
    violations += Invariants(plan, options, before, between, site.desired).violations
    violations += Self.vain(plan, result)
    let clean = await Self.run(plan, undisturbed.connect())
    if !violations.isEmpty || !clean.succeeded { return }
    // Not on the host itself: the program goes on from what the fault has left.
    let next = host.copy()
    let second = await Self.plan(site.desired, next, options)
    isRevealing = isRevealing || next.isRevealed(by: second)
    let repaired = await Self.run(second, next.connect())
    let after = next.belongings
    violations += Invariants(second, options, between, after, site.desired).violations
    violations += Invariants(plan, options, before, after, site.desired).problems()
    violations += Self.failures(second, repaired, site.desired).map {
      Violation(9, "after '\(fault) \(call)': \($0.message)")
    }
    if !violations.isEmpty { return }
    if isRevealing {
      for host in [undisturbed, next] {
        let plan = await Self.plan(site.desired, host, options)
        _ = await Self.run(plan, host.connect())
      }
    }
    let wanted = await Self.plan(site.desired, undisturbed, options).steps.map(\.told)
    let found = await Self.plan(site.desired, next, options).steps.map(\.told)
    if wanted != found {
      violations.append(
        Violation(9, "after '\(fault) \(call)' the next run leaves \(found), without it \(wanted)"))
    }
    let differing = next.settled.symmetricDifference(undisturbed.settled).sorted()
    if !differing.isEmpty {
      violations.append(Violation(9, "after '\(fault) \(call)' and the next run: \(differing)"))
    }
  }

  private static func fault(_ name: String) -> Fault {
    switch name {
    case "die-before": .dieBefore
    case "die-after": .dieAfter
    case "hang": .timeOut(isLate: false)
    case "hang-late": .timeOut(isLate: true)
    default: .fail(HypervisorError(.refused, call: "test", message: "no"))
    }
  }

  /// Steps that failed though nothing was done to them. A guest that does not listen may; so may one with a filter
  /// that nobody declares: whether it is there is not read.
  private static func failures(
    _ plan: Plan, _ result: RunResult, _ desired: Desired
  ) -> [Violation] {
    let filters = desired.objects.filter { $0.id.kind == .networkFilter && !$0.isExternal }
      .map(\.id.name)
    return plan.executable.compactMap { step in
      switch result.outcomes[step.id] {
      case .failed(let error), .inDoubt(let error):
        if error.code == .timeout { return nil }
        if error.message.contains("referenced filter"),
          !filters.contains(where: { error.message.contains("'\($0)'") })
        {
          return nil
        }
        return Violation(8, "\(step.told) fails: \(error.call): \(error.message)")
      default: return nil
      }
    }
  }

  /// A step is left out only because one that it waits for was not done.
  private static func vain(_ plan: Plan, _ result: RunResult) -> [Violation] {
    plan.executable.compactMap { step in
      guard case .waitedInVain = result.outcomes[step.id] else { return nil }
      let isRight = step.waitsFor.contains { id in
        result.outcomes[id].map { $0 != .done } ?? false
      }
      return isRight ? nil : Violation(11, "\(step.told) waited for nothing that failed")
    }
  }
}

extension Step {
  /// The step in short: `update guest/g1 [ceiling]`.
  fileprivate var told: String {
    "\(action.rawValue) \(object.reference)" + (blocked.map { " [\($0.code.rawValue)]" } ?? "")
  }

  fileprivate var toldChanges: String {
    changes.map {
      " \($0.path): \($0.from.map { "\($0)" } ?? "-") → \($0.to.map { "\($0)" } ?? "-")"
    }
    .joined()
  }
}

extension SimulatedHost {
  /// What is there, who owns it and whether it runs, without numbers that libvirt counts up.
  public var settled: Set<String> { Set(settledState.map { "\($0.key): \($0.value)" }) }

  /// Whether a plan starts what could not be seen before: the volumes of a pool, and what a saved guest ran with.
  fileprivate func isRevealed(by plan: Plan) -> Bool {
    let saved = savedGuests
    return plan.executable.contains {
      $0.operation == .startPool
        || $0.operation?.name == .startGuest && saved.contains($0.object.name)
    }
  }
}
