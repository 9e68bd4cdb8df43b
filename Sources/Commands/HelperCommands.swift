import ArgumentParser
import Manifest
import Model

/// `explain`: what a field is.
struct ExplainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain", _superCommandName: Virtspec.name,
    abstract: "Tell what a kind or a field of a manifest is, or why a guest is what it is.",
    discussion: """
      Examples: virtspec explain guest, virtspec explain guest.disks.cache, virtspec explain guest/web-1

      With guest/NAME the manifests are read and the guest's host is asked: how the guest is virtualized, with \
      which devices, and what it gets where its manifest is silent, with the reasons.
      """)

  @Argument(help: "KIND, KIND.FIELD or guest/NAME.")
  var path: String

  @Argument(
    help:
      "With guest/NAME: manifest files and folders, or - for standard input; by default this folder.",
    completion: .file(extensions: ["yaml", "yml"]))
  var paths: [String] = []

  @Option(help: "With guest/NAME: only this host; may be repeated.")
  var host: [String] = []

  @OptionGroup var logging: LogOptions

  func run() async throws {
    if path.contains("/") { return try await GuestExplaining(path, paths, host).run() }
    if !paths.isEmpty {
      throw complaint(
        "manifests are read for 'explain guest/NAME' only; '\(path)' is about the language")
    }
    switch Explanation.text(path: path) {
    case .success(let text): Console.current.write(text)
    case .failure(let diagnostic):
      Console.current.note(DiagnosticText.render([diagnostic], sources: [:]))
      throw ExitCode(1)
    }
  }
}

/// `schema`: the JSON Schema of the manifest language.
struct SchemaCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schema", _superCommandName: Virtspec.name,
    abstract: "Print the JSON Schema (2020-12) of a kind, or of all kinds.")

  @Argument(help: "KIND; without it, the schema of any manifest.")
  var kind: String?

  func run() async throws {
    guard let kind else { return Console.current.write(JSONSchema.manifest().pretty) }
    guard let found = Kind(word: kind) else {
      let diagnostic = Explanation.unknownKind(kind)
      Console.current.note(DiagnosticText.render([diagnostic], sources: [:]))
      throw ExitCode(1)
    }
    Console.current.write(JSONSchema.schema(of: found).pretty)
  }
}

/// `completion`: a completion script.
struct CompletionCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "completion", _superCommandName: Virtspec.name,
    abstract: "Print a completion script for a shell.",
    discussion: "For example: virtspec completion bash > /etc/bash_completion.d/virtspec")

  @Argument(help: "bash, zsh or fish.")
  var shell: String

  func run() async throws {
    guard let known = CompletionShell(rawValue: shell) else {
      throw complaint("there is no completion for '\(shell)'; choose bash, zsh or fish")
    }
    Console.current.write(Virtspec.completionScript(for: known) + "\n")
  }
}
