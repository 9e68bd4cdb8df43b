import Execution
import Foundation
import Model
import TestSupport
import Testing

@Suite("a rollback lays back what a run changed, and takes nothing from anybody")
struct RollbackTests {
  /// What definitions a host has: everything but what runs and what only the simulation knows.
  private func definitions(_ host: SimulatedHost, _ names: [String]) -> [String: String] {
    host.snapshot.filter { names.contains($0.key) }
  }
  private static let present = [
    "guest/web-1", "network/web", "pool/images", "ledger/tests", "file//srv/images/base.qcow2",
  ]

  @Test("changed definitions are as they were, and the former manifests have no plan")
  func changes() async throws {
    let host = try JournalledHost()
    try await host.apply(JournalledHost.site)
    let before = definitions(host.host, Self.present)
    #expect(before.count == 5)
    let changed = JournalledHost.changed.components(separatedBy: "---\n").dropLast(2)
    let applied = try await host.apply(
      changed.joined(separator: "---\n").replacing(
        ", dns: {hosts: [{address: 10.9.0.9, names: [a]}]}", with: ""))
    #expect(applied.status == 0, "\(applied.errors)")
    #expect(definitions(host.host, Self.present) != before)
    let result = await host.run("rollback", "--yes")
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.contains("cpus.max"))
    #expect(result.output.contains("2 → 1"))
    let isBack = definitions(host.host, Self.present) == before
    #expect(isBack)
    let plan = try await host.plan(JournalledHost.site)
    #expect(plan.status == 0, "\(plan.output)")
    let again = await host.run("rollback", "--yes")
    #expect(again.output.contains("No changes: the definitions are as they were before it."))
  }

  @Test("it is shown and asked for, and needs nobody's manifests")
  func asked() async throws {
    let host = try JournalledHost()
    try await host.apply(JournalledHost.site)
    try await host.apply(JournalledHost.changed)
    try FileManager.default.removeItem(atPath: host.path + "/site.yaml")
    let before = host.host.snapshot
    let unasked = await host.run("rollback")
    #expect(unasked.status == 1)
    #expect(unasked.output.contains("lay the former definition back"))
    #expect(unasked.errors.contains("--yes"))
    let isUntouched = host.host.snapshot == before
    #expect(isUntouched)
  }

  @Test("what was removed comes back and runs again; what is gone for good is said")
  func removals() async throws {
    let host = try JournalledHost()
    let site = JournalledHost.site.replacing("power: stopped", with: "power: running")
      .replacing("capacity: 1GiB}", with: "capacity: 1GiB, lifecycle: {onRemove: delete}}")
    try await host.apply(site)
    let xml = host.host.inactiveXML(ofGuest: "web-1")
    let network = host.host.snapshot["network/web"]
    let destroyed = await host.run("destroy", "--yes", host.path + "/site.yaml")
    #expect(destroyed.status == 0, "\(destroyed.errors)")
    let result = await host.run("rollback", "--yes")
    #expect(result.status == 0, "\(result.output)\(result.errors)")
    #expect(result.output.contains("volume/images/base.qcow2 on sim is gone with its content"))
    #expect(host.host.inactiveXML(ofGuest: "web-1") == xml)
    #expect(host.host.liveXML(ofGuest: "web-1") != nil)
    #expect(host.host.snapshot["network/web"] == network)
    // All that is missing is the volume.
    let plan = try await host.plan(site)
    #expect(plan.output.contains("Plan: 1 to create, 0 to change, 0 to remove."), "\(plan.output)")
  }

  @Test(
    "what the run made stays unless its removal is asked for, and its storage stays in any case")
  func creations() async throws {
    let host = try JournalledHost()
    try await host.apply(JournalledHost.site)
    try await host.apply(JournalledHost.changed)
    let kept = await host.run("rollback", "--yes")
    #expect(kept.status == 3)
    #expect(kept.output.contains("the run made it"))
    #expect(kept.output.contains("volume/images/new.qcow2 on sim, which the run made, stays"))
    #expect(host.host.snapshot["guest/web-2"] != nil)
    let removed = await host.run("rollback", "--yes", "--prune")
    #expect(removed.status == 0, "\(removed.output)\(removed.errors)")
    #expect(host.host.snapshot["guest/web-2"] == nil)
    #expect(host.host.snapshot["file//srv/images/new.qcow2"] != nil)
    let plan = try await host.plan(JournalledHost.site)
    // The network's live part is what the plan may still have.
    #expect(!plan.output.contains("guest/"))
    #expect(!plan.output.contains("volume/"))
  }

  @Test("what somebody changed since is refused, and laid back when that is said")
  func changedSince() async throws {
    let host = try JournalledHost()
    try await host.apply(JournalledHost.site)
    let xml = host.host.inactiveXML(ofGuest: "web-1")
    try await host.apply(JournalledHost.changed)
    try host.host.disturb("edit guest/web-1 title mine")
    let theirs = host.host.inactiveXML(ofGuest: "web-1")
    let refused = await host.run("rollback", "--yes")
    #expect(refused.status == 3)
    #expect(refused.output.contains("somebody changed it since the run"))
    #expect(host.host.inactiveXML(ofGuest: "web-1") == theirs)
    let forced = await host.run(
      "rollback", "--yes", "--force", String(host.runs[1].split(separator: "/").last ?? ""))
    #expect(forced.status == 3, "\(forced.output)")
    #expect(host.host.inactiveXML(ofGuest: "web-1") == xml)
  }

  @Test("while the host is locked it waits like any other run")
  func locked() async throws {
    let host = try JournalledHost()
    try await host.apply(JournalledHost.site)
    try await host.apply(JournalledHost.changed)
    let lock = HostLock(
      stack: "other", holder: "ops@laptop", machine: "elsewhere", process: 4711,
      since: "2026-01-31T12:00:00Z")
    #expect(try await host.host.connect().acquireLock(lock) == nil)
    let result = await host.run("rollback", "--yes")
    #expect(result.status == 1)
    #expect(result.errors.contains("is being changed by ops@laptop"))
  }

  @Test(
    "of a run that died at any call it lays back all definitions",
    arguments: 1...10, [Fault.dieBefore, .dieAfter])
  func died(at number: Int, fault: Fault) async throws {
    let host = try JournalledHost()
    try await host.apply(JournalledHost.site)
    let names = ["guest/web-1", "pool/images"]
    let before = definitions(host.host, names)
    let network = host.host.snapshot["network/web"]?.components(separatedBy: "</network>").first
    _ = try await host.apply(
      JournalledHost.changed, calls: SimulatedCalls(faults: { $2 == number ? fault : nil }))
    // The lock of the connection that died.
    _ = try await host.host.connect().releaseLock(nil)
    // Without more ado it takes only what is surely the run's.
    let first = await host.run("rollback", "--yes")
    #expect([0, 3].contains(first.status), "\(first.errors)")
    let run = host.runs.first { !host.lines(of: $0)[0].contains("\"rollback\"") } ?? ""
    let forced = await host.run(
      "rollback", "--yes", "--force", "--prune", String(run.split(separator: "/").last ?? ""))
    #expect(forced.status == 0, "\(forced.output)\(forced.errors)")
    let isBack = definitions(host.host, names) == before
    #expect(isBack)
    #expect(
      host.host.snapshot["network/web"]?.components(separatedBy: "</network>").first == network)
    #expect(host.host.snapshot["guest/web-2"] == nil)
  }

  @Test("the run to roll back can be named by a part; one that is not there is said")
  func names() async throws {
    let host = try JournalledHost()
    #expect(await host.run("rollback").errors.contains("no run to roll back"))
    #expect(await host.run("runs").output == "No runs.\n")
    try await host.apply(JournalledHost.site)
    let id = String(try #require(host.runs.first).suffix(6))
    #expect(await host.run("runs", "show", id).output.contains("done: "))
    #expect(await host.run("runs", "show", "nothing").errors.contains("has no run 'nothing'"))
    #expect(await host.run("rollback", "../x").status == 1)
    #expect(await host.run("rollback", "--stack", "other").errors.contains("no run to roll back"))
    #expect(await host.run("rollback", "--stack", "other", id).errors.contains("is of stack tests"))
  }
}
