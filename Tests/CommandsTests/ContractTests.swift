import TestSupport
import Testing

@Suite("the command line keeps its contract")
struct ContractTests {
  private static let stack = """
    apiVersion: virtspec/v1
    kind: Stack
    metadata: {name: tests}
    ---

    """
  private static let network = """
    apiVersion: virtspec/v1
    kind: Host
    metadata: {name: sim}
    spec: {uri: "sim:///one"}
    ---
    apiVersion: virtspec/v1
    kind: Network
    metadata: {name: web}
    spec: {host: sim, forward: nat, address: 10.9.0.1/24}

    """

  private func opener() -> SimulatedOpener { SimulatedOpener(["sim:///one": SimulatedHost()]) }

  @Test("validate says how much is valid, and needs no host")
  func validateValid() async throws {
    let folder = try TemporaryFolder(["a.yaml": Self.stack + Self.network])
    let result = await virtspec("validate", folder.path)
    #expect(result.status == 0)
    #expect(result.output == "3 manifests valid: 1 object on 1 host\n")
    #expect(result.errors == "")
  }

  @Test("validate reports every mistake, as text on standard error and as data on standard output")
  func validateInvalid() async throws {
    let folder = try TemporaryFolder(["a.yaml": "kind: Gest\nmetadata: {nam: x}\n"])
    let text = await virtspec("validate", folder.path)
    #expect(text.status == 1)
    #expect(text.output == "")
    #expect(text.errors.contains("did you mean 'Guest'?"))
    #expect(text.errors.contains("did you mean 'name'?"))
    let json = await virtspec("validate", "--format", "json", folder.path)
    #expect(json.status == 1)
    #expect(json.output.contains("\"code\": \"wrong-choice\""))
    #expect(json.errors == "")
  }

  @Test("plan and apply refuse to guess a stack")
  func refusesWithoutStack() async throws {
    let folder = try TemporaryFolder(["a.yaml": Self.network])
    for command in ["plan", "apply", "drift", "destroy"] {
      let result = await virtspec(command, folder.path, opener: opener())
      #expect(result.status == 1)
      #expect(result.errors.contains("no stack is named"))
    }
    let named = await virtspec("plan", "--stack", "given", folder.path, opener: opener())
    #expect(named.status == 0)
  }

  @Test("plan exits with 2 when there are changes and that was asked for, apply brings it to 0")
  func detailedExitcode() async throws {
    let folder = try TemporaryFolder(["a.yaml": Self.stack + Self.network])
    let opener = opener()
    #expect(await virtspec("plan", folder.path, opener: opener).status == 0)
    #expect(await virtspec("plan", "--detailed-exitcode", folder.path, opener: opener).status == 2)
    #expect(await virtspec("drift", folder.path, opener: opener).status == 2)
    #expect(await virtspec("apply", "--yes", folder.path, opener: opener).status == 0)
    #expect(await virtspec("plan", "--detailed-exitcode", folder.path, opener: opener).status == 0)
    #expect(await virtspec("drift", folder.path, opener: opener).status == 0)
  }

  @Test("apply asks on a terminal, takes only 'yes', and refuses where nobody can be asked")
  func consent() async throws {
    let folder = try TemporaryFolder(["a.yaml": Self.stack + Self.network])
    let opener = opener()
    let unasked = await virtspec("apply", folder.path, opener: opener)
    #expect(unasked.status == 1)
    #expect(unasked.errors.contains("--yes"))
    let declined = await virtspec(
      "apply", folder.path, opener: opener, terminal: true, answer: "y")
    #expect(declined.status == 1)
    #expect(declined.errors.contains("Nothing was changed."))
    #expect(await virtspec("plan", "--detailed-exitcode", folder.path, opener: opener).status == 2)
    let agreed = await virtspec(
      "apply", folder.path, opener: opener, terminal: true, answer: "yes")
    #expect(agreed.status == 0)
  }

  @Test("apply exits with 3 when a step was not allowed")
  func blocked() async throws {
    let folder = try TemporaryFolder(["a.yaml": Self.stack + Self.network])
    let opener = opener()
    #expect(await virtspec("apply", "--yes", folder.path, opener: opener).status == 0)
    try folder.write(
      Self.stack + Self.network.replacing("10.9.0.1/24", with: "10.9.1.1/24"), to: "a.yaml")
    let held = await virtspec("apply", "--yes", folder.path, opener: opener)
    #expect(held.status == 3)
    #expect(held.errors.contains("--allow restart"))
    let allowed = await virtspec(
      "apply", "--yes", "--allow", "restart", folder.path, opener: opener)
    #expect(allowed.status == 0, "\(allowed.errors)")
  }

