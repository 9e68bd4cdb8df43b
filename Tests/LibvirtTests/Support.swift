import Execution
import Glibc
import Libvirt
import Model
import Planning
import Testing

/// The lab's daemon (Tests/Lab/lab): tests that need a real one run where VIRTSPEC_LAB_URI names
/// it.
enum Lab {
  static let uri = variable("VIRTSPEC_LAB_URI")
  static let kernel = variable("VIRTSPEC_LAB_KERNEL")
  static let initrd = variable("VIRTSPEC_LAB_INITRD")

  static var isThere: Bool { uri != nil }
  static var hasGuest: Bool { isThere && kernel != nil && initrd != nil }

  /// A name that no other run has, in the lab's short form for devices too (11 bytes).
  static func name(_ stem: String) -> String {
    stem + String(UInt32.random(in: 0..<(1 << 24)) | 1 << 24, radix: 16).dropFirst()
  }

  private static func variable(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }
  }
}

/// A host with short forms of what the tests do.
struct Host: Sendable {
  let hypervisor: any Hypervisor

  static func open(_ uri: String?) async throws -> Host {
    Host(hypervisor: try await LibvirtOpener().open(uri: try #require(uri)))
  }

  func perform(_ operation: Operation, _ kind: Kind, _ name: String) async throws {
    try await hypervisor.perform(operation, on: ObjectID(host: "lab", kind: kind, name: name))
  }

  /// Performs, and gives the error that is expected of it.
  func refusal(
    _ operation: Operation, _ kind: Kind, _ name: String,
    location: SourceLocation = #_sourceLocation
  ) async throws -> HypervisorError {
    do {
      try await perform(operation, kind, name)
    } catch let error as HypervisorError {
      return error
    }
    return try #require(nil, "it was not refused", sourceLocation: location)
  }

  /// Cleaning up: what is not there needs none.
  func tidy(_ operations: [Operation], _ kind: Kind, _ name: String) async {
    for operation in operations { try? await perform(operation, kind, name) }
  }

  func observe(
    _ shapes: [Kind: [String: Shape]] = [:], stack: String = "tests", everything: Bool = false
  ) async throws -> ObservedHost {
    try await hypervisor.observe(
      ObservationRequest(stack: stack, shapes: shapes, everything: everything))
  }

  func guest(_ name: String) async throws -> ObservedGuest {
    try #require(try await observe(everything: true).guests.first { $0.name == name })
  }

  func network(_ name: String) async throws -> ObservedNetwork {
    try #require(try await observe(everything: true).networks.first { $0.name == name })
  }

  func pool(_ name: String) async throws -> ObservedPool {
    try #require(try await observe(everything: true).pools.first { $0.name == name })
  }
}

extension Definition {
  /// A new object's, or with `over` one that lies over what was seen.
  static func of(
    _ kind: Kind, _ name: String, _ spec: Record, cleared: [FieldPath] = [],
    over expected: Fingerprint? = nil
  ) -> Definition {
    Definition(
      uuid: Digest.uuid(stack: "tests", kind: kind, name: name), spec: spec, cleared: cleared,
      ownership: kind == .pool
        ? nil
        : Ownership(
          stack: "tests", source: "tests.yaml", digest: "digest", appliedSpec: #"{"a":"<&>"}"#),
      expected: expected)
  }
}

extension Record {
  /// A small guest without a disk, under emulation.
  static func smallGuest(_ more: [(String, Value)] = []) -> Record {
    Record([
      ("virtType", "qemu"), ("arch", "x86_64"), ("machine", "q35"),
      ("memory", ["size": .integer(64 << 20), "max": .integer(64 << 20)]),
      ("cpus", ["count": 1, "max": 1]), ("features", ["acpi": true]),
    ]).overlaid(with: Record(more))
  }
}

/// Asks until the condition holds; false when the deadline passes, which only ends a test that would wait for ever.
func eventually(
  within seconds: Int = 600, _ condition: () async throws -> Bool
) async throws -> Bool {
  let clock = ContinuousClock()
  let deadline = clock.now.advanced(by: .seconds(seconds))
  while clock.now < deadline {
    if try await condition() { return true }
    // The daemon needs the processor more than the question.
    try await Task.sleep(for: .milliseconds(50))
  }
  return false
}
