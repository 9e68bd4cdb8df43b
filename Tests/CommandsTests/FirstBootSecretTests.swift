import Foundation
import Model
import TestSupport
import Testing

@Suite("texts of a first boot that are kept elsewhere")
struct FirstBootSecretTests {
  private static let values = ["$6$Zk9$hash", "Zk9-private-key"]

  private static func folder(_ more: String = "") throws -> TemporaryFolder {
    try TemporaryFolder([
      "site.yaml": simulatedSite(
        """
        apiVersion: virtspec/v1
        kind: Pool
        metadata: {name: images}
        spec: {host: sim, type: dir, path: /srv/images}
        ---
        apiVersion: virtspec/v1
        kind: Guest
        metadata: {name: web-1}
        spec:
          host: sim
          memory: 1GiB
          disks: [{name: vda, pool: images, size: 4GiB}]
          power: stopped
          cloudInit:
            onChange: nextBoot
            users: [{name: ops, passwordHashFrom: {command: [cat, hash]}}]
            files: [{path: /etc/key, contentFrom: {file: key}}]

        """),
      "hash": values[0] + "\n", "key": values[1],
    ])
  }

  private static func expectNone(in text: String, _ what: String) {
    for value in values { #expect(!text.contains(value), "\(what): \(text)") }
  }

  private static func allFiles(in folder: String) throws -> String {
    let files = try #require(FileManager.default.enumerator(atPath: folder))
    return files.compactMap { file in
      (file as? String).flatMap { FileManager.default.contents(atPath: folder + "/" + $0) }
        .map { String(decoding: $0, as: UTF8.self) }
    }.joined(separator: "\n")
  }

  @Test("stand in no output, saved plan, journal, ledger or metadata, and on the disc")
  func noOutput() async throws {
    let folder = try Self.folder()
    let state = try TemporaryFolder()
    let host = SimulatedHost()
    let opener = SimulatedOpener(["sim:///one": host])
    func run(_ words: String...) async -> CommandResult {
      let result = await virtspec(words, opener: opener, journal: state.path + "/journal")
      Self.expectNone(in: result.output + result.errors, "\(words)")
      return result
    }
    _ = await run("render", folder.path)
    _ = await run("plan", "--format", "json", folder.path)
    let saved = await run("plan", "-o", state.path + "/plan.json", folder.path)
    #expect(saved.status == 0, "\(saved.errors)")
    let applied = await run("apply", "--yes", state.path + "/plan.json")
    #expect(applied.status == 0, "\(applied.errors)")
    #expect(await run("plan", "-v", folder.path).output.contains("No changes"))
    #expect(await run("drift", folder.path).status == 0)
    Self.expectNone(in: try Self.allFiles(in: state.path), "saved plan and journal")
    Self.expectNone(in: "\(host.snapshot)", "the host's objects and ledgers")
    #expect(host.snapshot.keys.contains { $0.hasPrefix("file//srv/images/web-1-seed-") })
  }

  @Test("another value is another disc, also where no field of the manifest changed")
  func changed() async throws {
    let folder = try Self.folder()
    let host = SimulatedHost()
    let opener = SimulatedOpener(["sim:///one": host])
    #expect(await virtspec("apply", "--yes", folder.path, opener: opener).status == 0)
    try folder.write("Zk9-another-key", to: "key")
    let plan = await virtspec("plan", folder.path, opener: opener)
    #expect(plan.output.contains("make the disc 'cidata'"), "\(plan.output)")
    #expect(!plan.output.contains("Zk9"))
    #expect(await virtspec("apply", "--yes", folder.path, opener: opener).status == 0)
    #expect(await virtspec("plan", folder.path, opener: opener).output.contains("No changes"))
  }

  @Test("a saved plan does not put others on the disc than it was made with")
  func savedPlanOfOthers() async throws {
    let folder = try Self.folder()
    let state = try TemporaryFolder()
    let host = SimulatedHost()
    let opener = SimulatedOpener(["sim:///one": host])
    let file = state.path + "/plan.json"
    #expect(await virtspec("plan", "-o", file, folder.path, opener: opener).status == 0)
    try folder.write("Zk9-another-key", to: "key")
    let applied = await virtspec("apply", "--yes", file, opener: opener)
    #expect(applied.status != 0)
    #expect(!host.snapshot.keys.contains { $0.hasPrefix("file//srv/images/web-1-seed-") })
  }

  @Test("what cannot be read stops the plan of its guest, with the place")
  func unreadable() async throws {
    let folder = try Self.folder()
    try FileManager.default.removeItem(atPath: folder.path + "/key")
    let opener = SimulatedOpener(["sim:///one": SimulatedHost()])
    let plan = await virtspec("plan", folder.path, opener: opener)
    #expect(plan.status == 1)
    #expect(
      plan.errors.contains("site.yaml:24:5: error: cloudInit.files[/etc/key].contentFrom"),
      "\(plan.errors)")
  }
}
