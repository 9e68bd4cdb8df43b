import Commands
import Foundation
import Model
import TestSupport
import Testing

@Suite("images are found out about when a plan is made, and fetched when it is carried out")
struct ImageCommandTests {
  private let server: ImageServer
  private let folder: TemporaryFolderBox
  private let hosts = ["one": SimulatedHost(), "two": SimulatedHost(), "three": SimulatedHost()]
  private static let content = [UInt8](repeating: 3, count: 100_000)
  private static let digest = ContentDigest(of: content)

  init() throws {
    server = try ImageServer(script: repository + "Tests/Lab/serve")
    folder = try TemporaryFolderBox()
    try server.add("disk.img", Self.content)
  }

  private func site(_ image: String) throws {
    var text = "apiVersion: virtspec/v1\nkind: Stack\nmetadata: {name: tests}\n"
    func add(_ kind: String, _ name: String, _ spec: String, _ labels: String = "") {
      text += """
        ---
        apiVersion: virtspec/v1
        kind: \(kind)
        metadata: {name: \(name), labels: {\(labels)}}
        spec: {\(spec)}

        """
    }
    for name in hosts.keys.sorted() { add("Host", name, "uri: 'sim:///\(name)'", "all: 'yes'") }
    let everywhere = "hosts: {matchLabels: {all: 'yes'}}, "
    add("Pool", "images", everywhere + "type: dir, path: /srv/images")
    add("Image", "debian", everywhere + "pool: images, " + image)
    add(
      "Guest", "web",
      everywhere + "memory: 1GiB, power: stopped, disks: [{name: vda, image: debian}]")
    try folder.write(text, to: "site.yaml")
  }

  private func run(_ command: String, _ options: String...) async -> CommandResult {
    let opener = SimulatedOpener(
      Dictionary(uniqueKeysWithValues: hosts.map { ("sim:///" + $0.key, $0.value) }))
    return await ImageSources.$folder.withValue(folder.path + "/cache") {
      await virtspec([command] + options + [folder.path + "/site.yaml"], opener: opener)
    }
  }

  private var requests: [String] {
    get throws { try server.requests().map(\.path) }
  }

  @Test("a plan asks nobody, and three hosts fetch once")
  func once() async throws {
    try site("source: '\(server.url)/plain/disk.img', sha256: '\(Self.digest.hexadecimal)'")
    let plan = await run("plan")
    #expect(plan.status == 0, "\(plan.errors)")
    #expect(plan.output.contains("create from \(server.url)/plain/disk.img"))
    #expect(try requests == [])
    let applied = await run("apply", "--yes")
    #expect(applied.status == 0, "\(applied.output)\(applied.errors)")
    #expect(try requests == ["/plain/disk.img"])
    for host in hosts.values {
      #expect(host.snapshot["file//srv/images/debian-\(Self.digest.short).img"] != nil)
    }
    let second = await run("plan", "--detailed-exitcode")
    #expect(second.status == 0, "\(second.output)")
  }

  @Test("a list of digests is fetched for the plan; one that lacks the file ends it at its place")
  func checksums() async throws {
    try server.add("SUMS", Array("\(Self.digest.hexadecimal) *disk.img\n".utf8))
    try server.add("EMPTY", [])
    try site("source: '\(server.url)/plain/disk.img', checksums: '\(server.url)/plain/SUMS'")
    let plan = await run("plan")
    #expect(plan.status == 0, "\(plan.errors)")
    #expect(plan.output.contains("volume/images/debian-\(Self.digest.short).img"))
    #expect(try requests == ["/plain/SUMS"])
    try site("source: '\(server.url)/plain/disk.img', checksums: '\(server.url)/bare/EMPTY'")
    let refused = await run("plan")
    #expect(refused.status == 1)
    #expect(refused.errors.contains("site.yaml:28:"), "\(refused.errors)")
    #expect(refused.errors.contains("/bare/EMPTY has no digest of 'disk.img'"))
    // Where nothing is wanted, nothing is asked.
    let destroyed = await run("destroy", "--yes")
    #expect(destroyed.status == 0, "\(destroyed.output)\(destroyed.errors)")
  }

