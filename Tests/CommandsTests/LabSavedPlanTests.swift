import Foundation
import Testing

/// A network, a guest with a display, and a second guest, on the real daemon.
private struct LabSite: ~Copyable {
  let folder: TemporaryFolder

  init() throws {
    let uri = try #require(Lab.uri)
    folder = try TemporaryFolder([
      "site.yaml": """
      apiVersion: virtspec/v1
      kind: Stack
      metadata: {name: saved}
      ---
      apiVersion: virtspec/v1
      kind: Host
      metadata: {name: lab}
      spec: {uri: "\(uri)"}
      ---
      apiVersion: virtspec/v1
      kind: Network
      metadata: {name: saved}
      spec: {host: lab, forward: isolated, power: stopped}
      ---
      apiVersion: virtspec/v1
      kind: Guest
      metadata: {name: saved-1}
      spec:
        host: lab
        virtType: qemu
        cpus: {count: 1, max: 2}
        memory: 64MiB
        graphics: [{type: vnc}]
        interfaces: [{network: saved}]
        power: stopped
      ---
      apiVersion: virtspec/v1
      kind: Guest
      metadata: {name: saved-2}
      spec: {host: lab, virtType: qemu, memory: 64MiB, power: stopped}

      """
    ])
  }

  func change(_ old: String, _ new: String) throws {
    let text = try String(contentsOfFile: folder.path + "/site.yaml", encoding: .utf8)
    try #require(text.contains(old))
    try folder.write(text.replacing(old, with: new), to: "site.yaml")
  }

  func run(_ arguments: String...) async -> CommandResult {
    await virtspec(arguments, journal: folder.path + "/state")
  }

  static func definitions() throws -> [String] {
    try [
      Lab.virsh("dumpxml", "--inactive", "saved-1"), Lab.virsh("dumpxml", "--inactive", "saved-2"),
      Lab.virsh("net-dumpxml", "--inactive", "saved"),
    ]
  }

  static func scrub() throws {
    for guest in ["saved-1", "saved-2"] { _ = try Lab.attempt(["undefine", guest]) }
    _ = try Lab.attempt(["net-undefine", "saved"])
  }
}

extension LabTests {
  @Test("a saved plan is refused after an edit, which is named, and taken when that is undone")
  func savedPlan() async throws {
    try LabSite.scrub()
    let site = try LabSite()
    #expect(await site.run("apply", "--yes", site.folder.path).status == 0)
    try site.change("memory: 64MiB\n  graphics", "memory: 96MiB\n  graphics")
    let file = site.folder.path + "/plan.json"
    #expect(await site.run("plan", "-o", file, site.folder.path).status == 0)
    try FileManager.default.removeItem(atPath: site.folder.path + "/site.yaml")

    let before = try Lab.virsh("dumpxml", "--inactive", "saved-1")
    try Lab.virsh("setvcpus", "saved-1", "4", "--maximum", "--config")
    let edited = try Lab.virsh("dumpxml", "--inactive", "saved-1")
    let refused = await site.run("apply", "--yes", file)
    #expect(refused.status == 1)
    #expect(refused.errors.contains("guest/saved-1 on lab was changed:"))
    #expect(refused.errors.contains("cpus.max"))
    #expect(refused.errors.contains("2 → 4"), "\(refused.errors)")
    #expect(try Lab.virsh("dumpxml", "--inactive", "saved-1") == edited)

    try Lab.virsh("setvcpus", "saved-1", "2", "--maximum", "--config")
    #expect(try Lab.virsh("dumpxml", "--inactive", "saved-1") == before)
    let taken = await site.run("apply", "--yes", file)
    #expect(taken.status == 0, "\(taken.errors)")
    #expect(try Lab.virsh("dumpxml", "--inactive", "saved-1").contains(">98304</memory>"))
    try LabSite.scrub()
  }

  @Test("a rollback gives the definitions back byte by byte, and keeps the display's password")
  func rollback() async throws {
    try LabSite.scrub()
    let site = try LabSite()
    #expect(await site.run("apply", "--yes", site.folder.path).status == 0)
    let secure = try Lab.virsh("dumpxml", "--inactive", "--security-info", "saved-1")
      .replacing("type='vnc'", with: "type='vnc' passwd='geheim'")
    try site.folder.write(secure, to: "secure.xml")
    try Lab.virsh("define", site.folder.path + "/secure.xml")
    let before = try LabSite.definitions()

    try site.change("memory: 64MiB\n  graphics", "memory: 96MiB\n  title: new\n  graphics")
    try site.change("forward: isolated", "forward: nat, address: 10.66.0.1/24")
    // The second guest goes.
    try site.change(
      "kind: Guest\nmetadata: {name: saved-2}", "kind: GuestClass\nmetadata: {name: s}")
    try site.change("spec: {host: lab, virtType: qemu, memory: 64MiB, power: stopped}", "spec: {}")
    let applied = await site.run("apply", "--yes", "--prune", site.folder.path)
    #expect(applied.status == 0, "\(applied.errors)")
    #expect(try Lab.attempt(["dominfo", "saved-2"]).status != 0)

    let result = await site.run("rollback", "--yes")
    #expect(result.status == 0, "\(result.output)\(result.errors)")
    #expect(try LabSite.definitions() == before)
    let kept = try Lab.virsh("dumpxml", "--inactive", "--security-info", "saved-1")
    #expect(kept.contains("passwd='geheim'"))
    let files = FileManager.default.enumerator(atPath: site.folder.path + "/state")
    for case let name as String in try #require(files) {
      let text = try? String(contentsOfFile: site.folder.path + "/state/" + name, encoding: .utf8)
      #expect(text?.contains("geheim") != true, "\(name)")
    }
    #expect(await site.run("runs", "show").output.contains("done: 3 of 3 steps done"))
    try LabSite.scrub()
  }
}
