import Execution
import Foundation
import Libvirt
import Testing

/// A lab (Tests/Lab/lab) with a daemon of its own: the variables of `lab env` name the first one, and
/// VIRTSPEC_LAB_OTHERS further ones that are like it, each by its folder and its URI.
struct Lab: Sendable {
  var directory: String
  var uri: String

  /// The one that the running test has to itself.
  @TaskLocal static var current: Lab?

  static let all: [Lab] = {
    let variables = ProcessInfo.processInfo.environment
    guard let directory = variables["VIRTSPEC_LAB_DIR"], let uri = variables["VIRTSPEC_LAB_URI"]
    else { return [] }
    let others = (variables["VIRTSPEC_LAB_OTHERS"] ?? "").split(separator: " ").map(String.init)
    return [Lab(directory: directory, uri: uri)]
      + stride(from: 0, to: others.count - 1, by: 2).map {
        Lab(directory: others[$0], uri: others[$0 + 1])
      }
  }()

  static let hasGuest =
    ProcessInfo.processInfo.environment["VIRTSPEC_LAB_KERNEL"] != nil && !all.isEmpty

  /// The test's own lab, and the first one for a test that has none.
  static var uri: String? { (current ?? all.first)?.uri }
  static var directory: String? { (current ?? all.first)?.directory }

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

/// Lends each test a lab, to itself alone: as many run at once as there are labs.
struct LabTrait: SuiteTrait, TestTrait, TestScoping {
  private static let labs = LabPool(Lab.all)

  /// Whether each case of a test with arguments gets a lab.
  var isForCases: Bool

  var isRecursive: Bool { true }

  /// The time for which a test waits for a lab is no part of the time that it has; a case's is.
  func scopeProvider(for test: Test, testCase: Test.Case?) -> Self? {
    !test.isSuite && isForCases == (testCase != nil) ? self : nil
  }

  func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
  ) async throws {
    let lab = await Self.labs.take()
    do {
      try await Lab.$current.withValue(lab) { try await function() }
    } catch {
      await Self.labs.giveBack(lab)
      throw error
    }
    await Self.labs.giveBack(lab)
  }
}

extension Trait where Self == LabTrait {
  /// Cases of a test share its lab, and must be `.serialized`.
  static var lendsLab: Self { LabTrait(isForCases: false) }
  static var lendsLabToEachCase: Self { LabTrait(isForCases: true) }
}

/// The labs that nobody uses; who waits longest gets the next one.
private actor LabPool {
  private var free: [Lab]
  private var waiting: [CheckedContinuation<Lab, Never>] = []

  init(_ labs: [Lab]) { free = labs }

  func take() async -> Lab {
    if let lab = free.popLast() { return lab }
    return await withCheckedContinuation { waiting.append($0) }
  }

  func giveBack(_ lab: Lab) {
    if waiting.isEmpty { free.append(lab) } else { waiting.removeFirst().resume(returning: lab) }
  }
}
