import Model
import TestSupport
import Testing

@testable import Planning

/// What each rule of a profile fills in, by system and host.
@Suite("the rules of an operating system's profile")
struct ProfileRuleTests {
  /// What is filled in for a guest, by path.
  private func fill(
    _ os: String?, _ guest: Record = Record(), on host: String? = "qemu-kvm",
    uri: String = "qemu:///system"
  ) async throws -> [String: Value] {
    var capabilities = HostCapabilities()
    var lookup: OSLookup?
    if let os { lookup = .known(try #require(RecordedSystems.system(os), "\(os)")) }
    var guest = guest
    if let os { guest["os"] = ["id": .string(os)] }
    if let host {
      let simulated = SimulatedHost()
      simulated.capabilities = try #require(RecordedCapabilities(recorded: host))
      let connection = simulated.connect()
      let general = try await connection.capabilities(of: [])
      let platform = GuestProfiler.platform(of: guest, lookup, uri: uri, general)
      capabilities = try await connection.capabilities(of: [platform])
      // Of other machines nothing is recorded.
      let isRecorded = host != "esx" && platform.machine != "microvm"
      #expect(!isRecorded || capabilities[platform] != nil, "\(platform)")
    }
    let profile = GuestProfiler.profile(
      of: guest, lookup, database: "recorded", uri: uri, capabilities: capabilities)
    #expect(profile.refusal == nil, "\(String(describing: profile.refusal))")
    for item in profile.defaults { #expect(!item.reason.isEmpty, "\(item.path)") }
    return Dictionary(uniqueKeysWithValues: profile.defaults.map { ($0.path, $0.value) })
  }

  private let screen: Record = ["graphics": [["type": "vnc"]]]
  private let spice: Record = ["graphics": [["type": "spice"]]]
  private let disk: Record = ["disks": [["name": "vda"]], "interfaces": [["bridge": "br0"]]]
  private let disc: Record = [
    "disks": [["name": "vda"], ["name": "sda", "device": "cdrom", "file": "/virtio-win.iso"]],
    "interfaces": [["bridge": "br0"]],
  ]

  @Test("the hypervisor's type and the kind of guest are those that were chosen")
  func virtualization() async throws {
    #expect(try await fill("debian11")["virtType"] == "kvm")
    #expect(try await fill("debian11", on: "qemu-emulation")["virtType"] == "qemu")
    #expect(try await fill("debian11", on: "xen")["osType"] == "xenpvh")
    #expect(try await fill("debian11")["osType"] == nil)
    #expect(try await fill("debian11", ["virtType": "qemu"])["virtType"] == nil)
  }

  @Test("the machine is the newest that the system knows")
  func machine() async throws {
    #expect(try await fill("debian11")["machine"] == "q35")
    #expect(try await fill("win10")["machine"] == "q35")
    #expect(try await fill("winxp")["machine"] == "pc")
    // Its virtio drivers are older than PCI Express slots want.
    #expect(try await fill("freebsd13.1")["machine"] == "pc")
    #expect(try await fill("debian11", ["machine": "microvm"])["machine"] == nil)
    #expect(try await fill("debian11", on: "xen")["machine"] == "xenpvh")
    #expect(try await fill("rhel9.0", on: "xen")["machine"] == "xenfv")
    #expect(try await fill("debian11", on: "xen-without-pvh")["machine"] == "xenpv")
    #expect(try await fill(nil, ["drivers": "auto"])["machine"] == nil)
  }

  @Test("the firmware is UEFI where the system needs that, with Secure Boot where it demands that")
  func firmware() async throws {
    let windows = try await fill("win11")
    #expect(windows["firmware.type"] == "uefi")
    #expect(windows["firmware.secureBoot"] == true)
    #expect(windows["features.smm.enabled"] == true)
    #expect(try await fill("win10")["firmware.type"] == nil)
    let declared = try await fill("win11", ["firmware": ["type": "bios"]])
    #expect(declared["firmware.secureBoot"] == nil)
    #expect(try await fill("win11", ["kernel": ["path": "/boot/k"]])["firmware.type"] == nil)
  }

  @Test("a BIOS that the system does not start from is said")
  func declaredBIOS() throws {
    let os = try #require(RecordedSystems.system("win11"))
    let profile = GuestProfiler.profile(
      of: ["firmware": ["type": "bios"]], .known(os), database: "recorded", uri: "qemu:///system",
      capabilities: HostCapabilities())
    #expect(profile.notes.contains { $0.contains("does not start from a BIOS") })
  }

  @Test("a TPM is there where the system demands one")
  func tpm() async throws {
    let tpm: Value = ["model": "tpm-crb", "type": "emulator", "version": "2.0"]
    #expect(try await fill("win11")["tpm"] == tpm)
    #expect(try await fill("win10")["tpm"] == nil)
    #expect(try await fill("win2k22")["tpm"] == nil)
    #expect(try await fill("win11", ["tpm": ["type": "passthrough"]])["tpm"] == nil)
  }

  @Test("memory and processors are as recommended, else as is least, where nothing is said")
  func resources() async throws {
    let debian = try await fill("debian11")
    #expect(debian["memory.size"] == .integer(1 << 30))
    #expect(debian["cpus.count"] == 1)
    let windows = try await fill("win11")
    #expect(windows["memory.size"] == .integer(4 << 30))
    #expect(windows["cpus.count"] == 2)
    let declared = try await fill("win11", ["memory": ["max": 1], "cpus": ["max": 8]])
    #expect(declared["memory.size"] == nil && declared["cpus.count"] == nil)
  }

  @Test("the processor is like the host's with KVM, and what the system needs without")
  func processor() async throws {
    #expect(try await fill("debian11")["cpus.mode"] == "host-model")
    #expect(try await fill("debian11", on: "qemu-emulation")["cpus.mode"] == nil)
    #expect(try await fill("rhel9.0", on: "qemu-emulation")["cpus.mode"] == "maximum")
    #expect(try await fill("debian11", ["cpus": ["mode": "custom"]])["cpus.mode"] == nil)
    #expect(try await fill("debian11", on: "xen")["cpus.mode"] == nil)
  }

  @Test("the clock is local time for Windows, and timers do not tick for nothing")
  func clock() async throws {
    #expect(try await fill("win10")["clock.offset"] == "localtime")
    #expect(try await fill("msdos6.22")["clock.offset"] == "localtime")
    #expect(try await fill("debian11")["clock.offset"] == nil)
    let windows = try await fill("win10")["clock.timers"]?.list ?? []
    #expect(windows.contains(["name": "hypervclock", "present": true]))
    let linux = try await fill("debian11")["clock.timers"]?.list ?? []
    #expect(linux.contains(["name": "hpet", "present": false]))
    #expect(!linux.contains(["name": "hypervclock", "present": true]))
    let emulated = try await fill("win10", on: "qemu-emulation")["clock.timers"]?.list ?? []
    #expect(!emulated.contains(["name": "hypervclock", "present": true]))
    #expect(try await fill("debian11", on: "xen")["clock.timers"] == nil)
  }

  @Test("enlightenments are those that the host offers, for Windows that knows them")
  func hyperV() async throws {
    let windows = try await fill("win10")
    for name in ["relaxed", "vapic", "vpindex", "synic", "runtime"] {
      #expect(windows["features.hyperv.\(name)"] == true, "\(name)")
    }
    #expect(windows["features.hyperv.spinlocks.retries"] == 8191)
    #expect(windows["features.hyperv.stimer.enabled"] == true)
    // Nobody was asked: those that every KVM has.
    let unasked = try await fill("win10", on: nil)
    #expect(unasked["features.hyperv.relaxed"] == true)
    #expect(unasked["features.hyperv.synic"] == nil)
    for host in ["qemu-emulation", "qemu-kvm"] {
      let none = try await fill(host == "qemu-kvm" ? "winxp" : "win10", on: host)
      #expect(!none.keys.contains { $0.hasPrefix("features.hyperv") }, "\(host)")
    }
    #expect(try await fill("debian11").keys.allSatisfy { !$0.hasPrefix("features.hyperv") })
    #expect(try await fill("win10", on: "xen")["features.viridian"] == true)
    #expect(
      try await fill("win10", ["features": ["hyperv": ["relaxed": true]]])["features.hyperv.vapic"]
        == nil)
  }

  @Test("disks stand on the fastest bus that the system can use")
  func disks() async throws {
    #expect(try await fill("debian11", disk)["disks[].bus"] == "virtio")
    #expect(try await fill("win10", disk)["disks[].bus"] == "sata")
    #expect(try await fill("win10", disc)["disks[].bus"] == "virtio")
    #expect(try await fill("winxp", disk)["disks[].bus"] == "ide")
    #expect(try await fill("debian11", disk, on: "esx", uri: "esx://a/")["disks[].bus"] == "scsi")
  }

  @Test("SCSI disks get a fast controller")
  func controller() async throws {
    let scsi: Record = ["disks": [["name": "sda"]]]
    func model(_ value: Value?) -> String? { value?.list?.first?.record?.string("model") }
    #expect(model(try await fill("debian11", scsi)["controllers"]) == "virtio-scsi")
    #expect(model(try await fill("debian11", disk)["controllers"]) == nil)
    // Its disk is on SATA.
    #expect(model(try await fill("win10", scsi)["controllers"]) == nil)
    #expect(
      model(try await fill("debian11", scsi, on: "esx", uri: "esx://a/")["controllers"])
        == "vmpvscsi")
    #expect(
      model(try await fill("win10", scsi, on: "esx", uri: "esx://a/")["controllers"])
        == "lsisas1068")
  }

