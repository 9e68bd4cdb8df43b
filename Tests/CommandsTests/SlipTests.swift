import TestSupport
import Testing

@Suite("a slip on the command line is said, and is no plan without changes")
struct SlipTests {
  private static let manifests = simulatedSite(
    """
    apiVersion: virtspec/v1
    kind: Network
    metadata: {name: web}
    spec: {host: sim, forward: isolated}
    ---
    apiVersion: virtspec/v1
    kind: Pool
    metadata: {name: images}
    spec: {host: sim, type: dir, path: /srv/images}

    """)
  private let opener = SimulatedOpener(["sim:///one": SimulatedHost()])

  @Test("a target that nothing is, with the nearest", arguments: ["plan", "drift", "render"])
  func unknownTarget(command: String) async throws {
    let folder = try TemporaryFolder(["a.yaml": Self.manifests])
    let result = await virtspec(command, "--target", "network/wep", folder.path, opener: opener)
    #expect(result.status == 1)
    #expect(result.output == "")
    #expect(
      result.errors == """
        error: no manifest declares network/wep, and the stack owns none; did you mean 'network/web'?

        """)
  }

  @Test("a target that the stack owns and no manifest declares is known")
  func ownedTarget() async throws {
    let folder = try TemporaryFolder(["a.yaml": Self.manifests])
    #expect(await virtspec("apply", "--yes", folder.path, opener: opener).status == 0)
    let rest = Self.manifests.replacing("metadata: {name: web}", with: "metadata: {name: other}")
    try folder.write(rest, to: "a.yaml")
    let plan = await virtspec("plan", "--target", "network/web", folder.path, opener: opener)
    #expect(plan.status == 0)
    #expect(plan.output.contains("! network/web"))
  }

  @Test("targets are counted as what was compared, in any of their kind's words")
  func comparedTargets() async throws {
    let folder = try TemporaryFolder(["a.yaml": Self.manifests])
    #expect(await virtspec("apply", "--yes", folder.path, opener: opener).status == 0)
    let plan = await virtspec("plan", "--target", "Network/web", folder.path, opener: opener)
    #expect(plan.output == "No changes: 1 object is as declared.\n")
    let status = await virtspec("status", "--target", "network/web", folder.path, opener: opener)
    #expect(status.output.contains("network/web"))
    #expect(!status.output.contains("pool/images"))
    let rendered = await virtspec("render", "--target", "Pool/images", folder.path)
    #expect(rendered.output.contains("<pool type=\"dir\">"))
    #expect(!rendered.output.contains("<network"))
  }

  @Test("a host that is not declared, without the usage of the program")
  func unknownHost() async throws {
    let folder = try TemporaryFolder(["a.yaml": Self.manifests])
    let result = await virtspec("plan", "--host", "sin", folder.path, opener: opener)
    #expect(result.status == 1)
    #expect(
      result.errors == "error: there is no Host 'sin' in the manifests; did you mean 'sim'?\n")
  }

  @Test("what another stack owns is not called nobody's")
  func otherStack() async throws {
    let folder = try TemporaryFolder(["a.yaml": Self.manifests])
    #expect(await virtspec("apply", "--yes", folder.path, opener: opener).status == 0)
    try folder.write(Self.manifests.replacing("{name: tests}", with: "{name: mine}"), to: "a.yaml")
    let drift = await virtspec("drift", folder.path, opener: opener)
    #expect(drift.output.contains("network/web on sim: belongs to stack 'tests'"))
    #expect(!drift.output.contains("no stack owns it"))
    let status = await virtspec("status", folder.path, opener: opener)
    #expect(status.output.contains("other stack"))
  }

  @Test("destroying nothing says that there is nothing")
  func nothingToDestroy() async throws {
    let folder = try TemporaryFolder(["a.yaml": Self.manifests])
    let result = await virtspec("destroy", "--yes", folder.path, opener: opener)
    #expect(result.status == 0)
    #expect(result.output == "No changes: the hosts have nothing of stack 'tests'.\n")
  }
}
