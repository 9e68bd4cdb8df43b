import ArgumentParser
import Execution
import Planning
import Reporting

/// `plan`: shows the steps and touches nothing.
struct PlanCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan", _superCommandName: Virtspec.name,
    abstract: "Show the steps from what the hosts have to what the manifests declare.",
    discussion: """
      Nothing is changed. With --out the plan is saved, and 'virtspec apply FILE' takes exactly its steps, \
      without the manifests, as long as the hosts are what the plan saw.

      Exit status: 0, or 1 on an error; with --detailed-exitcode 2 when there are changes.
      """)

  @OptionGroup var manifests: ManifestOptions
  @OptionGroup var hosts: HostOptions
  @OptionGroup var planning: PlanningOptions

  @Option(help: "text or json.")
  var format: Format = .text

  @Flag(help: "Exit with status 2 when there are changes.")
  var detailedExitcode = false

  @Option(
    name: [.customShort("o"), .customLong("out")],
    help: "Save the plan to this file, for 'virtspec apply FILE'.", completion: .file())
  var out: String?

  @Flag(help: "Plan what 'virtspec destroy' would do.")
  var destroy = false

  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

  func run() async throws {
    let session = try await PlanSession(
      manifests, hosts, destroy ? .destroying : planning.values)
    let console = Console.current
    switch format {
    case .text:
      console.write(
        PlanText.render(
          session.plan, color: manifests.color.isOn(terminal: console.outputIsTerminal)))
    case .json: console.write(PlanJSON.document(session.plan).pretty)
    }
    if let out { try save(session, to: out) }
    if !session.plan.unreadable.isEmpty { throw ExitCode(1) }
    if detailedExitcode, !session.plan.isEmpty { throw ExitCode(2) }
  }

  private func save(_ session: PlanSession, to path: String) throws {
    if path == "-" { throw complaint("a plan is saved to a file; name it with -o FILE") }
    guard session.plan.unreadable.isEmpty else {
      throw complaint(
        "the plan was not saved, since it knows nothing of a host; name the others with --host")
    }
    do throws(PlanFileProblem) {
      try PlanFile.write(
        session.saved(pruneLimit: planning.pruneLimit ?? 0), to: path, virtspec: Virtspec.version)
    } catch {
      throw complaint("\(error.message)\n  \(error.remedy)")
    }
    Console.current.note("The plan was saved; take its steps with: virtspec apply \(path)\n")
  }
}
