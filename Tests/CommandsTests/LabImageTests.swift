import Commands
import Foundation
import Model
import TestSupport
import Testing

extension LabTests {
  /// Images from a server on this machine to the real daemon, and guests on them.
  @Suite("Images on the lab")
  struct LabImageTests {
    private let server: ImageServer
    private let folder: TemporaryFolderBox
    private let name = "vsimg" + String(ProcessInfo.processInfo.processIdentifier)

    init() throws {
      server = try ImageServer(script: repository + "Tests/Lab/serve")
      folder = try TemporaryFolderBox()
    }

    /// An image with something in it, made by `qemu-img`, and its digest.
    private func makeImage(_ file: String, filling: UInt8, format: String = "qcow2") throws
      -> ContentDigest
    {
      let raw = try server.add(file + ".raw", [UInt8](repeating: filling, count: 3 << 20))
      let path = server.folder + "/" + file
      #expect(system("qemu-img convert -q -f raw -O \(format) \(raw) \(path)") == 0)
      return ContentDigest(of: Array(try Data(contentsOf: URL(filePath: path))))
    }

    private func site(
      _ path: String, _ digest: ContentDigest, size: String = "8MiB",
      guests: [String] = ["a", "b"],
      disk: String = "image: base", power: String = "stopped"
    ) throws {
      var text = """
        apiVersion: virtspec/v1
        kind: Stack
        metadata: {name: \(name)}
        ---
        apiVersion: virtspec/v1
        kind: Host
        metadata: {name: lab}
        spec: {uri: "qemu:///system"}
        ---
        apiVersion: virtspec/v1
        kind: Pool
        metadata: {name: \(name)}
        spec: {host: lab, type: dir, path: /var/lib/libvirt/\(name)}
        ---
        apiVersion: virtspec/v1
        kind: Image
        metadata: {name: base}
        spec: {host: lab, pool: \(name), source: "\(server.url)\(path)", sha256: \(digest.hexadecimal)}

        """
      for guest in guests {
        text += """
          ---
          apiVersion: virtspec/v1
          kind: Guest
          metadata: {name: \(name)-\(guest)}
          spec:
            host: lab
            virtType: qemu
            power: \(power)
            cpus: 1
            memory: 160MiB
            kernel:
              path: /var/lib/libvirt/boot/vmlinuz
              initrd: /var/lib/libvirt/boot/initrd
              args: console=ttyS0 quiet no_timer_check
            disks:
              - {name: vda, \(disk), size: \(size)}
            lifecycle: {onRemove: delete, onShutdownTimeout: destroy, shutdownTimeout: 1s}

          """
      }
      try folder.write(text, to: "site.yaml")
    }

    private func run(_ command: String, _ options: String...) async -> CommandResult {
      await ImageSources.$folder.withValue(folder.path + "/cache") {
        await virtspec([command] + options + [folder.path + "/site.yaml"], opener: Lab.Opener())
      }
    }

    private func volumes() throws -> [String] {
      try Lab.virsh("vol-list", name).split(separator: "\n")
        .map { String($0.split(whereSeparator: \.isWhitespace)[0]) }.sorted()
    }

    private func volume(_ volume: String) throws -> String {
      try Lab.virsh("vol-dumpxml", volume, name)
    }

    private func end() async throws {
      let destroyed = await run("destroy", "--yes")
      #expect(destroyed.status == 0, "\(destroyed.output)\(destroyed.errors)")
      #expect(try !Lab.virsh("pool-list", "--all", "--name").contains(name))
    }

    @Test("brought once, two guests boot over it; it changes, a disk grows, the old one is pruned")
    func lifecycle() async throws {
      let first = try makeImage("first.qcow2", filling: 7)
      try site("/plain/first.qcow2", first, power: "running")
      let applied = await run("apply", "--yes")
      try #require(applied.status == 0, "\(applied.output)\(applied.errors)")
      #expect(applied.errors.contains("downloading image base\n"))
      #expect(applied.errors.contains("uploaded volume/\(name)/base-\(first.short).qcow2 on lab"))
      let (old, a, b) = ("base-\(first.short).qcow2", "\(name)-a-vda.qcow2", "\(name)-b-vda.qcow2")
      #expect(try volumes() == [old, a, b].sorted())
      for guest in ["a", "b"] {
        #expect(try Lab.virsh("domstate", "\(name)-\(guest)") == "running")
      }
      #expect(try volume(a).contains("/\(old)</path>"))
      #expect(try volume(old).contains("<format type='qcow2'/>"))
      var second = await run("plan", "--detailed-exitcode")
      #expect(second.status == 0, "\(second.output)")

      // A newer image: the guests stay on the old one.
      let newer = try makeImage("second.qcow2", filling: 9)
      try site("/plain/second.qcow2", newer, size: "16MiB", guests: ["a", "b"], power: "running")
      let changed = await run("apply", "--yes")
      #expect(changed.status == 0, "\(changed.output)\(changed.errors)")
      #expect(changed.output.contains("kept on \(old), although its image is base-\(newer.short)"))
      #expect(changed.output.contains("grow to 16MiB"))
      #expect(try volumes() == [old, "base-\(newer.short).qcow2", a, b].sorted())
      #expect(try volume(a).contains("/\(old)</path>"))
      #expect(try volume(a).contains("<capacity unit='bytes'>\(16 << 20)</capacity>"))
      second = await run("plan", "--detailed-exitcode")
      #expect(second.status == 0, "\(second.output)")
      #expect(second.output.contains("No changes"))

      // Without its users the old one goes.
      try site("/plain/second.qcow2", newer, size: "16MiB", guests: ["c"])
      let pruned = await run("apply", "--yes", "--prune=9")
      #expect(pruned.status == 0, "\(pruned.output)\(pruned.errors)")
      #expect(
        try volumes() == ["base-\(newer.short).qcow2", "\(name)-c-vda.qcow2"].sorted())
      second = await run("plan", "--detailed-exitcode")
      #expect(second.status == 0, "\(second.output)")
      try await end()
    }

