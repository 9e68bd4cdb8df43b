import ArgumentParser

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
      CompletionCommand.self,
    ])

  /// The version of this build.
  public static let version = "0.1.0"

  public init() {}

  /// Runs the command of the process's arguments and ends the process with its exit status.
  public static func run() async { await main(nil) }
}
