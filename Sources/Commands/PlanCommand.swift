import ArgumentParser
import Reporting

/// `plan`: shows the steps and touches nothing.
struct PlanCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract: "Show the steps from what the hosts have to what the manifests declare.",
    discussion: """
      Nothing is changed. Exit status: 0, or 1 on an error; with --detailed-exitcode 2 when there are changes.
      """)

  @OptionGroup var manifests: ManifestOptions
  @OptionGroup var hosts: HostOptions
  @OptionGroup var planning: PlanningOptions

  @Option(help: "text or json.")
  var format: Format = .text

  @Flag(help: "Exit with status 2 when there are changes.")
  var detailedExitcode = false

  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

  func run() async throws {
    let session = try await PlanSession(ManifestSession(manifests), hosts, planning.values)
    await session.fleet.close()
    let console = Console.current
    switch format {
    case .text:
      console.write(
        PlanText.render(
          session.plan, color: manifests.color.isOn(terminal: console.outputIsTerminal)))
    case .json: console.write(PlanJSON.document(session.plan).pretty)
    }
    if !session.plan.unreadable.isEmpty { throw ExitCode(1) }
    if detailedExitcode, !session.plan.isEmpty { throw ExitCode(2) }
  }
}
