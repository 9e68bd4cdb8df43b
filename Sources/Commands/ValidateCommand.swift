import ArgumentParser
import Manifest
import Model
import Planning

/// `validate`: the offline check.
struct ValidateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "validate", _superCommandName: Virtspec.name,
    abstract: "Check manifests without talking to any host.",
    discussion:
      "Exit status: 0 when they are valid, 1 when not. Every complaint is shown in one run.")

  @OptionGroup var manifests: ManifestOptions

  @Option(help: "text or json.")
  var format: Format = .text

  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

  func run() async throws {
    var loaded = ManifestLoader.load(paths: manifests.paths)
    let desired = ManifestBuilder.build(&loaded, stack: manifests.stack)
    OverlaySchemaCheck.run(Lowering.lower(desired), &loaded)
    let systems = Set(desired.objects.compactMap(\.spec.osID))
    if !systems.isEmpty {
      loaded.diagnostics += OSCheck.diagnostics(loaded, OperatingSystems.catalog(of: systems))
    }
    let console = Console.current
    switch format {
    case .json: console.write(DiagnosticJSON.document(loaded.diagnostics).pretty)
    case .text:
      if !loaded.diagnostics.isEmpty {
        console.note(DiagnosticText.render(loaded.diagnostics, sources: loaded.sources) + "\n")
      }
      if loaded.isValid {
        console.write(
          "\(Self.count(loaded.documents.count, "manifest")) valid: "
            + "\(Self.count(desired.objects.count, "object")) on \(Self.count(desired.hosts.count, "host"))\n"
        )
      } else {
        console.note(ManifestSession.count(loaded.diagnostics))
      }
    }
    if !loaded.isValid { throw ExitCode(1) }
  }

  private static func count(_ number: Int, _ noun: String) -> String {
    "\(number) \(noun)\(number == 1 ? "" : "s")"
  }
}