  @Test("interfaces are of the fastest model that the system can use")
  func interfaces() async throws {
    let path = "interfaces[].model"
    #expect(try await fill("debian11", disk)[path] == "virtio")
    #expect(try await fill("win10", disk)[path] == "e1000e")
    #expect(try await fill("winxp", disk)[path] == "e1000")
    #expect(try await fill("msdos6.22", disk)[path] == "e1000")
    #expect(try await fill("win10", disc)[path] == "virtio")
    #expect(
      try await fill("debian11", ["interfaces": [["bridge": "br0"]]], on: "xen")[path]
        == "netfront")
    #expect(
      try await fill("win10", ["interfaces": [["bridge": "br0"]]], on: "xen")[path] == "e1000")
    #expect(try await fill("debian11", disk, on: "esx", uri: "esx://a/")[path] == "vmxnet3")
  }

  @Test("a guest without a serial port gets a console")
  func console() async throws {
    let console: Value = [["type": "pty", "targetType": "xen"]]
    #expect(try await fill("debian11", on: "xen")["consoles"] == console)
    #expect(try await fill("rhel9.0", on: "xen")["consoles"] == nil)
    #expect(try await fill("debian11")["consoles"] == nil)
  }

  @Test("a guest with a screen gets a card that it and the host know")
  func video() async throws {
    #expect(try await fill("debian11", screen)["videos"] == [["model": "virtio"]])
    #expect(try await fill("ubuntu22.04", screen)["videos"] == [["model": "vga"]])
    #expect(try await fill("win10", screen)["videos"] == [["model": "vga"]])
    #expect(try await fill("debian11")["videos"] == nil)
  }

  @Test("a guest with a screen gets a tablet")
  func input() async throws {
    #expect(try await fill("debian11", screen)["inputs"] == [["type": "tablet", "bus": "usb"]])
    #expect(try await fill("msdos6.22", screen)["inputs"] == nil)
    #expect(try await fill("debian11")["inputs"] == nil)
  }

  @Test("a guest gets a sound card where SPICE carries the sound")
  func sound() async throws {
    #expect(try await fill("debian11", spice)["sounds"] == [["model": "ich9"]])
    #expect(try await fill("winxp", spice)["sounds"] == [["model": "ac97"]])
    #expect(try await fill("debian11", screen)["sounds"] == nil)
  }

  @Test("a guest gets random numbers from its host where it has the driver")
  func random() async throws {
    #expect(try await fill("debian11")["rngs"] != nil)
    #expect(try await fill("win10")["rngs"] == nil)
    #expect(try await fill("debian11", ["drivers": "emulated"])["rngs"] == nil)
  }

  @Test("a guest gets a channel for an agent where it has the driver")
  func agent() async throws {
    #expect(try await fill("debian11")["channels"] != nil)
    #expect(try await fill("win10", disc)["channels"] != nil)
    #expect(try await fill("win10")["channels"] == nil)
    #expect(try await fill("debian11", ["channels": []])["channels"] == nil)
  }
}
