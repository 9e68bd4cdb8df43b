import ArgumentParser
import Execution
import Glibc
import Model
import Planning
import Reporting

/// A plan, the connections that it is carried out over, and the way to it from what the hosts have.
protocol RunSession: Sendable {
  var hosts: [DesiredHost] { get }
  var fleet: Fleet { get }
  var plan: Plan { get }
  /// What a saved plan saw; nil where the plan was made just now.
  var seen: [Sighting]? { get }
  /// Whether nothing may be left to do when all steps were taken.
  var isVerified: Bool { get }
  /// Reads the hosts again.
  func readAgain() async -> [String: HostReading]
  /// The plan for what was read.
  func plan(_ readings: [String: HostReading]) -> Plan
  /// What hosts are required to be and are not: nothing is done on them.
  var unmet: [UnmetRequirement] { get }
  /// What there is of the objects that the plan is about.
  func sightings(_ readings: [String: HostReading]) -> [Sighting]
}

/// Carries a plan out in front of a person or a script.
struct Application {
  let session: any RunSession
  let yes: Bool
  let parallelism: Int
  let color: ColorChoice
  let question: String
  /// The objects whose data may be lost.
  var consented: [String] = []
  /// Whether secrets go only by name, with their values.
  var guardsSecrets = false
  /// How many objects may go; nil where removal is what was asked for.
  var pruneLimit: Int?
  /// How long to wait for other runs on the same hosts.
  var lockTimeout: Duration = .zero
  /// What the journal calls it.
  let command: String
  /// Where the journal is written; nil for none.
  let journals: JournalStore?
  /// The run that is rolled back.
  var rolledBack: String?

  /// Exit status 1 on an error, 3 when blocked steps remain.
  func run() async throws {
    // A reader that goes away, as of `apply | head`, ends no run half way.
    signal(SIGPIPE, SIG_IGN)
    do {
      try await carryOut()
    } catch {
      await session.fleet.close()
      throw error
    }
    await session.fleet.close()
  }

  /// How often a plan is made anew because the hosts changed before the locks were taken.
  private static let attempts = 5

  private func carryOut() async throws {
    var plan = session.plan
    show(plan)
    try checkSeen(session.fleet.readings)
    var attempt = 1
    while !plan.executable.isEmpty {
      try confirmDataLoss(plan)
      sayLostValues(plan)
      let isTyped = try confirmPrune(plan)
      if !isTyped { try confirm() }
      guard let current = try await runLocked(plan) else { break }
      // Consent was for another plan, unless it was given to whatever comes.
      guard yes, session.seen == nil, attempt < Self.attempts else {
        Console.current.note(
          "error: the hosts changed since the plan was made; nothing was done, run again\n")
        throw ExitCode(1)
      }
      attempt += 1
      plan = current
      Console.current.note("The hosts changed since the plan was made; it is now:\n")
      show(plan)
    }
    if !plan.unreadable.isEmpty || !session.unmet.isEmpty { throw ExitCode(1) }
    if plan.blocked.contains(where: { $0.blocked?.code != .waiting }) { throw ExitCode(3) }
  }

  private func show(_ plan: Plan) {
    let console = Console.current
    console.write(PlanText.render(plan, color: color.isOn(terminal: console.outputIsTerminal)))
  }

  /// Every object whose data goes is named, on the command line or at the terminal.
  private func confirmDataLoss(_ plan: Plan) throws {
    let unnamed = DataLossGuard(plan, secretsAsWell: guardsSecrets).unnamed(consented)
    if unnamed.isEmpty { return }
    let console = Console.current
    guard console.inputIsTerminal, !yes else {
      let options = unnamed.map { "--yes=" + $0 }.joined(separator: " ")
      console.note(
        "error: \(DataLossGuard.sentence(unnamed)); if that is meant, run again with \(options)\n")
      throw ExitCode(1)
    }
    for name in unnamed {
      let answer = console.ask(
        "What is in '\(name)' will be lost. To go on, type its name: ")
      if answer == name { continue }
      console.note("Nothing was changed.\n")
      throw ExitCode(1)
    }
  }

  /// Where everything is to go nobody names each secret; what that means is said.
  private func sayLostValues(_ plan: Plan) {
    let names = DataLossGuard.secrets(plan)
    if names.isEmpty || guardsSecrets { return }
    Console.current.note(
      "The values of these secrets go with them: \(names.joined(separator: ", ")).\n")
  }

  /// Whether the stack's name was typed, which is consent to all of the plan.
  private func confirmPrune(_ plan: Plan) throws -> Bool {
    guard let pruneLimit else { return false }
    let prune = PruneGuard(plan, session.fleet.readings)
    if !prune.isLarge || prune.removed <= pruneLimit { return false }
    let console = Console.current
    guard console.inputIsTerminal, !yes else {
      console.note(
        "error: \(prune.sentence); if that is meant, run again with --prune=\(prune.removed)\n")
      throw ExitCode(1)
    }
    let answer = console.ask(
      "\(prune.sentence.prefix(1).uppercased())\(prune.sentence.dropFirst()). "
        + "To go on, type the stack's name: ")
    if answer == plan.stack { return true }
    console.note("Nothing was changed.\n")
    throw ExitCode(1)
  }

  private func confirm() throws {
    if yes { return }
    let console = Console.current
    guard console.inputIsTerminal else {
      console.note("error: nobody can be asked here; read the plan and run again with --yes\n")
      throw ExitCode(1)
    }
    let answer = console.ask("\(question) Only 'yes' is taken as consent: ")
    if answer == "yes" { return }
    console.note("Nothing was changed.\n")
    throw ExitCode(1)
  }