  @Test("a wrong download fails the step with both digests, and nothing is made of it")
  func wrong() async throws {
    try site("source: '\(server.url)/wrong/disk.img', sha256: '\(Self.digest.hexadecimal)'")
    let applied = await run("apply", "--yes")
    #expect(applied.status == 1)
    #expect(applied.errors.contains(Self.digest.hexadecimal))
    for host in hosts.values { #expect(!host.snapshot.keys.contains { $0.hasPrefix("file/") }) }
    let kept = try FileManager.default.contentsOfDirectory(atPath: folder.path + "/cache")
    #expect(kept.allSatisfy { $0.hasSuffix(".lock") })
  }

  @Test("a file beside the manifest is measured, and the plan knows its size")
  func local() async throws {
    try Data(Self.content).write(to: URL(filePath: folder.path + "/disk.img"))
    try site("source: disk.img")
    let plan = await run("plan")
    #expect(
      plan.output.contains("create from \(folder.path)/disk.img (97.6 KiB)"),
      "\(plan.output)\(plan.errors)")
    #expect(plan.output.contains("debian-\(Self.digest.short).img"))
  }

  @Test("a terminal sees how far the download is, and others where it begins and ends")
  func progress() async throws {
    try site("source: '\(server.url)/slow/200000/disk.img', sha256: '\(Self.digest.hexadecimal)'")
    let notes = Lock("")
    let console = Console(
      write: { _ in }, note: { text in notes.withLock { $0 += text } }, errorIsTerminal: true)
    let status = await Console.$current.withValue(console) {
      await Hypervisors.$opener.withValue(
        SimulatedOpener(["sim:///one": hosts["one"]].compactMapValues(\.self))
      ) {
        await Journals.$folder.withValue(testJournal) {
          await ImageSources.$folder.withValue(folder.path + "/cache") {
            await Virtspec.run([
              "apply", "--yes", "--host", "one", "--color", "never", folder.path + "/site.yaml",
            ])
          }
        }
      }
    }
    #expect(status == 0)
    let text = notes.withLock(\.self)
    let line =
      #/downloading image debian: [0-9.]+ KiB of 97\.6 KiB, [0-9]+%, [0-9.]+ KiB/s, 0:0[0-9] left/#
    #expect(text.contains(line), "\(text)")
    #expect(text.contains("downloaded image debian: 97.6 KiB in 0:0"), "\(text)")
    // Elsewhere two lines.
    try FileManager.default.removeItem(atPath: folder.path + "/cache")
    let plain = await run("apply", "--yes", "--host", "two")
    #expect(
      plain.errors.contains("\ndownloading image debian\n") || plain.errors.hasPrefix("downloading")
    )
    #expect(!plain.errors.contains("%"))
  }

  @Test("a disk stays on its image until somebody names it, and then lies over the new one")
  func renewed() async throws {
    let newer = try server.add("newer.img", Array(Self.content.reversed().dropLast(512)))
    let digest = ContentDigest(of: Array(try Data(contentsOf: URL(filePath: newer))))
    func backing() -> String { hosts["one"]?.snapshot["file//srv/images/web-vda.qcow2"] ?? "" }
    try site("source: '\(server.url)/plain/disk.img', sha256: '\(Self.digest.hexadecimal)'")
    #expect(await run("apply", "--yes", "--host", "one").status == 0)
    #expect(backing().contains(Self.digest.short))
    try site("source: '\(server.url)/plain/newer.img', sha256: '\(digest.hexadecimal)'")
    // Whatever else may be lost: this was not named.
    let kept = await run("apply", "--yes", "--host", "one", "--allow", "data-loss")
    #expect(kept.status == 0, "\(kept.errors)")
    #expect(kept.output.contains("--allow data-loss --yes=images/web-vda.qcow2"))
    #expect(backing().contains(Self.digest.short))
    let named = await run(
      "apply", "--yes", "--yes=images/web-vda.qcow2", "--host", "one", "--allow", "data-loss",
      "--prune")
    #expect(named.status == 0, "\(named.output)\(named.errors)")
    #expect(backing().contains(digest.short))
    #expect(hosts["one"]?.snapshot["file//srv/images/debian-\(Self.digest.short).img"] == nil)
    let second = await run(
      "plan", "--detailed-exitcode", "--host", "one", "--target", "image/debian")
    #expect(second.status == 0, "\(second.output)")
  }

  @Test("a saved plan brings what it was made for")
  func saved() async throws {
    try site("source: '\(server.url)/plain/disk.img', sha256: '\(Self.digest.hexadecimal)'")
    let plan = folder.path + "/plan.json"
    #expect(await run("plan", "-o", plan).status == 0)
    let opener = SimulatedOpener(
      Dictionary(uniqueKeysWithValues: hosts.map { ("sim:///" + $0.key, $0.value) }))
    let applied = await ImageSources.$folder.withValue(folder.path + "/cache") {
      await virtspec("apply", "--yes", plan, opener: opener)
    }
    #expect(applied.status == 0, "\(applied.errors)")
    #expect(await run("plan", "--detailed-exitcode").status == 0)
  }
}
