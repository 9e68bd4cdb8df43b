import Foundation
import Testing

/// A guest with a disk and a serial port that goes into a file.
private struct FirstBootSite: ~Copyable {
  let folder: TemporaryFolder
  let name: String
  private var guest: String

  init(_ name: String, _ guest: String) throws {
    try Self.scrub(name)
    folder = try TemporaryFolder(["site.yaml": Self.manifests(name, guest)])
    self.name = name
    self.guest = guest
  }

  /// Where the lab's libvirtd has its /var/lib/libvirt.
  static var root: String {
    (Lab.directory ?? "") + "/root/var/"
  }

  mutating func change(_ old: String, _ new: String) throws {
    try #require(guest.contains(old))
    guest = guest.replacing(old, with: new)
    try folder.write(Self.manifests(name, guest), to: "site.yaml")
  }

  private static func manifests(_ name: String, _ guest: String) throws -> String {
    let uri = try #require(Lab.uri)
    return """
      apiVersion: virtspec/v1
      kind: Stack
      metadata: {name: \(name)}
      ---
      apiVersion: virtspec/v1
      kind: Host
      metadata: {name: lab}
      spec: {uri: "\(uri)"}
      ---
      apiVersion: virtspec/v1
      kind: Pool
      metadata: {name: \(name)}
      spec: {host: lab, type: dir, path: /var/lib/libvirt/\(name)}
      ---
      apiVersion: virtspec/v1
      kind: Guest
      metadata: {name: \(name)}
      spec:
        host: lab
        virtType: qemu
        memory: 256MiB
        disks: [{name: vda, pool: \(name), size: 16MiB}]
        serials: [{type: file, path: /var/lib/libvirt/\(name).log, append: true}]
        power: running

      """ + guest
  }

  func run(_ command: String, _ options: String...) async -> CommandResult {
    await virtspec([command] + options + [folder.path], journal: folder.path + "/journal")
  }

  /// The lines of the console that begin with a word.
  func console(_ word: String) -> [String] {
    let bytes = (try? Data(contentsOf: URL(filePath: Self.root + name + ".log"))) ?? Data()
    return String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
      .compactMap { line in line.firstRange(of: word).map { String(line[$0.lowerBound...]) } }
  }

  /// The discs in the pool.
  func discs() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: Self.root + name)
      .filter { $0.hasSuffix(".iso") }
  }

  static func scrub(_ name: String) throws {
    _ = try Lab.attempt(["destroy", name])
    _ = try Lab.attempt(["undefine", name, "--nvram", "--tpm"])
    _ = try Lab.attempt(["pool-destroy", name])
    _ = try Lab.attempt(["pool-undefine", name])
    try? FileManager.default.removeItem(atPath: root + name)
    try? FileManager.default.removeItem(atPath: root + name + ".log")
  }
}

extension LabTests {
  @Test("a guest takes its configuration from its disc, and a change does what onChange says")
  func cloudInit() async throws {
    var site = try FirstBootSite(
      "seeded",
      """
        kernel:
          path: /var/lib/libvirt/boot/vmlinuz
          initrd: /var/lib/libvirt/boot/initrd
          args: console=ttyS0 quiet no_timer_check
        cloudInit:
          hostname: seeded-one
          users:
            - {name: ops, sshAuthorizedKeys: [ssh-ed25519 AAAAC3Nza ops@example.org]}
          bootCommands: [echo boot one]
          commands: ["echo \\"configured as $(hostname)\\""]

      """)
    let applied = await site.run("apply", "--yes")
    #expect(applied.status == 0, "\(applied.errors)")
    try await eventually("the guest took its configuration") {
      site.console("GUEST-CONFIGURED").count == 1
    }
    #expect(site.console("GUEST-HOSTNAME") == ["GUEST-HOSTNAME seeded-one"])
    #expect(site.console("GUEST-KEY") == ["GUEST-KEY ssh-ed25519 AAAAC3Nza ops@example.org"])
    #expect(
      site.console("GUEST-RUN") == ["GUEST-RUN boot one", "GUEST-RUN configured as seeded-one"])
    let first = try #require(site.console("GUEST-INSTANCE").last)
    #expect(first.hasPrefix("GUEST-INSTANCE new "))
    #expect(await site.run("plan").output.contains("No changes"))

