import Foundation
import Model
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
        "ubuntu-cloud", "ubuntu-autoinstall", "windows-11", "debian-xen-pv",
      ]))
  }

  @Test(
    "are valid, are planned on empty hosts, applied, and planned again without changes",
    arguments: names)
  func areApplied(name: String) async throws {
    let copy = try name == "ubuntu-cloud" ? Self.copied(name) : TemporaryFolder()
    let path = name == "ubuntu-cloud" ? copy.path : repository + "specs/" + name
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

  /// The manifests, with what they fetch from elsewhere beside them.
  private static func copied(_ name: String) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    let source = repository + "specs/" + name
    for file in try FileManager.default.contentsOfDirectory(atPath: source) {
      let text = try String(contentsOfFile: source + "/" + file, encoding: .utf8)
      try folder.write(
        text.replacing(
          /https:\/\/cloud-images\.ubuntu\.com\/[a-z]+\/current\//, with: folder.path + "/"),
        to: file)
    }
    let image = "noble-server-cloudimg-amd64.img"
    // A qcow2 image's header: version 3, of 1GiB.
    var bytes = [UInt8](repeating: 0, count: 4096)
    bytes[0..<8] = [0x51, 0x46, 0x49, 0xfb, 0, 0, 0, 3]
    bytes[24..<32] = [0, 0, 0, 0, 0x40, 0, 0, 0]
    try Data(bytes).write(to: URL(filePath: folder.path + "/" + image))
    try folder.write("\(ContentDigest(of: bytes).hexadecimal) *\(image)\n", to: "SHA256SUMS")
    return folder
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
