import Execution
import Model
import Planning
import TestSupport
import Testing

@Suite("A device that a guest does not let go of") struct DetachTests {
  @Test("its volume is not removed, and the next plan takes it from the guest again")
  func kept() async throws {
    let scenario = try await Scenario(ScenarioFiles("disk-detach-and-delete", in: scenarioFolder))
    let plan = await scenario.plan()
    let refusal = HypervisorError(
      .timeout, call: "virDomainDetachDeviceFlags",
      message: "the guest did not let go of vdb within 30 s")
    let result = await scenario.apply(
      plan,
      SimulatedCalls(faults: { operation, _, _ in
        if case .detachDevice = operation { .fail(refusal) } else { nil }
      }))
    let detach = try #require(plan.steps.first { $0.action == .detach })
    let removal = try #require(plan.steps.first { $0.operation == .removeVolume })
    // After a deadline nobody knows whether the guest lets go a moment later.
    #expect(result.outcomes[detach.id] == .inDoubt(refusal))
    #expect(result.outcomes[removal.id] != .done)
    let host = try #require(scenario.hosts["kvm-a"])
    #expect(host.snapshot["file//srv/images/web-1-vdb.qcow2"] != nil)
    #expect(host.liveXML(ofGuest: "web-1")?.contains("vdb") == true)

    let again = await scenario.plan()
    #expect(again.steps.contains { $0.action == .detach && $0.blocked == nil })
    #expect((await scenario.apply(again)).succeeded)
    #expect((await scenario.plan()).isEmpty)
  }
}
