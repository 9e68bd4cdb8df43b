import Foundation
import TestSupport
import Testing

@Suite("the status of secrets") struct SecretStatusTests {
  private static func manifests(_ value: String) -> String {
    simulatedSite(
      """
      apiVersion: virtspec/v1
      kind: Secret
      metadata: {name: key}
      spec: {host: sim, usage: {ceph: key}, value: {\(value)}}

      """)
  }

  private func word(_ result: CommandResult) -> String? {
    result.output.split(separator: "\n").first { $0.contains("secret/key") }
      .map { $0.split(separator: " ").dropFirst(2).prefix { $0 != "-" }.joined(separator: " ") }
  }

  @Test("needs no value, whose source may be gone or cost something")
  func withoutValues() async throws {
    let host = SimulatedHost()
    let opener = SimulatedOpener(["sim:///one": host])
    let folder = try TemporaryFolder([
      "a.yaml": Self.manifests("file: key.txt"), "key.txt": "first",
    ])
    #expect(word(await virtspec("status", folder.path, opener: opener)) == "missing")
    #expect(await virtspec("apply", "--yes", folder.path, opener: opener).status == 0)
    let trace = folder.path + "/was-run"
    try folder.write(Self.manifests("command: [touch, \(trace)]"), to: "a.yaml")
    let without = await virtspec("status", folder.path, opener: opener)
    #expect(without.status == 0, "\(without.errors)")
    #expect(!FileManager.default.fileExists(atPath: trace))
    try folder.write(Self.manifests("file: nowhere"), to: "a.yaml")
    let gone = await virtspec("status", folder.path, opener: opener)
    #expect(gone.status == 0, "\(gone.errors)")
    #expect(word(gone) == "in sync", "\(gone.output)")
  }

  @Test("tells that a secret has no value")
  func missingValue() async throws {
    let host = SimulatedHost()
    let opener = SimulatedOpener(["sim:///one": host])
    let folder = try TemporaryFolder([
      "a.yaml": Self.manifests("file: key.txt"), "key.txt": "first",
    ])
    #expect(await virtspec("apply", "--yes", folder.path, opener: opener).status == 0)
    try host.disturb("secret-value ceph/key")
    #expect(word(await virtspec("status", folder.path, opener: opener)) == "differs")
  }
}
