import Commands
import Execution
import Foundation
import Libvirt
import Model
import Testing

/// What a command printed, and how it ended.
struct CommandResult {
  var status: Int32
  var output: String
  var errors: String
}

/// Where tests that do not care leave their journals: never where the user's are.
let testJournal = FileManager.default.temporaryDirectory
  .appending(path: "virtspec-tests-journal-\(ProcessInfo.processInfo.processIdentifier)")
  .path(percentEncoded: false)

/// Runs a command in this process.
///
/// - Parameters:
///   - opener: opens hosts; nil for real libvirt.
///   - journal: the folder of the journal.
func virtspec(
  _ arguments: String..., opener: (any HypervisorOpening)? = nil, terminal: Bool = false,
  answer: String? = nil, journal: String? = nil
) async -> CommandResult {
  await virtspec(
    arguments, opener: opener, terminal: terminal, answer: answer, journal: journal)
}

/// The same with the arguments in a list.
func virtspec(
  _ arguments: [String], opener: (any HypervisorOpening)? = nil, terminal: Bool = false,
  answer: String? = nil, journal: String? = nil
) async -> CommandResult {
  let written = Lock((output: "", errors: ""))
  let console = Console(
    write: { text in written.withLock { $0.output += text } },
    note: { text in written.withLock { $0.errors += text } }, inputIsTerminal: terminal,
    ask: { question in
      written.withLock { $0.errors += question }
      return answer
    })
  let status = await Hypervisors.$opener.withValue(opener) {
    await Console.$current.withValue(console) {
      await Journals.$folder.withValue(journal ?? testJournal) { await Virtspec.run(arguments) }
    }
  }
  let (output, errors) = written.withLock { $0 }
  return CommandResult(status: status, output: output, errors: errors)
}

/// The repository's folder.
let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent().path(percentEncoded: false)

/// A folder of its own with files in it, removed at the end.
struct TemporaryFolder: ~Copyable {
  let path: String

  init(_ files: [String: String] = [:]) throws {
    path = FileManager.default.temporaryDirectory
      .appending(path: "virtspec-tests-\(UUID().uuidString)").path(percentEncoded: false)
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    for (name, text) in files { try write(text, to: name) }
  }

  func write(_ text: String, to name: String) throws {
    try Data(text.utf8).write(to: URL(filePath: path + "/" + name))
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// Asks until the condition holds; fails when the deadline passes, which only ends a test that would wait for ever:
/// an emulated guest takes ten seconds to boot, and ten times that on a busy machine.
func eventually(
  within seconds: Int = 600, _ what: Comment, location: SourceLocation = #_sourceLocation,
  _ condition: () async throws -> Bool
) async throws {
  let deadline = ContinuousClock.now + .seconds(seconds)
  while ContinuousClock.now < deadline {
    if try await condition() { return }
    // What is asked is often a program, which takes time from what is waited for.
    try await Task.sleep(for: .milliseconds(100))
  }
  Issue.record(what, sourceLocation: location)
}
