import Foundation
import Glibc
import TestSupport
import Testing

@Suite("a saved plan is carried out exactly, or not at all")
struct SavedPlanTests {
  private static let site = JournalledHost.site.replacing("  power: stopped\n", with: "")
  /// What the plan is to change: the guest's description alone.
  private static let changed = site.replacing("  cpus: 1\n", with: "  cpus: 1\n  title: new\n")

  private let host = SimulatedHost()
  private var opener: SimulatedOpener { SimulatedOpener(["sim:///one": host]) }

  /// The site applied, a change of it saved as a plan, and the manifests gone.
  private func saved(_ options: String...) async throws -> TemporaryFolder {
    let folder = try TemporaryFolder(["a.yaml": Self.site])
    let first = await virtspec("apply", "--yes", folder.path, opener: opener)
    try #require(first.status == 0, "\(first.errors)")
    try folder.write(Self.changed, to: "a.yaml")
    let plan = await virtspec(
      ["plan", "-o", folder.path + "/plan.json"] + options + [folder.path], opener: opener)
    try #require(plan.status == 0, "\(plan.errors)")
    #expect(plan.errors.contains("virtspec apply \(folder.path)/plan.json"))
    try FileManager.default.moveItem(
      atPath: folder.path + "/a.yaml", toPath: folder.path + "/a.gone")
    return folder
  }

  private func apply(_ folder: borrowing TemporaryFolder, _ options: String...) async
    -> CommandResult
  {
    await virtspec(["apply", "--yes", folder.path + "/plan.json"] + options, opener: opener)
  }

  @Test("without the manifests, shown and agreed to like any other")
  func applied() async throws {
    let folder = try await saved()
    let declined = await virtspec(
      "apply", folder.path + "/plan.json", opener: opener, terminal: true, answer: "no")
    #expect(declined.status == 1)
    #expect(declined.output.contains("title  new"))
    let agreed = await virtspec(
      "apply", folder.path + "/plan.json", opener: opener, terminal: true, answer: "yes")
    #expect(agreed.status == 0, "\(agreed.errors)")
    #expect(agreed.output == declined.output)
    #expect(host.inactiveXML(ofGuest: "web-1")?.contains("<title>new</title>") == true)
    try FileManager.default.moveItem(
      atPath: folder.path + "/a.gone", toPath: folder.path + "/a.yaml")
    let plan = await virtspec("plan", "--detailed-exitcode", folder.path, opener: opener)
    #expect(plan.status == 0, "\(plan.output)")
  }

  @Test("a second time it is refused, since it did not see what it made itself")
  func twice() async throws {
    let folder = try await saved()
    #expect(await apply(folder).status == 0)
    let again = await apply(folder)
    #expect(again.status == 1)
    #expect(again.errors.contains("guest/web-1 on sim was changed"))
  }

  /// What somebody does to the host between plan and apply, and the words in which it is told.
  static let disturbances: [(line: String, words: [String])] = [
    ("edit guest/web-1 vcpu 4", ["guest/web-1 on sim was changed:", "cpus.max", "1 → 4"]),
    ("edit guest/web-1 description mine", ["guest/web-1", "does not declare"]),
    ("stop web-1", ["guest/web-1", "power  running → stopped"]),
    ("undefine web-1", ["guest/web-1", "persistent  true → false"]),
    ("autostart guest/web-1 on", ["guest/web-1", "autostart  false → true"]),
    ("forget guest/web-1", ["guest/web-1", "ownership", "→ nobody"]),
    ("save web-1", ["guest/web-1", "managedSave  false → true"]),
    ("setmem web-1 512MiB", ["guest/web-1", "memory.size", "1GiB → 512MiB", "while it runs"]),
    ("edit network/web ip/@address 10.9.0.2", ["network/web", "addresses", "10.9.0.2"]),
    ("net-stop web", ["network/web", "power  running → stopped"]),
    ("net-undefine web", ["network/web", "persistent"]),
    ("autostart network/web off", ["network/web", "autostart"]),
    ("edit pool/images target/permissions/mode 0755", ["pool/images", "does not declare"]),
    ("pool-stop images", ["pool/images", "power  running → stopped"]),
    ("autostart pool/images off", ["pool/images", "autostart"]),
    ("vol-resize images/base.qcow2 2GiB", ["volume/images/base.qcow2", "1GiB → 2GiB"]),
    ("vol-delete images/base.qcow2", ["volume/images/base.qcow2 on sim was removed"]),
    ("forget volume/images/base.qcow2", ["the ledger on sim was changed", "base.qcow2"]),
  ]

