import Foundation
import TestSupport
import Testing

@Suite("the manifests that people copy")
struct SpecsTests {
  static let names =
    (try? FileManager.default.contentsOfDirectory(atPath: repository + "specs")) ?? []

  @Test("are there")
  func areThere() {
    #expect(
      Set(Self.names).isSuperset(of: [
        "demo", "single-host", "web-stack", "three-tier", "homelab", "ci-runners", "edge-fleet",
      ]))
  }

  @Test(
    "are valid, are planned on empty hosts, applied, and planned again without changes",
    arguments: names)
  func areApplied(name: String) async throws {
    let path = repository + "specs/" + name
    let valid = await virtspec("validate", path)
    #expect(valid.status == 0, "\(valid.errors)")
    let opener = SimulatedOpener(
      Dictionary(uniqueKeysWithValues: Self.uris.map { ($0, SimulatedHost()) }))
    let ready = try await Self.prepared(name, opener)
    #expect(ready)
    let plan = await virtspec("plan", "--detailed-exitcode", path, opener: opener)
    #expect(plan.status == 2, "\(plan.errors)\(plan.output)")
    #expect(!plan.output.contains("blocked"), "\(plan.output)")
    let applied = await virtspec("apply", "--yes", path, opener: opener)
    #expect(applied.status == 0, "\(applied.errors)")
    let second = await virtspec("plan", "--detailed-exitcode", path, opener: opener)
    #expect(second.status == 0, "\(second.output)")
  }

  private static let uris =
    [
      "qemu:///system", "qemu+ssh://root@kvm-a/system", "qemu+ssh://root@kvm-b/system",
      "xen+ssh://root@xen-a/system",
    ] + (1...50).map { "qemu+ssh://virtspec@edge-\($0 < 10 ? "0" : "")\($0).example.net/system" }

  /// Puts there what the manifests say is there already.
  private static func prepared(_ name: String, _ opener: SimulatedOpener) async throws -> Bool {
    let file = repository + "Tests/CommandsTests/SpecsPrepared/\(name).yaml"
    guard FileManager.default.fileExists(atPath: file) else { return true }
    return await virtspec("apply", "--yes", file, opener: opener).status == 0
  }
}
