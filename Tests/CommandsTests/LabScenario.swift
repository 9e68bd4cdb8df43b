import Foundation
import LibvirtXML
import Model
import Testing

/// A scenario of Tests/Scenarios on the real daemon: the folder has a `lab.txt` that says what that shows.
///
/// What a scenario leaves to its host, the lab has to be told: guests are emulated, since nobody promises KVM,
/// and boot the lab's kernel, so that they answer a shutdown and let go of devices. What lies in `/srv` lies in a
/// folder that the lab's libvirtd has for itself.
struct LabScenario {
  static let root = repository + "Tests/Scenarios"
  static let names = list(root).filter { text($0, "lab.txt") != nil && isWanted($0) }

  /// `VIRTSPEC_SCENARIOS=cdrom-medium,link-state` runs only those, which a change of one needs.
  private static func isWanted(_ name: String) -> Bool {
    guard let wanted = ProcessInfo.processInfo.environment["VIRTSPEC_SCENARIOS"] else {
      return true
    }
    return wanted.split(separator: ",").contains { $0 == name }
  }

  let name: String
  /// Where it lies as the lab has it.
  let folder: String
  /// `network/web` and the like, without volumes: what virtspec makes and must take away.
  let objects: [String]
  /// What its secrets are for: `ceph/client.shop`.
  let usages: [String]
  /// Images that manifests take for given.
  private let images: [String]

