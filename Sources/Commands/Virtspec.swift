import ArgumentParser
import Glibc
import Libvirt
import Model

/// The command line.
public struct Virtspec: AsyncParsableCommand {
  public static let configuration = CommandConfiguration(
    commandName: "virtspec",
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
      StatusCommand.self, RenderCommand.self, ExplainCommand.self, SchemaCommand.self,
      CompletionCommand.self, UnlockCommand.self, RunsCommand.self, RollbackCommand.self,
    ])

  /// The version of this build.
  public static let version = "0.1.0"

  public init() {}

  /// Runs the command of the process's arguments and ends the process with its exit status.
  public static func run() async {
    LibvirtOpener.prepare()
    await Remains.$kept.withValue(Remains()) {
      let status = await run(Array(CommandLine.arguments.dropFirst()))
      Glibc.exit(status)
    }
  }

  /// Runs a command and tells its exit status. A wrong command line is an error like any other: 1.
  public static func run(_ arguments: [String]) async -> Int32 {
    await Log.$settings.withValue(Log.Settings()) { await carryOut(arguments) }
  }

  /// `--prune` is a flag that may carry a number, which the parser has no form for.
  private static func spelledOut(_ argument: String) -> [String] {
    let prefix = "--prune="
    guard argument.hasPrefix(prefix) else { return [argument] }
    return ["--prune", "--prune-limit=" + argument.dropFirst(prefix.count)]
  }

  private static func carryOut(_ arguments: [String]) async -> Int32 {
    do {
      let command = try parseAsRoot(arguments.flatMap(Self.spelledOut))
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

/// What a command leaves for the end of the process: to free the records of 1,000 guests one by one takes 3 ms.
/// Commands that run inside another process, like those of the tests, free theirs.
final class Remains: Sendable {
  @TaskLocal static var kept: Remains?

  private let values = Lock<[any Sendable]>([])

  static func keep(_ value: some Sendable) { kept?.values.withLock { $0.append(value) } }
}