  @Test("a host that cannot be reached is named, the others are planned, and the status is 1")
  func unreachableHost() async throws {
    let second = """
      ---
      apiVersion: virtspec/v1
      kind: Host
      metadata: {name: gone}
      spec: {uri: "sim:///gone"}
      ---
      apiVersion: virtspec/v1
      kind: Network
      metadata: {name: other}
      spec: {host: gone, forward: isolated}

      """
    let folder = try TemporaryFolder(["a.yaml": Self.stack + Self.network + second])
    let result = await virtspec("plan", folder.path, opener: opener())
    #expect(result.status == 1)
    #expect(result.output.contains("host/gone"))
    #expect(result.output.contains("unknown:"))
    #expect(result.output.contains("+ network/web"))
    #expect(!result.output.contains("network/other"))
  }

  @Test("destroy removes what the stack owns, and a second one finds nothing")
  func destroy() async throws {
    let folder = try TemporaryFolder(["a.yaml": Self.stack + Self.network])
    let opener = opener()
    #expect(await virtspec("apply", "--yes", folder.path, opener: opener).status == 0)
    #expect(await virtspec("destroy", "--yes", folder.path, opener: opener).status == 0)
    let again = await virtspec("destroy", "--yes", folder.path, opener: opener)
    #expect(again.status == 0)
    #expect(again.output.hasPrefix("No changes"))
  }

  @Test("a wrong command line is an error: status 1, with the nearest option")
  func wrongUsage() async {
    let result = await virtspec("plan", "--alow", "live")
    #expect(result.status == 1)
    #expect(result.errors.contains("--allow"))
  }

  @Test("results go to standard output, messages to standard error")
  func streams() async throws {
    let folder = try TemporaryFolder(["a.yaml": Self.stack + Self.network])
    let applied = await virtspec("apply", "--yes", folder.path, opener: opener())
    #expect(applied.output.contains("Plan: 1 to create"))
    #expect(applied.errors.contains("3 of 3 steps done."))
    #expect(!applied.output.contains("steps done"))
  }

  @Test("a target narrows the plan to an object and what it needs")
  func target() async throws {
    let more = """
      ---
      apiVersion: virtspec/v1
      kind: Network
      metadata: {name: other}
      spec: {host: sim, forward: isolated}

      """
    let folder = try TemporaryFolder(["a.yaml": Self.stack + Self.network + more])
    let result = await virtspec(
      "plan", "--target", "network/other", folder.path, opener: opener())
    #expect(result.output.contains("network/other"))
    #expect(!result.output.contains("network/web"))
    let wrong = await virtspec("plan", "--target", "other", folder.path, opener: opener())
    #expect(wrong.status == 1)
    #expect(wrong.errors.contains("KIND/NAME"))
  }

  @Test("colours come when asked for, and not into a pipe")
  func colors() async throws {
    let folder = try TemporaryFolder(["a.yaml": Self.stack + Self.network])
    let plain = await virtspec("plan", folder.path, opener: opener())
    #expect(!plain.output.contains("\u{1b}["))
    let colored = await virtspec("plan", "--color", "always", folder.path, opener: opener())
    #expect(colored.output.contains("\u{1b}["))
  }

  @Test("the log tells of hosts and steps when it is wanted, as text or JSON")
  func logging() async throws {
    let folder = try TemporaryFolder(["a.yaml": Self.stack + Self.network])
    let quiet = await virtspec("plan", folder.path, opener: opener())
    #expect(quiet.errors == "")
    let json = await virtspec("plan", "-v", "--log-format", "json", folder.path, opener: opener())
    #expect(json.errors.contains("\"message\":\"host read\""))
  }

  @Test("completion scripts exist for bash, zsh and fish, and for no other shell")
  func completion() async {
    for shell in ["bash", "zsh", "fish"] {
      let result = await virtspec("completion", shell)
      #expect(result.status == 0)
      #expect(result.output.contains("virtspec"))
    }
    #expect(await virtspec("completion", "cmd").status == 1)
  }
}
