import ArgumentParser
import Execution
import Libvirt
import Model
import Planning

/// Options of a command that talks to hosts which a journal names.
struct ConnectionOptions: ParsableArguments {
  @Option(help: "Hosts read, and steps taken, side by side.")
  var parallelism: Int = Fleet.defaultParallelism

  @Option(help: "Seconds that a call to a host may take; 0 means no limit.")
  var timeout: Int = 60

  @Option(help: "Colours: auto, always or never.")
  var color: ColorChoice = .auto

  @OptionGroup var logging: LogOptions

  func validate() throws {
    if parallelism < 1 { throw ValidationError("--parallelism must be 1 or more.") }
    if timeout < 0 { throw ValidationError("--timeout must not be negative.") }
  }

  /// Opens hosts as the options say.
  func opener(readsOnly: Bool) -> any HypervisorOpening {
    Hypervisors.opener
      ?? LibvirtOpener(timeoutSeconds: timeout == 0 ? nil : Double(timeout), readsOnly: readsOnly)
  }
}

/// `rollback`: lays the definitions back that a run changed or removed.
struct RollbackCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rollback", _superCommandName: Virtspec.name,
    abstract: "Lay the definitions back that a run changed or removed.",
    discussion: """
      They are taken from the journal, and so are the hosts: no manifest is read. Deleted volumes, the memory of \
      guests that were stopped, and passwords of guests that were removed do not come back; what cannot is said. \
      Objects that somebody changed since the run are left alone. Without RUN it is the last apply or destroy \
      that took a step. A rollback is a run itself.

      Exit status as for apply.
      """)

  @Argument(help: "The run, as 'virtspec runs' names it.")
  var run: String?

  @Option(help: "The last run of this stack.")
  var stack: String?

  @Flag(help: "Remove what the run made, but no storage.")
  var prune = false

  @Flag(help: "Also over what somebody changed since, which is lost.")
  var force = false

  @Flag(help: "Do not ask.")
  var yes = false

  @OptionGroup var connecting: ConnectionOptions
  @OptionGroup var locking: LockOptions
  @OptionGroup var journal: JournalWritingOptions

  func run() async throws {
    let store = try journal.journal.store()
    let recorded =
      try run.map { try RunSelection.named($0, store) } ?? RunSelection.last(store, stack: stack)
    if let stack, recorded.header.stack != stack {
      throw complaint("run \(recorded.header.id) is of stack \(recorded.header.stack)")
    }
    if store.isUnderWay(recorded.header.id) {
      throw complaint("run \(recorded.header.id) is under way")
    }
    let session = await RollbackSession(
      try recorded.past(in: store), RollbackOptions(prune: prune, force: force), connecting)
    let console = Console.current
    let header = recorded.header
    console.write("Back to before run \(header.id) (\(header.command) of stack \(header.stack))\n")
    if !session.rollback.losses.isEmpty {
      console.write("\nWhat does not come back:\n")
      for loss in session.rollback.losses { console.write("  - \(loss)\n") }
    }
    console.write("\n")
    if session.plan.isEmpty, session.plan.unreadable.isEmpty {
      await session.fleet.close()
      return console.write("No changes: the definitions are as they were before it.\n")
    }
    try await Application(
      session: session, yes: yes, parallelism: connecting.parallelism, color: connecting.color,
      question: "Take these steps?", lockTimeout: locking.timeout, command: "rollback",
      journals: journal.store(), rolledBack: header.id
    ).run()
  }
}