    @Test("a copy is whole, as large as it should be, and needs its image no more")
    func copy() async throws {
      let digest = try makeImage("raw.img", filling: 5, format: "raw")
      try site(
        "/plain/raw.img", digest, size: "12MiB", guests: ["a"], disk: "image: base, clone: full")
      let applied = await run("apply", "--yes")
      try #require(applied.status == 0, "\(applied.output)\(applied.errors)")
      let disk = try volume("\(name)-a-vda.qcow2")
      #expect(disk.contains("<capacity unit='bytes'>\(12 << 20)</capacity>"))
      #expect(!disk.contains("backingStore"))
      let second = await run("plan", "--detailed-exitcode")
      #expect(second.status == 0, "\(second.output)")
      try await end()
    }

    @Test(
      "what cannot be had as declared becomes no volume, and what waits for it is not made",
      .serialized,
      arguments: ["/wrong/first.qcow2", "/short/first.qcow2", "/status/404/first.qcow2"])
    func refused(_ path: String) async throws {
      let digest = try makeImage("first.qcow2", filling: 7)
      try site(path, digest, guests: ["a"])
      let applied = await run("apply", "--yes")
      #expect(applied.status == 1)
      #expect(applied.errors.contains(server.url + path), "\(applied.errors)")
      #expect(try volumes() == [])
      // The next run ends where an undisturbed one would.
      try site("/plain/first.qcow2", digest, guests: ["a"])
      let again = await run("apply", "--yes")
      #expect(again.status == 0, "\(again.output)\(again.errors)")
      let second = await run("plan", "--detailed-exitcode")
      #expect(second.status == 0, "\(second.output)")
      try await end()
    }

    @Test("half an upload is recognised by the next run, and done anew")
    func half() async throws {
      let digest = try makeImage("first.qcow2", filling: 7)
      try site("/plain/first.qcow2", digest, guests: [])
      let plan = await run("plan", "-o", folder.path + "/plan.json")
      try #require(plan.status == 0, "\(plan.errors)")
      // As a run leaves it that is killed in the middle: a volume, and a ledger that knows that it owes its content.
      let applied = await run("apply", "--yes")
      try #require(applied.status == 0, "\(applied.errors)")
      let image = "base-\(digest.short).qcow2"
      let path = try Lab.virsh("vol-path", image, name)
      try Lab.halve(ledger: "virtspec/ledger/\(name)", volume: "\(name)/\(image)")
      try Lab.virsh("vol-delete", image, name)
      try Lab.virsh("vol-create-as", name, image, "1M", "--format", "raw")
      try site("/plain/first.qcow2", digest, guests: ["a"])
      let again = await run("apply", "--yes")
      #expect(again.status == 0, "\(again.output)\(again.errors)")
      #expect(again.output.contains("its upload was left unfinished"), "\(again.output)")
      #expect(try volume(image).contains("<format type='qcow2'/>"), "\(path)")
      let second = await run("plan", "--detailed-exitcode")
      #expect(second.status == 0, "\(second.output)")
      try await end()
    }
  }
}

/// A temporary folder that a suite can hold.
final class TemporaryFolderBox: Sendable {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory
      .appending(path: "virtspec-images-\(UUID().uuidString)").path(percentEncoded: false)
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  func write(_ text: String, to name: String) throws {
    try Data(text.utf8).write(to: URL(filePath: path + "/" + name))
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}

extension Lab {
  /// Makes the ledger in a secret say that a volume's content is owed.
  static func halve(ledger: String, volume: String) throws {
    let list = try virsh("secret-list").split(separator: "\n")
    let line = try #require(list.first { $0.contains(ledger) })
    let uuid = String(line.split(whereSeparator: \.isWhitespace)[0])
    let value = try #require(Data(base64Encoded: try virsh("secret-get-value", uuid)))
    var form = try #require(try JSONSerialization.jsonObject(with: value) as? [String: Any])
    var entries = try #require(form["entries"] as? [[String: Any]])
    let index = try #require(entries.firstIndex { $0["name"] as? String == volume })
    entries[index]["content"] = "first"
    form["entries"] = entries
    let changed = try JSONSerialization.data(withJSONObject: form).base64EncodedString()
    try virsh("secret-set-value", uuid, changed)
  }
}
