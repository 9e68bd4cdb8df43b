import Execution
import Glibc
import Model
import Planning
import Reporting
import TestSupport
import Testing

/// The folder of all scenarios.
let scenarioFolder =
  #filePath.split(separator: "/").dropLast(2).map { "/" + $0 }.joined()
  + "/Scenarios"

@Suite("Scenarios") struct ScenarioTests {
  static let names = ScenarioFiles.names(in: scenarioFolder)
  static let regenerates = getenv("VIRTSPEC_REGENERATE") != nil

  @Test("there are scenarios") func present() { #expect(Self.names.count >= 35) }

  @Test("the plan is the golden one, and comes out the same twice", arguments: names)
  func golden(_ name: String) async throws {
    let files = ScenarioFiles(name, in: scenarioFolder)
    let scenario = try await Scenario(files)
    let plan = await scenario.plan()
    try compare(PlanText.render(plan), "plan.txt", files)
    if files.text("plan.json") != nil {
      try compare(PlanJSON.document(plan).pretty, "plan.json", files)
    }
    let again = await scenario.plan()
    #expect(PlanJSON.document(again) == PlanJSON.document(plan))
    let elsewhere = await (try Scenario(files)).plan()
    #expect(elsewhere == plan)
  }

  @Test(
    "applied, every step is done, the rest is left alone, and nothing remains", arguments: names)
  func applied(_ name: String) async throws {
    let files = ScenarioFiles(name, in: scenarioFolder)
    let scenario = try await Scenario(files)
    let plan = await scenario.plan()
    let before = scenario.hosts.mapValues(\.snapshot)
    let problems = scenario.hosts.mapValues(\.problems)
    let result = await scenario.apply(plan)
    for step in plan.executable {
      #expect(result.outcomes[step.id] == .done, "\(step.id) \(step.action) \(step.object)")
    }
    let again = await scenario.plan()
    #expect(again.executable.isEmpty)
    let known = Set(plan.blocked.map(Leftover.init))
    #expect(again.steps.allSatisfy { known.contains(Leftover($0)) })
    var remains = again.steps.isEmpty ? "" : PlanText.render(again)
    for (name, host) in scenario.hosts.sorted(by: { $0.key < $1.key }) {
      let changed = changes(from: before[name] ?? [:], to: host.snapshot)
      #expect(changed.isSubset(of: allowed(plan, on: name)))
      for problem in host.problems where problems[name]?.contains(problem) == false {
        remains += "\(name): \(problem)\n"
      }
    }
    try compare(remains.isEmpty ? nil : remains, "after.txt", files)
  }

  private func compare(_ found: String?, _ file: String, _ files: ScenarioFiles) throws {
    if Self.regenerates { return try files.write(found, to: file) }
    #expect(found == files.text(file), "VIRTSPEC_REGENERATE=1 rewrites \(files.name)/\(file)")
  }

  private func changes(from old: [String: String], to new: [String: String]) -> Set<String> {
    Set(old.keys).union(new.keys).filter { old[$0] != new[$0] }
  }

  /// What the plan's executable steps may change. A volume is a file, a resized disk may be any.
  private func allowed(_ plan: Plan, on host: String) -> Set<String> {
    var allowed: Set<String> = []
    for step in plan.executable where step.object.host == host {
      switch step.operation {
      case .writeLedger: allowed.insert("ledger/\(plan.stack)")
      case .defineSecret(let definition): allowed.insert("secret/\(definition.uuid)")
      case .setSecretValue(let assignment): allowed.insert("secret/\(assignment.uuid)")
      case .undefineSecret(let uuid): allowed.insert("secret/\(uuid)")
      case .createVolume, .uploadVolume, .removeVolume, .resizeVolume, .resizeGuestDisk:
        allowed.formUnion(volumePaths(step.object, on: host, plan))
      case .renameGuest(let old, _, _):
        allowed.formUnion(["guest/\(old)", step.object.reference])
      default: allowed.insert(step.object.reference)
      }
    }
    return allowed
  }

  private func volumePaths(_ volume: ObjectID, on host: String, _ plan: Plan) -> Set<String> {
    let (pool, name) = volume.poolAndVolume ?? ("", "")
    return ["/srv/\(pool)/\(name)", "/dev/\(pool)/\(name)", "\(pool)/\(name)"]
      .reduce(into: []) { $0.insert("file/" + $1) }
  }
}

/// What makes two steps the same that were not taken.
private struct Leftover: Hashable {
  let object: ObjectID
  let action: Action
  let code: Blockage.Code?

  init(_ step: Step) {
    object = step.object
    action = step.action
    code = step.blocked?.code
  }
}
