import Execution
import LibvirtXML
import Model
import Planning

/// A scenario's hosts as they are before its manifests are planned, and what is wanted of them.
///
/// A scenario is a folder: `before/*.yaml` is applied to empty hosts, `live/*.xml` is defined beside it,
/// `values.txt` has what secrets' environment variables hold (`NAME=TEXT`), and `before/values.txt` what they held,
/// `capabilities/` has what the hosts answer when they are asked what they can do (`host.xml`, `domain-*.xml`), or
/// `capabilities.txt` names a folder of `Tests/Fixtures/capabilities` with that (`NAME` or `HOST: NAME`),
/// `disturb.txt` changes things behind virtspec's back, and `manifests/*.yaml` is planned with `options.txt`.
public struct Scenario: Sendable {
  /// By the name of their manifest.
  public let hosts: [String: SimulatedHost]
  /// In the long form.
  public let desired: Desired
  private let options: ScenarioOptions
  /// The values of the declared secrets, which no plan has.
  public let secrets: [ObjectID: SecretReading]

  /// Builds the hosts. Throws when the scenario itself is wrong: broken manifests, a first run that fails.
  public init(_ files: ScenarioFiles) async throws {
    desired = try files.desired("manifests")
    secrets = files.secrets(of: desired, "values.txt")
    options = try ScenarioOptions(files.lines("options.txt"))
    let before = try files.desired("before")
    var hosts: [String: SimulatedHost] = [:]
    for host in desired.hosts + before.hosts where hosts[host.name] == nil {
      hosts[host.name] = SimulatedHost()
    }
    self.hosts = hosts
    let main = desired.hosts.first?.name ?? ""
    for (name, host) in hosts {
      host.capabilities = try recorded(for: name, files) ?? files.capabilities()
      try host.load(files, folder: hosts.count > 1 ? "live-\(name)" : "live")
    }
    let all = PlanOptions(ceiling: .recreate, prune: true, adopt: true)
    let plan = await Self.plan(before, hosts, files.secrets(of: before, "before/values.txt"), all)
    let result = await Self.run(plan, hosts.mapValues { $0.connect() })
    guard result.succeeded, plan.blocked.isEmpty else {
      throw ScenarioProblem("before/ cannot be applied: \(result.outcomes), \(plan.blocked)")
    }
    for line in files.lines("disturb.txt") {
      var words = line.split(separator: " ").map(String.init)
      let name = words[0].hasSuffix(":") ? String(words.removeFirst().dropLast()) : main
      guard let host = hosts[name] else { throw ScenarioProblem("there is no host '\(name)'") }
      try host.disturb(words, files)
    }
  }

  private init(_ other: Scenario) {
    hosts = other.hosts.mapValues { $0.copy() }
    desired = other.desired
    options = other.options
    secrets = other.secrets
  }

  /// The same with hosts of its own.
  public func copy() -> Scenario { Scenario(self) }

  /// The plan for what the hosts have now.
  public func plan() async -> Plan {
    let reachable = hosts.filter { !options.unreachable.contains($0.key) }
    return await Self.plan(desired, reachable, secrets, options.plan)
  }

  /// The same with what it saw, to be carried out later.
  public func savedPlan() async -> SavedPlan {
    let reachable = hosts.filter { !options.unreachable.contains($0.key) }
    let profiled = await Self.read(desired, reachable)
    var planner = FleetPlanner(profiled.desired, secrets: secrets, options: options.plan)
    return SavedPlan(
      desired: profiled.desired, hosts: desired.hosts, options: options.plan, targets: [],
      pruneLimit: 0, plan: await planner.plan(profiled),
      seen: Sighting.all(profiled.desired, profiled.fleet.readings))
  }

  /// Carries a plan out.
  public func apply(
    _ plan: Plan, _ calls: SimulatedCalls = SimulatedCalls(), stepGuard: (any StepGuard)? = nil
  ) async -> RunResult {
    await Self.run(plan, hosts.mapValues { $0.connect(calls) }, stepGuard)
  }

  private static func plan(
    _ desired: Desired, _ hosts: [String: SimulatedHost], _ secrets: [ObjectID: SecretReading],
    _ options: PlanOptions
  ) async -> Plan {
    let profiled = await read(desired, hosts)
    var planner = FleetPlanner(profiled.desired, secrets: secrets, options: options)
    return await planner.plan(profiled)
  }

  private static func read(
    _ desired: Desired, _ hosts: [String: SimulatedHost]
  ) async -> ProfiledFleet {
    let byURI = desired.hosts.compactMap { host in hosts[host.name].map { (host.uri, $0) } }
    let fleet = await Fleet.read(
      desired, hosts: desired.hosts,
      opener: SimulatedOpener(Dictionary(byURI) { first, _ in first }), parallelism: 4
    ) { Planner.request(desired, host: $0) }
    return await GuestProfiles.read(
      desired, fleet,
      catalog: RecordedSystems.catalog(of: desired.objects.compactMap(\.spec.osID)),
      local: { _ in nil })
  }

  private static func run(
    _ plan: Plan, _ hypervisors: [String: SimulatedHypervisor],
    _ stepGuard: (any StepGuard)? = nil
  ) async -> RunResult {
    // One step at a time: the numbers of the calls are the same in every run.
    await Runner(hypervisors: hypervisors, parallelism: 1, stepGuard: stepGuard) { _ in }.run(plan)
  }
}

extension SimulatedHost {
  /// Defines what a scenario's `live` has, in the order of its file names: `*.xml` by its root element,
  /// `POOL/*.xml` as volumes. `state.txt` has disturbances that come after, such as `start web-1`.
  public convenience init(folder: String) throws {
    self.init()
    let name = folder.split(separator: "/").last.map(String.init) ?? ""
    try load(ScenarioFiles(name, in: String(folder.dropLast(name.count + 1))), folder: "live")
  }

  func load(_ files: ScenarioFiles, folder: String) throws {
    for file in files.list(folder) where file.hasSuffix(".xml") {
      try disturb(["define", "\(folder)/\(file)"], files)
    }
    for pool in files.list(folder) where !pool.hasSuffix(".xml") && !pool.hasSuffix(".txt") {
      try disturb(["pool-build", pool], files)
      try disturb(["pool-start", pool], files)
      for file in files.list("\(folder)/\(pool)") {
        try disturb(["vol-create", pool, "\(folder)/\(pool)/\(file)"], files)
      }
    }
    for line in files.lines("\(folder)/state.txt") {
      try disturb(line.split(separator: " ").map(String.init), files)
    }
  }

  func disturb(_ words: [String], _ files: ScenarioFiles) throws {
    let disturbance = Disturbance(words: words) { path in
      guard let text = files.text(path) else { throw ScenarioProblem("there is no file '\(path)'") }
      return text
    }
    do {
      try changeState { try disturbance.apply(to: &$0) }
    } catch {
      throw ScenarioProblem("\(words.joined(separator: " ")): \(error)")
    }
  }
}

/// What `capabilities.txt` names for a host.
private func recorded(for host: String, _ files: ScenarioFiles) throws -> RecordedCapabilities? {
  for line in files.lines("capabilities.txt") {
    let words = line.split(separator: ":").map(\.trimmed)
    guard words.count == 1 || words[0] == host, let name = words.last else { continue }
    guard let recorded = RecordedCapabilities(recorded: name) else {
      throw ScenarioProblem("there are no recorded capabilities '\(name)'")
    }
    return recorded
  }
  return nil
}

extension Substring {
  /// Without spaces around it.
  fileprivate var trimmed: String {
    String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}