    // ignore: nothing but a note.
    let discs = try site.discs()
    #expect(discs.count == 1)
    try site.change("[echo boot one]", "[echo boot two]")
    let ignored = await site.run("apply", "--yes")
    #expect(ignored.status == 0 && ignored.output.contains("cloudInit.bootCommands changed"))
    #expect(try site.discs() == discs)

    // nextBoot: another disc in the drive of the running guest, of the same instance.
    try site.change("hostname:", "onChange: nextBoot\n    hostname:")
    #expect(await site.run("apply", "--yes").status == 0)
    #expect(await site.run("plan").output.contains("No changes"))
    let second = try site.discs()
    #expect(second.count == 1 && second != discs)
    try Lab.virsh("destroy", site.name)
    try Lab.virsh("start", site.name)
    try await eventually("the guest started again") {
      site.console("GUEST-CONFIGURED").count == 2
    }
    #expect(site.console("GUEST-INSTANCE").last == first.replacing(" new ", with: " same "))
    #expect(site.console("GUEST-RUN").last == "GUEST-RUN boot two")

    // newInstance: only with a restart, and then from the beginning.
    try site.change("onChange: nextBoot", "onChange: newInstance")
    try site.change("hostname: seeded-one", "hostname: seeded-two")
    #expect(await site.run("apply", "--yes").status == 3)
    #expect(site.console("GUEST-CONFIGURED").count == 2)
    let restarted = await site.run("apply", "--yes", "--allow", "restart")
    #expect(restarted.status == 0, "\(restarted.errors)")
    try await eventually("the guest was configured anew") {
      site.console("GUEST-CONFIGURED").count == 3
    }
    let third = try #require(site.console("GUEST-INSTANCE").last)
    #expect(third.hasPrefix("GUEST-INSTANCE new ") && third != first)
    #expect(site.console("GUEST-RUN").last == "GUEST-RUN configured as seeded-two")
    #expect(await site.run("plan").output.contains("No changes"))
    #expect(try site.discs().count == 1)
    #expect(await site.run("destroy", "--yes").status == 0)
    try FirstBootSite.scrub(site.name)
  }

  private func writeInstaller() throws {
    try FileManager.default.createDirectory(
      atPath: FirstBootSite.root + "boot", withIntermediateDirectories: true)
    try Data(TinyInstaller.disc()).write(
      to: URL(filePath: FirstBootSite.root + "boot/installer.iso"))
  }

  @Test("an installer runs once, its media go at its restart, and what it installed starts")
  func installation() async throws {
    try writeInstaller()
    let site = try FirstBootSite(
      "installed",
      """
        install:
          iso: /var/lib/libvirt/boot/installer.iso
          timeout: 10m
          answers:
            unattend: |
              <?xml version="1.0" encoding="utf-8"?>
              <unattend xmlns="urn:schemas-microsoft-com:unattend"/>

      """)
    let applied = await site.run("apply", "--yes")
    #expect(applied.status == 0, "\(applied.errors)")
    try await eventually("what was installed started") {
      site.console(TinyInstaller.installed).count == 1
    }
    #expect(site.console(TinyInstaller.started).count == 1)
    #expect(await site.run("plan").output.contains("No changes"))
    #expect(try !Lab.virsh("dumpxml", site.name).contains("cdrom"))
    try Lab.virsh("destroy", site.name)
    #expect(await site.run("apply", "--yes").status == 0)
    try await eventually("it started again") {
      site.console(TinyInstaller.installed).count == 2
    }
    #expect(site.console(TinyInstaller.started).count == 1)
    // Neither hears a shutdown.
    try Lab.virsh("destroy", site.name)
    #expect(await site.run("destroy", "--yes").status == 0)
    try FirstBootSite.scrub(site.name)
  }

  @Test(
    "while an installer runs there is nothing to do, and the next run goes on where it has ended")
  func installationGoesOn() async throws {
    let site = try FirstBootSite(
      "installing",
      """
        install:
          kernel: /var/lib/libvirt/boot/vmlinuz
          initrd: /var/lib/libvirt/boot/initrd
          args: console=ttyS0 quiet no_timer_check
          answers:
            autoinstall: |
              #cloud-config
              autoinstall: {version: 1}

      """)
    #expect(await site.run("apply", "--yes").status == 0)
    try await eventually("the installer started") {
      !site.console("GUEST-READY").isEmpty
    }
    let running = try Lab.virsh("dumpxml", site.name)
    #expect(
      running.contains("quiet no_timer_check autoinstall</cmdline>")
        && running.contains("-answers-"))
    #expect(running.contains("<on_reboot>destroy</on_reboot>"))
    let meanwhile = await site.run("plan")
    #expect(meanwhile.output.contains("No changes") && meanwhile.output.contains("installer runs"))
    #expect(try !Lab.virsh("dumpxml", "--inactive", site.name).contains("autoinstall</cmdline>"))
    try Lab.virsh("destroy", site.name)
    let next = await site.run("apply", "--yes")
    #expect(next.status == 0, "\(next.errors)")
    #expect(try !Lab.virsh("dumpxml", site.name).contains("<cmdline>"))
    #expect(await site.run("plan").output.contains("No changes"))
    try Lab.virsh("destroy", site.name)
    #expect(await site.run("destroy", "--yes").status == 0)
    try FirstBootSite.scrub(site.name)
  }

  @Test(
    "Windows and its installer are rendered as libvirt's schema has it, and the daemon takes them")
  func windows() async throws {
    try writeInstaller()
    let site = try FirstBootSite(
      "windows",
      """
        firmware: {type: uefi, secureBoot: true}
        tpm: {model: tpm-crb, type: emulator, version: "2.0"}
        install:
          iso: /var/lib/libvirt/boot/installer.iso
          drivers: /var/lib/libvirt/boot/installer.iso
          answers: {unattend: <unattend/>}

      """)
    let rendered = await site.run("render", "--target", "guest/windows")
    let documents = rendered.output.split(separator: "<!-- ").map { "<!-- " + $0 }
    #expect(documents.count == 2, "\(rendered.output)\(rendered.errors)")
    for (number, document) in documents.enumerated() {
      let file = site.folder.path + "/\(number).xml"
      try Data(document.utf8).write(to: URL(filePath: file))
      let process = Process()
      process.executableURL = URL(filePath: "/usr/bin/virt-xml-validate")
      process.arguments = [file, "domain"]
      process.standardOutput = FileHandle.nullDevice
      try process.run()
      process.waitUntilExit()
      #expect(process.terminationStatus == 0, "\(document)")
    }
    let applied = await site.run("apply", "--yes")
    #expect(applied.status == 0, "\(applied.errors)")
    let running = try Lab.virsh("dumpxml", site.name)
    // The installer's drive is the first to start from, whatever else there is.
    let drives = running.split(separator: "<disk ").dropFirst().map(String.init)
    let first = try #require(drives.first { $0.contains("<boot order='1'/>") })
    #expect(first.contains("device='cdrom'") && first.contains("installer.iso"))
    #expect(drives.filter { $0.contains("device='cdrom'") }.count == 3)
    #expect(drives.contains { $0.contains("vda") && $0.contains("<boot order='2'/>") })
    try Lab.virsh("destroy", site.name)
    #expect(await site.run("destroy", "--yes").status == 0)
    try FirstBootSite.scrub(site.name)
  }
}
