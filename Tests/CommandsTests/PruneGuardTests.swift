import TestSupport
import Testing

@Suite("a large prune needs its number or the stack's name")
struct PruneGuardTests {
  private static func manifests(_ count: Int) -> String {
    let networks = (0..<count).map {
      """
      ---
      apiVersion: virtspec/v1
      kind: Network
      metadata: {name: net-\($0)}
      spec: {host: sim, forward: isolated}

      """
    }
    return """
      apiVersion: virtspec/v1
      kind: Stack
      metadata: {name: shop}
      ---
      apiVersion: virtspec/v1
      kind: Host
      metadata: {name: sim}
      spec: {uri: "sim:///one"}

      """ + networks.joined()
  }

  /// Applies some networks, then prunes with fewer of them declared.
  private func prune(
    _ before: Int, _ after: Int, _ arguments: [String], terminal: Bool = false,
    answer: String? = nil
  ) async throws -> CommandResult {
    let opener = SimulatedOpener(["sim:///one": SimulatedHost()])
    let folder = try TemporaryFolder(["a.yaml": Self.manifests(before)])
    let path = folder.path
    #expect(await virtspec("apply", "--yes", path, opener: opener).status == 0)
    try folder.write(Self.manifests(after), to: "a.yaml")
    return await virtspec(
      ["apply", path] + arguments, opener: opener, terminal: terminal, answer: answer)
  }

  @Test("a few of many go with --prune")
  func small() async throws {
    #expect(try await prune(9, 7, ["--yes", "--prune"]).status == 0)
  }

  @Test("more than a third is refused, with the number that would do")
  func third() async throws {
    let refused = try await prune(9, 5, ["--yes", "--prune"])
    #expect(refused.status == 1)
    #expect(refused.errors.contains("4 of the 9 objects"))
    #expect(refused.errors.contains("--prune=4"))
    #expect(try await prune(9, 5, ["--yes", "--prune=4"]).status == 0)
  }

  @Test("more than ten are refused, however large the stack")
  func many() async throws {
    #expect(try await prune(60, 49, ["--yes", "--prune"]).status == 1)
    #expect(try await prune(60, 50, ["--yes", "--prune"]).status == 0)
  }

  @Test("a number that is too small is refused")
  func tooSmall() async throws {
    #expect(try await prune(9, 4, ["--yes", "--prune=4"]).status == 1)
  }

  @Test("on a terminal the stack's name is consent, and 'yes' is not")
  func typed() async throws {
    let agreed = try await prune(9, 4, ["--prune"], terminal: true, answer: "shop")
    #expect(agreed.status == 0, "\(agreed.errors)")
    let declined = try await prune(9, 4, ["--prune"], terminal: true, answer: "yes")
    #expect(declined.status == 1)
    #expect(declined.errors.contains("Nothing was changed."))
  }
}