  /// Carries the plan out under the locks of the hosts that it changes, and checks what came of it. Gives the
  /// plan as it would be now when it no longer holds; then nothing was done.
  private func runLocked(_ plan: Plan) async throws -> Plan? {
    let locks: HostLocks
    do throws(HostLocks.Refusal) {
      locks = try await HostLocks.acquire(
        LockHolder.lock(stack: plan.stack), hosts: Array(Set(plan.executable.map(\.object.host))),
        hypervisors: session.fleet.hypervisors, timeout: lockTimeout, isDead: LockHolder.isDead)
    } catch {
      Console.current.note(Self.describe(error))
      throw ExitCode(1)
    }
    // What another run did since the plan was made is seen now that nobody else can change it any more.
    let readings = await session.readAgain()
    do {
      try checkSeen(readings)
    } catch {
      await locks.release()
      throw error
    }
    let current = session.plan(readings)
    guard Self.essence(current) == Self.essence(plan) else {
      await locks.release()
      return current
    }
    let result: RunResult
    do {
      result = try await execute(plan, session.sightings(readings))
    } catch {
      await locks.release()
      throw error
    }
    await locks.release()
    let console = Console.current
    console.note(
      RunText.summary(plan, result, color: color.isOn(terminal: console.errorIsTerminal)))
    if !result.succeeded { throw ExitCode(1) }
    if session.isVerified { try await verify(after: plan) }
    return nil
  }

  /// A saved plan holds for what it saw: ends the command where the hosts are something else, and says what
  /// differs.
  private func checkSeen(_ readings: [String: HostReading]) throws {
    guard let seen = session.seen else { return }
    let current = session.plan(readings)
    if let unknown = current.unreadable.first {
      throw complaint("host/\(unknown.host) cannot be read: \(unknown.reason); nothing was done")
    }
    let changes = SightingChange.between(seen, session.sightings(readings))
    let isOther = Self.essence(current) != Self.essence(session.plan)
    if !isOther, changes.allSatisfy({ $0.kind == .live }) { return }
    throw complaint(
      """
      the hosts are not what the plan saw; nothing was done
      \(SightingText.render(changes))  plan again with 'virtspec plan -o FILE'
      """)
  }

  /// What a plan does. What it saw, such as a balloon on its way, may have moved on.
  private static func essence(_ plan: Plan) -> [Step] {
    plan.executable.map { step in
      Step(object: step.object, action: step.action, operation: step.operation, reason: .differs)
    }
  }

  private static func describe(_ refusal: HostLocks.Refusal) -> String {
    if let holder = refusal.holder {
      return """
        error: host/\(refusal.host) is being changed by \(holder)
          wait for that run (--lock-timeout SECONDS), or break its lock with 'virtspec unlock' if it is dead

        """
    }
    return "error: host/\(refusal.host) cannot be locked: \(refusal.error?.message ?? "")\n"
  }

  /// - Parameter seen: what there is, under the locks.
  private func execute(_ plan: Plan, _ seen: [Sighting]) async throws -> RunResult {
    let console = Console.current
    let journal = try beginJournal(plan)
    let control = RunControl()
    let progress = Progress(
      total: plan.executable.count, console: console,
      color: color.isOn(terminal: console.errorIsTerminal))
    let interruption = Interruption {
      console.note("\nStopping: steps in flight are finished, no other is begun.\n")
      Task { await control.stop() }
    }
    defer { interruption.end() }
    let runner = Runner(
      hypervisors: session.fleet.hypervisors, parallelism: parallelism, control: control,
      stepGuard: RunRecorder(
        stack: plan.stack, seen: seen, journal: journal, control: control),
      report: { await progress.take($0) })
    let result = await runner.run(plan)
    await progress.end()
    do throws(FileProblem) {
      try journal?.append(.finished(counts: RunCounts(result)))
    } catch {
      console.note("warning: the end of the run is missing in the journal: \(error)\n")
    }
    return result
  }

  /// A run that could not be told of afterwards does not begin.
  private func beginJournal(_ plan: Plan) throws -> FileJournal? {
    do throws(FileProblem) {
      return try journals?.begin(
        RunHeader(
          command: command, stack: plan.stack, hosts: session.hosts, steps: plan.executable.count,
          holder: LockHolder.lock(stack: plan.stack).line, virtspec: Virtspec.version,
          of: rolledBack))
    } catch {
      throw complaint(
        """
        the journal cannot be written: \(error); nothing was done
          name another folder with --journal, or go without one with --no-journal
        """)
    }
  }

  /// How long a guest that was started may take to give memory back: its balloon driver comes late in the
  /// boot.
  private static let balloonDeadline = Duration.seconds(60)

  /// Reads the hosts again: whatever is still to do was not brought about.
  private func verify(after plan: Plan) async throws {
    let clock = ContinuousClock()
    let deadline = clock.now + Self.balloonDeadline
    let started = Set(plan.executable.filter { $0.operation == .startGuest }.map(\.object))
    while true {
      let rest = session.plan(await session.readAgain())
      // What was blocked may have become possible by the run itself; that blocked steps remain is said anyway.
      let left = rest.executable.filter { step in
        !plan.blocked.contains { $0.object == step.object && $0.action == step.action }
      }
      if left.isEmpty, rest.unreadable.isEmpty { return }
      let settles = left.allSatisfy { step in
        guard case .setLiveMemory = step.operation else { return false }
        return started.contains(step.object)
      }
      if settles, rest.unreadable.isEmpty, clock.now < deadline {
        try await Task.sleep(for: .milliseconds(500))
        continue
      }
      let console = Console.current
      console.note("error: the steps were taken, and the hosts are still not as declared:\n")
      console.note(
        PlanText.render(rest, color: color.isOn(terminal: console.errorIsTerminal)))
      throw ExitCode(1)
    }
  }
}
