import ArgumentParser
import Planning
import Reporting

/// `drift`: whether the hosts are as declared, for CI.
struct DriftCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "drift", _superCommandName: Virtspec.name,
    abstract: "Tell where hosts are not as the manifests declare.",
    discussion: "Nothing is changed. Exit status: 0 without drift, 1 on an error, 2 with drift.")

  @OptionGroup var manifests: ManifestOptions
  @OptionGroup var hosts: HostOptions

  @Option(help: "text or json.")
  var format: Format = .text

  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

  func run() async throws {
    let session = try await PlanSession(
      manifests, hosts, PlanOptions(ceiling: .dataLoss, prune: true))
    let report = DriftReport(session.plan)
    let console = Console.current
    switch format {
    case .text:
      console.write(report.text(color: manifests.color.isOn(terminal: console.outputIsTerminal)))
    case .json: console.write(report.json.pretty)
    }
    if !report.unreadable.isEmpty { throw ExitCode(1) }
    if !report.findings.isEmpty { throw ExitCode(2) }
  }
}
