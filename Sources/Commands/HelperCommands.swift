import ArgumentParser
import Manifest
import Model

/// `explain`: what a field is.
struct ExplainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain", _superCommandName: Virtspec.name,
    abstract: "Tell what a kind or a field of a manifest is.",
    discussion: "Examples: virtspec explain guest, virtspec explain guest.disks.cache")

  @Argument(help: "KIND or KIND.FIELD.")
  var path: String

  func run() async throws {
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
