import TestSupport
import Testing

@Suite("data is lost only by name")
struct DataLossTests {
  private static let pool = """
    apiVersion: virtspec/v1
    kind: Pool
    metadata: {name: images}
    spec: {host: sim, type: dir, path: /srv/images}

    """

  private static func manifests(backing: String) -> String {
    let volumes = ["base", "other"].map {
      """
      ---
      apiVersion: virtspec/v1
      kind: Volume
      metadata: {name: \($0).qcow2}
      spec: {host: sim, pool: images, capacity: 8GiB}

      """
    }
    return simulatedSite(stack: "shop", pool) + volumes.joined() + """
      ---
      apiVersion: virtspec/v1
      kind: Volume
      metadata: {name: top.qcow2}
      spec: {host: sim, pool: images, capacity: 8GiB, backing: \(backing)}

      """
  }

  /// Applies a volume over one backing volume, then over another.
  private func apply(
    _ arguments: [String], terminal: Bool = false, answer: String? = nil
  ) async throws -> CommandResult {
    let opener = SimulatedOpener(["sim:///one": SimulatedHost()])
    let folder = try TemporaryFolder(["a.yaml": Self.manifests(backing: "base.qcow2")])
    #expect(await virtspec("apply", "--yes", folder.path, opener: opener).status == 0)
    try folder.write(Self.manifests(backing: "other.qcow2"), to: "a.yaml")
    let result = await virtspec(
      ["apply", folder.path] + arguments, opener: opener, terminal: terminal, answer: answer)
    let left = await virtspec("plan", "--detailed-exitcode", folder.path, opener: opener).status
    // What was not consented to was not begun.
    #expect(left == (result.status == 0 ? 0 : 2))
    return result
  }

  @Test("without --allow data-loss the volume stays as it is")
  func notAllowed() async throws {
    let result = try await apply(["--yes"])
    #expect(result.status == 3)
    #expect(result.output.contains("--allow data-loss"))
  }

  @Test("--yes alone is no consent; the volume's name is")
  func named() async throws {
    let refused = try await apply(["--allow", "data-loss", "--yes"])
    #expect(refused.status == 1)
    #expect(refused.errors.contains("run again with --yes=images/top.qcow2"), "\(refused.errors)")
    #expect(try await apply(["--allow", "data-loss", "--yes=images/other.qcow2"]).status == 1)
    #expect(try await apply(["--allow", "data-loss", "--yes=images/top.qcow2"]).status == 0)
  }

  @Test("on a terminal the name is typed, and 'yes' is no name")
  func typed() async throws {
    let declined = try await apply(["--allow", "data-loss"], terminal: true, answer: "yes")
    #expect(declined.status == 1)
    #expect(declined.errors.contains("Nothing was changed."))
  }

  @Test(
    "a volume that was lost under a guest which goes is made anew by the same run, after the guest is gone"
  )
  func lostUnderAGuestThatGoes() async throws {
    let storage = simulatedSite(
      Self.pool + """
        ---
        apiVersion: virtspec/v1
        kind: Volume
        metadata: {name: data.img}
        spec: {host: sim, pool: images, capacity: 1GiB}

        """)
    let guest = """
      ---
      apiVersion: virtspec/v1
      kind: Guest
      metadata: {name: web-1}
      spec: {host: sim, memory: 1GiB, power: stopped, disks: [{name: vda, pool: images, volume: data.img}]}

      """
    let host = SimulatedHost()
    let opener = SimulatedOpener(["sim:///one": host])
    let folder = try TemporaryFolder(["a.yaml": storage + guest])
    #expect(await virtspec("apply", "--yes", folder.path, opener: opener).status == 0)
    try host.disturb("vol-delete images/data.img")
    try folder.write(storage, to: "a.yaml")
    let run = await virtspec(
      "apply", "--yes", "--prune", "--allow", "recreate", folder.path, opener: opener)
    #expect(run.status == 0, "\(run.output)\(run.errors)")
    #expect(await virtspec("plan", "--detailed-exitcode", folder.path, opener: opener).status == 0)
  }
}