  /// Writes the scenario as the lab has it into a folder.
  init(_ name: String, in folder: String) throws {
    self.name = name
    self.folder = folder
    var text = ""
    let files = FileManager.default.enumerator(atPath: "\(Self.root)/\(name)")
    for case let file as String in try #require(files) {
      let parts = file.split(separator: "/")
      let directory = folder + "/" + parts.dropLast().joined(separator: "/")
      try FileManager.default.createDirectory(
        atPath: directory, withIntermediateDirectories: true)
      guard file.contains("."), var content = Self.text(name, file) else { continue }
      if file.hasSuffix(".yaml") { content = Self.labManifest(content) }
      if file.hasSuffix(".xml") { content = Self.labDocument(content) }
      if file != "plan.txt", file != "after.txt" { text += content + "\n" }
      try content.write(toFile: folder + "/" + file, atomically: false, encoding: .utf8)
    }
    objects = Set(
      text.matches(of: /kind: (Guest|NetworkFilter|Network|Pool)\nmetadata: \{name: ([^,}]+)/)
        .map { "\($0.output.1)".lowercased() + "/" + $0.output.2 }
    ).sorted()
    usages = Set(
      text.matches(of: /usage: \{([a-z]+): ([^}]+)\}/).map { "\($0.output.1)/\($0.output.2)" }
    ).sorted()
    images = Set(
      text.matches(of: /\/var\/lib\/libvirt\/(iso|tmp)\/[a-z]+\.[a-z]+/).map { String($0.output.0) }
    ).sorted()
  }

  /// A file as the scenario has it; nil when it has none.
  static func text(_ name: String, _ file: String) -> String? {
    try? String(contentsOfFile: "\(root)/\(name)/\(file)", encoding: .utf8)
  }

  func text(_ file: String) -> String { Self.text(name, file) ?? "" }

  /// The words of the command line that the plan is made with.
  var options: [String] {
    text("options.txt").split(whereSeparator: \.isWhitespace).map(String.init)
  }

  /// Whether steps stay blocked.
  var isBlocked: Bool { text("after.txt").contains("blocked") }

  /// Whether a guest must have booted for what happens to it.
  var needsGuest: Bool {
    text("disturb.txt").contains("setmem")
      || text("plan.txt").contains(/\d  (detach|shut down|set .* while it runs)/)
  }

  /// What `live` has, as disturbances: its documents in the order of their names, then the volumes of its pools.
  var live: [String] {
    let files = Self.list("\(Self.root)/\(name)/live")
    var lines = files.filter { $0.hasSuffix(".xml") }.map { "define live/\($0)" }
    for pool in files where !pool.contains(".") {
      lines += ["pool-build \(pool)", "pool-start \(pool)"]
      lines += Self.list("\(Self.root)/\(name)/live/\(pool)").map {
        "vol-create \(pool) live/\(pool)/\($0)"
      }
    }
    return lines
  }

  private static func list(_ folder: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
  }

  func guests() -> [String] { names(of: "guest") }

  func names(of kind: String) -> [String] {
    objects.filter { $0.hasPrefix(kind + "/") }.map { String($0.dropFirst(kind.count + 1)) }
  }

  private static func labManifest(_ text: String) -> String {
    moved(text).split(separator: "\n---\n", omittingEmptySubsequences: false).map { document in
      let document = String(document)
      guard document.contains("kind: Guest\n") else { return document }
      let boot = "{path: \(kernel)vmlinuz, initrd: \(kernel)initrd, args: \(arguments)}"
      return document.replacing(
        "\nspec:\n", with: "\nspec:\n  virtType: qemu\n  kernel: \(boot)\n")
    }.joined(separator: "\n---\n")
  }

  private static func labDocument(_ text: String) -> String {
    moved(text).replacing("type='kvm'", with: "type='qemu'").replacing(
      "hvm</type></os>",
      with: """
        hvm</type><kernel>\(kernel)vmlinuz</kernel><initrd>\(kernel)initrd</initrd>\
        <cmdline>\(arguments)</cmdline></os><features><acpi/></features>
        """)
  }

  private static let kernel = "/var/lib/libvirt/boot/"
  private static let arguments = "console=ttyS0 quiet no_timer_check"

  private static func moved(_ text: String) -> String {
    text.replacing("/srv/", with: "/var/lib/libvirt/")
      .replacing("/var/tmp/", with: "/var/lib/libvirt/tmp/")
  }

  /// Puts the values of secrets into the environment, as `values.txt` has them.
  func setValues(_ file: String) {
    for line in text(file).split(separator: "\n") {
      let pair = line.split(separator: "=", maxSplits: 1).map(String.init)
      if pair.count == 2 { setenv(pair[0], pair[1], 1) }
    }
  }

  /// The UUID of the lab's secret with a usage.
  static func secret(usage: String) throws -> String? {
    for line in try Lab.virsh("secret-list").split(separator: "\n") {
      let words = line.split(separator: " ").map(String.init)
      if words.count == 3, words[1] + "/" + words[2] == usage { return words[0] }
    }
    return nil
  }

  /// Puts the images there that manifests take for given, through a pool of the moment.
  func makeImages() throws {
    for image in images {
      let (folder, file) = Self.split(image)
      try Self.withPool(folder) { pool in
        try Lab.virsh("vol-create-as", pool, file, "8M", "--format", "raw")
      }
    }
  }

  /// Takes everything away that a run may have left, so that the next one begins with nothing.
  func scrub() throws {
    for name in guests() {
      _ = try Lab.attempt(["destroy", name])
      _ = try Lab.attempt(["undefine", name, "--nvram", "--managed-save"])
    }
    for name in names(of: "network") {
      _ = try Lab.attempt(["net-destroy", name])
      _ = try Lab.attempt(["net-undefine", name])
    }
    // A filter that others include goes all the same.
    for name in names(of: "networkfilter") { _ = try Lab.attempt(["nwfilter-undefine", name]) }
    for name in names(of: "pool") {
      _ = try Lab.attempt(["pool-destroy", name])
      _ = try Lab.attempt(["pool-undefine", name])
    }
    for usage in usages {
      if let uuid = try Self.secret(usage: usage) { try Lab.virsh("secret-undefine", uuid) }
    }
    for line in try Lab.virsh("secret-list").split(separator: "\n") {
      guard line.contains("virtspec/ledger/shop"), let uuid = line.split(separator: " ").first
      else { continue }
      try Lab.virsh("secret-undefine", String(uuid))
    }
    let pools = names(of: "pool").map { "/var/lib/libvirt/" + $0 }
    for folder in Set(images.map { Self.split($0).folder } + pools) {
      try Self.withPool(folder) { pool in
        for line in try Lab.virsh("vol-list", pool).split(separator: "\n") {
          guard let volume = line.split(separator: " ").first else { continue }
          try Lab.virsh("vol-delete", String(volume), pool)
        }
      }
    }
  }

  private static func split(_ path: String) -> (folder: String, file: String) {
    let parts = path.split(separator: "/")
    return ("/" + parts.dropLast().joined(separator: "/"), String(parts.last ?? ""))
  }

  private static func withPool(_ folder: String, _ body: (String) throws -> Void) throws {
    let pool = "lab-scenario"
    try Lab.virsh("pool-define-as", pool, "dir", "--target", folder)
    try Lab.virsh("pool-build", pool)
    try Lab.virsh("pool-start", pool)
    defer {
      _ = try? Lab.attempt(["pool-destroy", pool])
      _ = try? Lab.attempt(["pool-undefine", pool])
    }
    try body(pool)
  }
}
