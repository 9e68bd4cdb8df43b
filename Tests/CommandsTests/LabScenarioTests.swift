import Foundation
import Model
import Testing

@Suite(
  .lendsLabToEachCase, .enabled(if: Lab.hasGuest, "needs the lab with its guest: make test"))
struct LabScenarioTests {
  @Test("scenarios for the lab are there")
  func labScenariosAreThere() { #expect(LabScenario.names.count >= 14) }

  @Test(
    "scenarios on the real daemon have their golden plans' steps, and nothing is left to do after them",
    arguments: LabScenario.names.filter { LabScenario.text($0, "values.txt") == nil })
  func labScenario(_ name: String) async throws {
    let folder = try TemporaryFolder()
    let scenario = try LabScenario(name, in: folder.path)
    try scenario.scrub()
    do {
      try await carryOut(scenario)
    } catch {
      // What is left over would fail the tests that come after.
      try scenario.scrub()
      throw error
    }
    try scenario.scrub()
  }

  @Test(
    "so do those with values, which share the process's environment", .serialized,
    arguments: LabScenario.names.filter { LabScenario.text($0, "values.txt") != nil })
  func labScenarioWithValues(_ name: String) async throws { try await labScenario(name) }

  private func carryOut(_ scenario: LabScenario) async throws {
    try scenario.makeImages()
    try await prepare(scenario)

    scenario.setValues("values.txt")
    let arguments = scenario.options + [scenario.folder + "/manifests"]
    let plan = try await plan(arguments)
    #expect(
      plan.skeleton == Self.skeleton(scenario.text("plan.txt")), "\(scenario.name): \(plan.text)")
    let applied = await virtspec(["apply", "--yes"] + arguments, opener: Lab.Opener())
    #expect(
      applied.status == (scenario.isBlocked ? 3 : 0),
      "\(scenario.name): \(applied.output)\(applied.errors)")
    let second = try await self.plan(arguments)
    #expect(
      second.steps.isSubset(of: plan.steps.filter { $0.blocked != nil }),
      "\(scenario.name): \(second.text)")

    try await destroy(scenario)
    for (kind, command) in [("guest", "list"), ("network", "net-list"), ("pool", "pool-list")] {
      let present = try Lab.virsh(command, "--all", "--name").split(whereSeparator: \.isWhitespace)
      #expect(
        Set(present.map(String.init)).isDisjoint(with: scenario.names(of: kind)),
        "\(scenario.name)")
    }
    let filters = try Lab.virsh("nwfilter-list").split(whereSeparator: \.isWhitespace)
    #expect(
      Set(filters.map(String.init)).isDisjoint(with: scenario.names(of: "networkfilter")),
      "\(scenario.name)")
    #expect(try !Lab.virsh("secret-list").contains("virtspec/ledger/shop"))
    for usage in scenario.usages { #expect(try LabScenario.secret(usage: usage) == nil) }
  }

  /// The hosts as they are before the manifests are planned.
  private func prepare(_ scenario: LabScenario) async throws {
    let folder = scenario.folder
    for line in scenario.live + Self.lines(scenario.text("live/state.txt")) {
      try await LabDisturbance(line, folder: folder).perform()
    }
    scenario.setValues("before/values.txt")
    if scenario.text("before/site.yaml") != "" {
      let before = await virtspec(
        "apply", "--yes", "--allow", "recreate", "--prune", "--adopt", folder + "/before",
        opener: Lab.Opener())
      try #require(before.status == 0, "\(before.errors)")
    }
    if scenario.needsGuest {
      for guest in try Lab.virsh("list", "--name").split(whereSeparator: \.isWhitespace)
      where scenario.guests().contains(String(guest)) {
        try await eventually("\(scenario.name): \(guest) booted and took a lease") {
          try !Lab.virsh("domifaddr", String(guest)).isEmpty
        }
      }
    }
    for line in Self.lines(scenario.text("disturb.txt")) {
      try await LabDisturbance(line, folder: folder).perform()
    }
  }

  /// A protected object goes as its plan says: declared again without protection, and removed then.
  private func destroy(_ scenario: LabScenario) async throws {
    // Guests that have just started would not hear a shutdown yet, and how they hear one is the demo's test.
    for guest in scenario.guests() { _ = try Lab.attempt(["destroy", guest]) }
    var folder = scenario.folder + "/manifests"
    let before = scenario.text("before/site.yaml")
    if before.contains("protect: true") {
      let refused = await virtspec("destroy", "--yes", folder, opener: Lab.Opener())
      #expect(refused.status == 3, "\(refused.output)\(refused.errors)")
      folder = scenario.folder + "/before"
      let text = try String(contentsOfFile: folder + "/site.yaml", encoding: .utf8)
      try text.replacing("protect: true", with: "protect: false")
        .replacing("power: running", with: "power: stopped")
        .write(toFile: folder + "/site.yaml", atomically: false, encoding: .utf8)
      let released = await virtspec("apply", "--yes", folder, opener: Lab.Opener())
      #expect(released.status == 0, "\(released.output)\(released.errors)")
    }
    let destroyed = await virtspec("destroy", "--yes", folder, opener: Lab.Opener())
    #expect(destroyed.status == 0, "\(scenario.name): \(destroyed.output)\(destroyed.errors)")
  }

  private func plan(_ arguments: [String]) async throws -> LabPlan {
    let json = await virtspec(["plan", "--format", "json"] + arguments, opener: Lab.Opener())
    try #require(json.status == 0, "\(json.errors)")
    let text = await virtspec(["plan"] + arguments, opener: Lab.Opener())
    let document = try JSONDecoder().decode(LabPlan.Document.self, from: Data(json.output.utf8))
    return LabPlan(
      steps: Set(document.steps), text: text.output, skeleton: Self.skeleton(text.output))
  }

  /// The objects and steps of a plan, without the values, which differ from host to host.
  private static func skeleton(_ plan: String) -> [String] {
    plan.split(separator: "\n").map(String.init).filter { !$0.hasPrefix("          ") }
  }

  private static func lines(_ text: String) -> [String] {
    text.split(separator: "\n").map(String.init).filter { !$0.hasPrefix("#") }
  }
}

/// What a test reads of a plan.
private struct LabPlan {
  struct Document: Decodable { let steps: [Step] }

  struct Step: Decodable, Hashable {
    struct Object: Decodable, Hashable { let host, kind, name: String }
    struct Blockage: Decodable, Hashable { let code: String }
    let object: Object
    let action: String
    let blocked: Blockage?
  }

  let steps: Set<Step>
  let text: String
  let skeleton: [String]
}
