import TestSupport
import Testing

@Suite("the value of a secret is lost only by name") struct SecretLossTests {
  private static func manifests(_ lifecycle: String) -> String {
    simulatedSite(
      """
      apiVersion: virtspec/v1
      kind: Secret
      metadata: {name: key}
      spec: {host: sim, usage: {ceph: key}, value: {file: key.txt}\(lifecycle)}

      """)
  }

  private let host = SimulatedHost()

  /// Applies a secret, takes it out of the manifests, and runs the command on what is left.
  private func run(_ arguments: String..., lifecycle: String = "") async throws -> CommandResult {
    let opener = SimulatedOpener(["sim:///one": host])
    let folder = try TemporaryFolder([
      "a.yaml": Self.manifests(lifecycle), "key.txt": "first",
    ])
    #expect(await virtspec("apply", "--yes", folder.path, opener: opener).status == 0)
    #expect(host.value(ofSecret: "ceph/key") == "first")
    try folder.write(simulatedSite(""), to: "a.yaml")
    return await virtspec(arguments + [folder.path], opener: opener)
  }

  private var isThere: Bool { host.value(ofSecret: "ceph/key") != nil }

  @Test("--prune alone leaves it")
  func prune() async throws {
    let result = try await run("apply", "--prune=1", "--yes")
    #expect(result.status == 3, "\(result.output)\(result.errors)")
    #expect(result.output.contains("--allow data-loss"))
    #expect(isThere)
  }

  @Test("where data loss is allowed, its name is asked for")
  func named() async throws {
    let refused = try await run("apply", "--prune=1", "--allow", "data-loss", "--yes")
    #expect(refused.status == 1)
    #expect(refused.errors.contains("--yes=key"), "\(refused.errors)")
    #expect(isThere)
    let named = try await run("apply", "--prune=1", "--allow", "data-loss", "--yes", "--yes=key")
    #expect(named.status == 0, "\(named.output)\(named.errors)")
    #expect(!isThere)
  }

  @Test("'onRemove: delete' names it")
  func byItsManifest() async throws {
    let result = try await run(
      "apply", "--prune=1", "--yes", lifecycle: ", lifecycle: {onRemove: delete}")
    #expect(result.status == 0, "\(result.output)\(result.errors)")
    #expect(!isThere)
  }

  @Test("destroy takes it along, and says that its value goes")
  func destroyed() async throws {
    let result = try await run("destroy", "--yes")
    #expect(result.status == 0, "\(result.output)\(result.errors)")
    #expect(result.errors.contains("values of these secrets go with them: key"))
    #expect(!isThere)
  }
}
