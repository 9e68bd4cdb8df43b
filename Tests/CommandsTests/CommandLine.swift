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

/// The lab's daemon: tests that need a real one run where VIRTSPEC_LAB_URI names it.
enum Lab {
  @TaskLocal static var uri = ProcessInfo.processInfo.environment["VIRTSPEC_LAB_URI"]
  /// This one and those in VIRTSPEC_LAB_OTHERS, which are like it and have nothing else to do than scenarios.
  static var all: [String] {
    let others = ProcessInfo.processInfo.environment["VIRTSPEC_LAB_OTHERS"] ?? ""
    return [uri].compactMap(\.self) + others.split(separator: " ").map(String.init)
  }
  static let hasGuest =
    uri != nil && ProcessInfo.processInfo.environment["VIRTSPEC_LAB_KERNEL"] != nil

  /// Opens the lab where manifests say `qemu:///system`.
  struct Opener: HypervisorOpening {
    func open(uri: String) async throws(HypervisorError) -> any Hypervisor {
      try await LibvirtOpener(timeoutSeconds: 60).open(
        uri: uri == "qemu:///system" ? Lab.uri ?? uri : uri)
    }
  }

  /// Runs virsh against the lab, as an operator would behind virtspec's back.
  @discardableResult
  static func virsh(_ arguments: String...) throws -> String { try virsh(arguments) }

  @discardableResult
  static func virsh(_ arguments: [String]) throws -> String {
    let (status, text) = try attempt(arguments)
    try #require(status == 0, "virsh \(arguments): \(text)")
    return text
  }

  /// The same where a refusal is an answer like any other.
  @discardableResult
  static func attempt(_ arguments: [String]) throws -> (status: Int32, text: String) {
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(filePath: "/usr/bin/virsh")
    process.arguments = ["-q", "-c", try #require(uri)] + arguments
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    let text = String(decoding: data, as: UTF8.self)
    return (process.terminationStatus, text.trimmingCharacters(in: .whitespacesAndNewlines))
  }
}

/// Asks until the condition holds; fails when the deadline passes.
func eventually(
  within seconds: Int, _ what: Comment, location: SourceLocation = #_sourceLocation,
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
