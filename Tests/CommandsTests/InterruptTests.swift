import Foundation
import Glibc
import Model
import Testing

/// The program itself, in a process that can be interrupted and killed.
final class Program: Sendable {
  /// Beside the tests, where the build puts it; nil when it was not built.
  static let path: String? = {
    let tests = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    let path = URL(filePath: tests ?? "").deletingLastPathComponent().appending(path: "virtspec")
      .path(percentEncoded: false)
    return FileManager.default.isExecutableFile(atPath: path) ? path : nil
  }()

  /// What it says on standard error, line by line, until it ends.
  let lines: AsyncStream<String>
  private let process: Process

  convenience init(_ arguments: String...) throws {
    try self.init(executable: #require(Self.path), arguments)
  }

  /// The same inside the namespaces of a lab, where its networks can be reached.
  convenience init(inside lab: String, _ arguments: String...) throws {
    try self.init(
      executable: repository + "Tests/Lab/lab",
      ["exec", "--dir", lab, "--", #require(Self.path)] + arguments)
  }

  private init(executable: String, _ arguments: [String]) throws {
    process = Process()
    process.executableURL = URL(filePath: executable)
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging([
      "VIRTSPEC_JOURNAL": testJournal
    ]) { _, new in new }
    let errors = Pipe()
    process.standardError = errors
    process.standardOutput = FileHandle.nullDevice
    let (lines, continuation) = AsyncStream.makeStream(of: String.self)
    self.lines = lines
    try process.run()
    // A thread of its own: of a readability handler, the end of the file was lost now and then.
    Thread.detachNewThread {
      let reading = errors.fileHandleForReading
      var rest = Data()
      while case let data = reading.availableData, !data.isEmpty {
        rest += data
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
          continuation.yield(String(decoding: rest[rest.startIndex..<end], as: UTF8.self))
          rest = Data(rest[(end + 1)...])
        }
      }
      continuation.finish()
    }
  }

  deinit { kill(SIGKILL) }

  func kill(_ signal: Int32) {
    if process.isRunning { Glibc.kill(process.processIdentifier, signal) }
  }

  /// How it ended; to be asked when its lines have ended.
  func end() -> (status: Int32, isSignal: Bool) {
    process.waitUntilExit()
    return (process.terminationStatus, process.terminationReason == .uncaughtSignal)
  }
}

extension LabTests {
  @Test(
    "interrupted, apply finishes what is in flight, says what it did not begin, and goes on when run again",
    .enabled(if: Program.path != nil, "needs the program that the build puts beside the tests"),
    .serialized, .timeLimit(.minutes(3)), arguments: [SIGINT, SIGTERM])
  func interrupted(signal: Int32) async throws {
    let folder = try TemporaryFolder(["many.yaml": try Self.many()])
    let program = try Program("apply", "--yes", folder.path)
    var lines: [String] = []
    for await line in program.lines {
      let isFirst = !lines.contains { $0.hasPrefix("✓") }
      lines.append(line)
      if isFirst, line.hasPrefix("✓") { program.kill(signal) }
    }
    let end = program.end()
    #expect(end == (1, false), "\(lines)")
    #expect(lines.contains("Stopping: steps in flight are finished, no other is begun."))
    let done = lines.count { $0.hasPrefix("✓") }
    let left = lines.count {
      $0.hasPrefix("not started: ") && $0.hasSuffix(", because the run was stopped")
    }
    #expect(left > 0)
    #expect(lines.last == "\(done) of \(done + left) steps done.", "\(lines)")
    try await converges(folder.path)
  }

  @Test(
    "killed at any moment, apply goes on when run again",
    .enabled(if: Program.path != nil, "needs the program that the build puts beside the tests"),
    .serialized, .timeLimit(.minutes(3)), arguments: [1, 20, 45])
  func killed(afterSteps count: Int) async throws {
    let folder = try TemporaryFolder(["many.yaml": try Self.many()])
    let program = try Program(
      "apply", "--yes", "--journal", folder.path + "/state", folder.path)
    var done = 0
    for await line in program.lines where line.hasPrefix("✓") {
      done += 1
      if done == count { program.kill(SIGKILL) }
    }
    let end = program.end()
    #expect(end == (SIGKILL, true))
    let shown = await virtspec("runs", "show", journal: folder.path + "/state")
    #expect(shown.output.contains("broken off: "), "\(shown.output)\(shown.errors)")
    try await converges(folder.path)
  }

  /// The next run ends what the last one left, the plan after it is empty, and nothing stays for other tests.
  private func converges(_ path: String) async throws {
    var applied = await virtspec("apply", "--yes", path)
    // The daemon may still be at what the killed program asked for last, between the plan and its lock.
    if applied.errors.contains("the hosts changed since the plan was made") {
      applied = await virtspec("apply", "--yes", path)
    }
    #expect(applied.status == 0, "\(applied.output)\(applied.errors)")
    let plan = await virtspec("plan", "--detailed-exitcode", path)
    #expect(plan.status == 0, "\(plan.output)")
    // Without an operating system they would not hear a shutdown.
    for name in try Lab.virsh("list", "--name").split(whereSeparator: \.isWhitespace)
    where name.hasPrefix("many-") { try Lab.virsh("destroy", String(name)) }
    let destroyed = await virtspec("destroy", "--yes", path)
    #expect(destroyed.status == 0, "\(destroyed.output)\(destroyed.errors)")
    #expect(try !Lab.virsh("secret-list").contains("virtspec/ledger/many"))
  }

  /// Thirty volumes, and guests that use some of them.
  private static func many() throws -> String {
    var text = """
      apiVersion: virtspec/v1
      kind: Stack
      metadata: {name: many}
      ---
      apiVersion: virtspec/v1
      kind: Host
      metadata: {name: lab}
      spec: {uri: "\(try #require(Lab.uri))"}
      ---
      apiVersion: virtspec/v1
      kind: Network
      metadata: {name: many}
      spec: {host: lab, forward: isolated}
      ---
      apiVersion: virtspec/v1
      kind: Pool
      metadata: {name: many}
      spec: {host: lab, type: dir, path: /var/lib/libvirt/many}

      """
    for number in 1...30 {
      text += """
        ---
        apiVersion: virtspec/v1
        kind: Volume
        metadata: {name: many-\(number).qcow2}
        spec: {host: lab, pool: many, capacity: 1MiB, lifecycle: {onRemove: delete}}

        """
    }
    for number in 1...12 {
      text += """
        ---
        apiVersion: virtspec/v1
        kind: Guest
        metadata: {name: many-\(number)}
        spec:
          host: lab
          virtType: qemu
          memory: 32MiB
          disks:
            - {name: vda, pool: many, volume: many-\(number).qcow2}
          interfaces:
            - {network: many}
          power: \(number <= 4 ? "running" : "stopped")

        """
    }
    return text
  }
}