  @Test(
    "when somebody changed the host since, nothing is done, and what differs is named",
    arguments: disturbances.indices)
  func refused(_ index: Int) async throws {
    let (line, words) = Self.disturbances[index]
    let folder = try await saved()
    try host.disturb(line)
    let before = host.snapshot
    let result = await apply(folder)
    #expect(result.status == 1)
    #expect(result.errors.contains("the hosts are not what the plan saw; nothing was done"))
    #expect(result.errors.contains("plan again"))
    for word in words { #expect(result.errors.contains(word), "\(result.errors)") }
    let isUntouched = host.snapshot == before
    #expect(isUntouched)
  }

  @Test("a stranger's doing is no concern of it")
  func strangers() async throws {
    let folder = try await saved()
    let other = Self.site.replacing("web", with: "other").replacing("images", with: "more")
      .replacing("10.9.0.1", with: "10.8.0.1")
    let strange = try TemporaryFolder(["a.yaml": other])
    let made = await virtspec(
      "apply", "--yes", "--stack", "strangers",
      try Self.withoutStack(strange), opener: opener)
    #expect(made.status == 0, "\(made.errors)")
    let result = await apply(folder)
    #expect(result.status == 0, "\(result.errors)")
  }

  private static func withoutStack(_ folder: borrowing TemporaryFolder) throws -> String {
    let text = try String(contentsOfFile: folder.path + "/a.yaml", encoding: .utf8)
    try folder.write(text.replacing("{name: tests}", with: "{name: strangers}"), to: "a.yaml")
    return folder.path
  }

  @Test("what it was made with cannot be changed afterwards")
  func options() async throws {
    let folder = try await saved()
    for option in [
      ["--allow", "restart"], ["--adopt"], ["--stack", "x"], ["--host", "sim"],
      ["--target", "guest/web-1"],
    ] {
      let result = await virtspec(
        ["apply", "--yes", folder.path + "/plan.json"] + option, opener: opener)
      #expect(result.status == 1)
      #expect(result.errors.contains("was decided when it was made"))
    }
    let two = await virtspec(
      "apply", "--yes", folder.path + "/plan.json", folder.path, opener: opener)
    #expect(two.status == 1)
    #expect(two.errors.contains("stands alone"))
  }

  @Test("of 'plan --destroy' it is a destroy")
  func destroy() async throws {
    let folder = try await saved("--destroy")
    let result = await apply(folder)
    #expect(result.status == 0, "\(result.errors)")
    #expect(!host.snapshot.keys.contains { $0.hasPrefix("guest/") })
    #expect(!host.snapshot.keys.contains { $0.hasPrefix("ledger/") })
  }

  @Test("of a large prune it needs the number, at the plan or at the apply")
  func largePrune() async throws {
    let folder = try await saved()
    try folder.write(
      Self.site.components(separatedBy: "---\n")[..<2].joined(separator: "---\n"), to: "b.yaml")
    let file = folder.path + "/plan.json"
    for options in [["--prune"], ["--prune=3"]] {
      let plan = await virtspec(
        ["plan", "-o", file, folder.path + "/b.yaml"] + options, opener: opener)
      #expect(plan.status == 0)
      if options == ["--prune"] {
        let refused = await apply(folder)
        #expect(refused.status == 1)
        #expect(refused.errors.contains("--prune=3"), "\(refused.errors)")
      }
    }
    #expect(await apply(folder).status == 0)
    #expect(!host.snapshot.keys.contains { $0.hasPrefix("guest/") })
  }

  @Test("its file is its owner's alone, and replaces an older one as a whole")
  func file() async throws {
    let folder = try await saved()
    var status = stat()
    #expect(stat(folder.path + "/plan.json", &status) == 0)
    #expect(status.st_mode & 0o777 == 0o600)
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    #expect(files.sorted() == ["a.gone", "plan.json"])
  }

  @Test("where it cannot be written, the plan says so")
  func unwritable() async throws {
    let folder = try TemporaryFolder(["a.yaml": Self.site])
    let dash = await virtspec("plan", "-o", "-", folder.path, opener: opener)
    #expect(dash.status == 1)
    #expect(dash.errors.contains("name it with -o FILE"))
    for path in [folder.path + "/no/plan.json", folder.path] {
      let result = await virtspec("plan", "-o", path, folder.path, opener: opener)
      #expect(result.status == 1)
      #expect(result.errors.contains("the plan cannot be written"))
    }
    let unknown = await virtspec(
      "plan", "-o", folder.path + "/plan.json", folder.path, opener: SimulatedOpener([:]))
    #expect(unknown.status == 1)
    #expect(unknown.errors.contains("the plan was not saved"))
  }

  /// What happens to a file, and what is said of it.
  static let damages: [(from: String, to: String, message: String)] = [
    ("\"formatVersion\":1", "\"formatVersion\":7", "the plan has format version 7"),
    ("\"title\":\"new\"", "\"title\":\"old\"", "the plan is damaged"),
    ("\"defineGuest\"", "\"danceGuest\"", "the plan is damaged"),
    ("\"digest\":\"", "\"digest\":\"0", "something that this virtspec does not know"),
    ("\"targets\":[]", "\"targets\":1", "another kind of value is expected"),
    ("\"content\":", "\"contents\":", "'content' is missing"),
  ]

  @Test("damaged, or of another version, it is refused with the reason", arguments: damages.indices)
  func damaged(_ index: Int) async throws {
    let (from, to, message) = Self.damages[index]
    let folder = try await saved()
    let path = folder.path + "/plan.json"
    let text = try String(contentsOfFile: path, encoding: .utf8)
    try #require(text.contains(from))
    try folder.write(text.replacing(from, with: to), to: "plan.json")
    let before = host.snapshot
    let result = await apply(folder)
    #expect(result.status == 1)
    #expect(result.errors.contains(message), "\(result.errors)")
    let isUntouched = host.snapshot == before
    #expect(isUntouched)
  }

  @Test("cut short anywhere, it is refused as a plan, and not taken for a manifest")
  func truncated() async throws {
    let folder = try await saved()
    let text = try String(contentsOfFile: folder.path + "/plan.json", encoding: .utf8)
    let before = host.snapshot
    for length in [40, 200, text.utf8.count / 2, text.utf8.count - 2] {
      try folder.write(String(text.prefix(length)), to: "plan.json")
      let result = await apply(folder)
      #expect(result.status == 1)
      #expect(result.errors.contains("the plan is damaged"), "\(result.errors)")
    }
    let isUntouched = host.snapshot == before
    #expect(isUntouched)
  }

  @Test("written anew with other spaces, it is the same plan")
  func reformatted() async throws {
    let folder = try await saved()
    let data = try Data(contentsOf: URL(filePath: folder.path + "/plan.json"))
    let whole = try JSONSerialization.jsonObject(with: data) as? [String: Any] ?? [:]
    // In the order that it needs to be known by, as jq writes it.
    let rest = try JSONSerialization.data(
      withJSONObject: whole.filter { $0.key != "format" }, options: [.prettyPrinted])
    let text = String(decoding: rest, as: UTF8.self)
    try folder.write(
      "{\n  \"format\": \"virtspec-plan\",\n" + text.dropFirst(2), to: "plan.json")
    #expect(await apply(folder).status == 0)
  }
}
