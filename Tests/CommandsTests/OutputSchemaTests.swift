import Execution
import Foundation
import Manifest
import Planning
import Reporting
import TestSupport
import Testing

@Suite("machine-readable output is what its schema says", .enabled(if: PythonValidator.isThere))
struct OutputSchemaTests {
  @Test("plans and drift of every scenario")
  func scenarios() async throws {
    var documents: [String] = []
    let root = repository + "Tests/Scenarios"
    for name in ScenarioFiles.names(in: root) {
      let scenario = try await Scenario(ScenarioFiles(name, in: root))
      let plan = await scenario.plan()
      documents.append("plan\t" + PlanJSON.document(plan).compact)
      documents.append("drift\t" + DriftReport(plan).json.compact)
    }
    #expect(documents.count > 100)
    try check(documents)
  }

  @Test("saved plans of every scenario, which are read back as they were")
  func savedPlans() async throws {
    var documents: [String] = []
    let root = repository + "Tests/Scenarios"
    for name in ScenarioFiles.names(in: root) {
      let saved = try await Scenario(ScenarioFiles(name, in: root)).savedPlan()
      let text = try PlanFile.text(saved, virtspec: "0.1.0", created: UTCTime.now())
      #expect(try PlanFile.parse(Array(text.utf8)) == saved)
      // A host that was not reached is no part of a plan that is saved.
      if saved.plan.unreadable.isEmpty { documents.append(line("saved-plan", text)) }
    }
    #expect(documents.count > 80)
    try check(documents)
  }

  @Test("the journal of an apply that fails, one that does not, a rollback and a destroy")
  func journals() async throws {
    let host = try JournalledHost()
    try await host.apply(
      JournalledHost.site, calls: SimulatedCalls(faults: { $2 == 3 ? .dieAfter : nil }))
    _ = try await host.host.connect().releaseLock(nil)
    try await host.apply(JournalledHost.site)
    try await host.apply(JournalledHost.changed)
    _ = await host.run("rollback", "--yes")
    _ = await host.run("destroy", "--yes", host.path + "/site.yaml")
    #expect(host.runs.count == 5)
    let lines = host.runs.flatMap { host.lines(of: $0) }
    #expect(lines.count > 80)
    try check(lines.map { line("run-event", $0) })
  }

  @Test("diagnostics of every bad fixture")
  func diagnostics() throws {
    let folder = repository + "Tests/Fixtures/bad"
    let files = try FileManager.default.contentsOfDirectory(atPath: folder)
      .filter { $0.hasSuffix(".yaml") }
    let documents = files.map { file -> String in
      var loaded = ManifestLoader.load(paths: [folder + "/" + file])
      _ = ManifestBuilder.build(&loaded)
      return "diagnostics\t" + DiagnosticJSON.document(loaded.diagnostics).compact
    }
    #expect(documents.count >= 40)
    try check(documents)
  }

  @Test("the status of a stack with everything, and of an unknown host")
  func status() async throws {
    let opener = SimulatedOpener(["qemu:///system": SimulatedHost()])
    let demo = repository + "specs/demo"
    var documents: [String] = []
    for command in [["status"], ["apply", "--yes"], ["status", "--unmanaged"]] {
      let json = command[0] == "status" ? ["--format", "json"] : []
      let result = await virtspec(command + json + [demo], opener: opener)
      #expect(result.status == 0, "\(result.errors)")
      if !json.isEmpty { documents.append(line("status", result.output)) }
    }
    let gone = await virtspec("status", "--format", "json", demo, opener: SimulatedOpener([:]))
    #expect(gone.status == 1)
    try check(documents + [line("status", gone.output)])
  }

  @Test("what doctor says of hosts, and of one that cannot be reached")
  func doctor() async throws {
    var documents: [String] = []
    for uri in ["test:///default", "test:///no/such/file.xml"] {
      let result = await virtspec("doctor", uri, "--format", "json")
      documents.append(line("doctor", result.output))
    }
    try check(documents)
  }

  private func line(_ schema: String, _ json: String) -> String {
    schema + "\t" + json.replacing("\n", with: " ")
  }

  /// Each document, a line of its schema's name and itself, is valid.
  private func check(_ documents: [String]) throws {
    let folder = try TemporaryFolder(["documents": documents.joined(separator: "\n") + "\n"])
    let script = repository + "Tests/ManifestTests/schema-check.py"
    let (status, output) = try PythonValidator.run(
      script, repository + "schemas", folder.path + "/documents")
    try #require(status == 0, "\(output)")
    let verdicts = output.split(separator: "\n")
    #expect(verdicts.count >= documents.count)
    for (document, verdict) in zip(documents.reversed(), verdicts.reversed()) {
      #expect(verdict == "ok", "\(document.prefix(300))")
    }
  }
}

/// python3-jsonschema, a JSON Schema validator that is not ours.
private enum PythonValidator {
  /// Whether the validator is there; in CI it is taken to be, so that its absence fails.
  static let isThere: Bool = {
    if ProcessInfo.processInfo.environment["CI"] != nil { return true }
    let found = (try? run("-c", "import jsonschema"))?.status == 0
    if !found { print("skipped: output is not checked without python3-jsonschema") }
    return found
  }()

  static func run(_ arguments: String...) throws -> (status: Int32, output: String) {
    let process = Process()
    let pipe = Pipe()
    // Debian's, which is the one that has the module.
    process.executableURL = URL(filePath: "/usr/bin/python3")
    process.arguments = arguments
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: data, as: UTF8.self))
  }
}
