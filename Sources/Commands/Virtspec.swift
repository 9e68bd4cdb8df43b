import ArgumentParser
import CGlibc
import Glibc
import Libvirt
import Model

/// The command line.
public struct Virtspec: AsyncParsableCommand {
  public static let configuration = CommandConfiguration(
    commandName: name,
    abstract:
      "Brings libvirt hosts to what YAML manifests declare, and finds nothing to do the second time.",
    discussion: """
      Start with 'virtspec plan': it shows every step and touches nothing. 'virtspec apply' takes the steps.
      'virtspec explain guest' tells what a manifest can say.
      """,
    version: version,
    subcommands: [
      ValidateCommand.self, PlanCommand.self, ApplyCommand.self, DriftCommand.self,
      DestroyCommand.self,
      StatusCommand.self, DoctorCommand.self, ImportCommand.self, RenderCommand.self,
      ExplainCommand.self,
      SchemaCommand.self, CompletionCommand.self, UnlockCommand.self, RunsCommand.self,
      RollbackCommand.self,
    ])

  static let name = "virtspec"

  /// The version of this build.
  public static let version = "0.1.0"

  public init() {}

  /// The commands that always talk to hosts. Of the others, `explain guest/NAME` loads libvirt when it comes to it.
  private static let online: Set = [
    "plan", "apply", "drift", "destroy", "status", "doctor", "import", "unlock", "rollback",
  ]

  /// Runs the command of the process's arguments and ends the process with its exit status.
  public static func run() async {
    // By itself glibc lets the heaps of threads grow by a page, and a call, at a time.
    mallopt(M_TOP_PAD, 16 << 20)
    LibvirtOpener.prepare(
      connecting: CommandLine.arguments.dropFirst().first.map(online.contains) ?? false)
    await Remains.$kept.withValue(Remains()) {
      let status = await run(Array(CommandLine.arguments.dropFirst()))
      fflush(nil)
      await Remains.kept?.settle()
      // Not `exit`: it runs the destructors of libvirt's sixty libraries, and the thread that initialises them may be in
      // the middle of it when the manifests are wrong. One in twenty such processes died of that.
      _exit(status)
    }
  }

  /// Runs a command and tells its exit status. A wrong command line is an error like any other: 1.
  public static func run(_ arguments: [String]) async -> Int32 {
    await Log.$settings.withValue(Log.Settings()) { await carryOut(arguments) }
  }

  /// `--prune` and `--yes` are flags that may carry a value, which the parser has no form for.
  private static func spelledOut(_ argument: String) -> [String] {
    for (flag, option) in [("--prune", "--prune-limit"), ("--yes", "--yes-for")]
    where argument.hasPrefix(flag + "=") {
      return [flag, option + argument.dropFirst(flag.count)]
    }
    return [argument]
  }

  /// A right command line of a subcommand is parsed by that command alone, since the whole tree takes 0.4 ms
  /// more, of the 18 of a small plan. Everything else, help and mistakes, is the whole tree's affair.
  private static func parsed(_ arguments: [String]) throws -> any ParsableCommand {
    if let name = arguments.first,
      let subcommand = configuration.subcommands.first(where: {
        $0.configuration.commandName == name
      }),
      let command = try? subcommand.parseAsRoot(Array(arguments.dropFirst())),
      type(of: command) == subcommand
    {
      return command
    }
    return try parseAsRoot(arguments)
  }

  private static func carryOut(_ arguments: [String]) async -> Int32 {
    do {
      let command = try parsed(arguments.flatMap(Self.spelledOut))
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        var command = command
        try command.run()
      }
      return 0
    } catch {
      let status = exitCode(for: error)
      let message = fullMessage(for: error)
      let console = Console.current
      if !message.isEmpty { (status.isSuccess ? console.write : console.note)(message + "\n") }
      return status == .validationFailure ? 1 : status.rawValue
    }
  }
}

/// What a command leaves for the end of the process: to free the records of 1,000 guests one by one takes 3 ms, and a
/// connection is closed while its plan is printed. Commands that run inside another process, like those of the tests,
/// end theirs.
final class Remains: Sendable {
  @TaskLocal static var kept: Remains?

  private let values = Lock<[any Sendable]>([])
  private let endings = Lock<[Task<Void, Never>]>([])

  static func keep(_ value: some Sendable) { kept?.values.withLock { $0.append(value) } }

  /// Ends something at once, beside what the command does next.
  static func end(_ ending: @escaping @Sendable () async -> Void) async {
    guard let kept else { return await ending() }
    let task = Task { await ending() }
    kept.endings.withLock { $0.append(task) }
  }

  /// Waits for what is being ended.
  func settle() async {
    for task in endings.withLock({ $0 }) { await task.value }
  }
}
