import Model
import TestSupport
import Testing

@testable import Planning

private let folder =
  #filePath.split(separator: "/").dropLast(2).map { "/" + $0 }.joined() + "/Fixtures/capabilities"

/// A guest on a host that answers by recorded documents.
private func question(
  _ guest: Record, on host: String = "recorded",
  _ change: (inout DomainCapabilities) -> Void = { _ in }
) async throws -> CapabilityQuestion {
  let simulated = SimulatedHost()
  simulated.capabilities = RecordedCapabilities(
    host: host, domains: ["kvm-q35", "kvm-pc", "qemu-q35", "xen-pv"], in: folder)
  let platform = GuestPlatform(guest)
  var capabilities = try await simulated.connect().capabilities(of: [platform])
  if case .known(var domain)? = capabilities.platforms[platform] {
    change(&domain)
    capabilities.platforms[platform] = .known(domain)
  }
  return CapabilityQuestion(
    guest: guest, platform: platform, host: capabilities,
    kvm: KVMState(capabilities, flags: ["svm"], local: nil))
}

private func guest(_ fields: (String, Value)...) -> Record {
  Record([("virtType", "kvm"), ("machine", "q35")]).overlaid(with: Record(fields))
}

@Suite("What a host cannot do is refused by one rule each")
struct CapabilityRuleTests {
  @Test("nothing is refused of a guest that asks for nothing unusual")
  func plain() async throws {
    let plain = guest(
      ("cpus", ["count": 2, "max": 2, "mode": "host-model"]), ("firmware", ["type": "uefi"]),
      ("tpm", ["type": "emulator", "version": "2.0"]),
      ("disks", [["name": "vda", "bus": "virtio", "device": "disk"]]),
      ("graphics", [["type": "vnc"]]), ("videos", [["model": "virtio"]]),
      ("channels", [["type": "tcp", "name": "x"]]), ("memory", ["source": "memfd"]))
    #expect(try await CapabilityGuard.refusals(question(plain)) == [])
  }

  @Test("what was not asked for, or is not told, refuses nothing")
  func unknown() async throws {
    let odd = guest(("disks", [["name": "a", "bus": "ide"]]), ("cpus", ["count": 9999]))
    let asked = try await question(odd)
    var host = HostCapabilities()
    let kvm = KVMState(host, flags: nil, local: nil)
    #expect(
      CapabilityGuard.refusals(
        CapabilityQuestion(guest: odd, platform: asked.platform, host: host, kvm: kvm)) == [])
    host.platforms[asked.platform] = .known(DomainCapabilities())
    #expect(
      CapabilityGuard.refusals(
        CapabilityQuestion(guest: odd, platform: asked.platform, host: host, kvm: kvm)) == [])
  }

  @Test("an architecture without an emulator")
  func architecture() async throws {
    let refusal = try await #require(
      ArchitectureRule.refusals(question(guest(("arch", "x86_46")))).first)
    #expect(refusal.path == "arch")
    #expect(refusal.message.hasSuffix("only of i686 and x86_64"))
    #expect(refusal.remedy.contains("'x86_64'"))
    #expect(try await ArchitectureRule.refusals(question(guest(("arch", "i686")))) == [])
  }

  @Test("a type that the hypervisor does not have")
  func virtType() async throws {
    let xen = try await #require(VirtTypeRule.refusals(question(guest(("virtType", "xen")))).first)
    #expect(xen.message.contains("only of kvm and qemu"))
    let onXen = try await #require(VirtTypeRule.refusals(question(guest(), on: "xen")).first)
    #expect(onXen.remedy == "declare 'virtType: xen'")
    #expect(try await VirtTypeRule.refusals(question(guest(("virtType", "qemu")))) == [])
  }

  @Test("KVM that cannot be used, with the reason; of another architecture it never can")
  func kvm() async throws {
    let refusal = try await #require(
      VirtTypeRule.refusals(question(guest(), on: "without-kvm")).first)
    #expect(refusal.path == "virtType")
    #expect(refusal.message.contains("the processor has svm, but libvirt does not offer KVM"))
    #expect(refusal.remedy.contains("'virtType: qemu'"))
    // The same processors run it.
    let older = try await question(guest(("arch", "i686")), on: "without-kvm")
    #expect(VirtTypeRule.refusals(older).first?.message.contains("cannot be used") == true)
    let foreign = HostCapabilities.Guest(arch: "aarch64", emulator: "", virtTypes: ["qemu"])
    let platform = GuestPlatform(virtType: "kvm", arch: "aarch64")
    let other = CapabilityQuestion(
      guest: Record(), platform: platform,
      host: HostCapabilities(arch: "x86_64", guests: [foreign]), kvm: older.kvm)
    #expect(VirtTypeRule.refusals(other).first?.message.contains("not aarch64") == true)
  }

  @Test("emulation that a manifest asks for is said, with the reason")
  func emulation() async throws {
    let emulated = guest(("virtType", "qemu"))
    let faster = try await EmulationNote.text(question(emulated))
    #expect(faster?.contains("although the host has KVM") == true)
    let slower = try await EmulationNote.text(question(emulated, on: "without-kvm"))
    #expect(slower?.contains("the processor has svm, but libvirt does not offer KVM") == true)
    #expect(try await EmulationNote.text(question(guest())) == nil)
    let foreign = guest(("virtType", "qemu"), ("arch", "riscv64"))
    #expect(try await EmulationNote.text(question(foreign)) == nil)
  }

  @Test("an emulator that libvirt refuses")
  func emulator() async throws {
    let asked = try await question(guest(("emulator", "/opt/qemu")))
    let refusal = try #require(EmulatorRule.refusals(asked).first)
    #expect(refusal.path == "emulator" && refusal.message.contains("/usr/bin/qemu-system-x86_64"))
    let own = guest(("emulator", "/usr/bin/qemu-system-x86_64"))
    #expect(try await EmulatorRule.refusals(question(own)) == [])
  }

  @Test("a machine type that the emulator does not have, with the nearest one")
  func machine() async throws {
    let refusal = try await #require(
      MachineRule.refusals(question(guest(("machine", "q53")))).first)
    #expect(refusal.message == "the host has no machine type q53 for x86_64; it has pc and q35")
    #expect(refusal.remedy == "declare 'q35'")
    #expect(try await MachineRule.refusals(question(guest(("machine", "pc-q35-7.2")))) == [])
    #expect(try await MachineRule.refusals(question(guest(), on: "esx")) == [])
  }

  @Test("more virtual CPUs than the machine type takes, in use or at most")
  func cpus() async throws {
    let refusal = try await #require(
      VCPURule.refusals(question(guest(("cpus", ["count": 289, "max": 289])))).first)
    #expect(refusal.path == "cpus.count" && refusal.message.contains("at most 288"))
    let maximum = try await question(guest(("machine", "pc"), ("cpus", ["count": 1, "max": 256])))
    #expect(VCPURule.refusals(maximum).map(\.path) == ["cpus.max"])
    #expect(try await VCPURule.refusals(question(guest(("cpus", ["count": 288])))) == [])
  }

  @Test("a CPU mode that emulation does not have")
  func cpuMode() async throws {
    let passthrough = guest(("virtType", "qemu"), ("cpus", ["mode": "host-passthrough"]))
    let refusal = try await #require(CPUModeRule.refusals(question(passthrough)).first)
    #expect(refusal.path == "cpus.mode")
    #expect(refusal.remedy.hasPrefix("declare 'mode: maximum'"))
    #expect(
      try await CPUModeRule.refusals(question(guest(("cpus", ["mode": "host-passthrough"])))) == [])
  }

  @Test("a CPU model that nobody knows, or that the processors cannot give")
  func cpuModel() async throws {
    let slip = try await question(guest(("cpus", ["mode": "custom", "model": "Skylake-Sever"])))
    #expect(CPUModelRule.refusals(slip).first?.remedy == "did you mean 'Skylake-Server'?")
    let foreign = try await question(guest(("cpus", ["model": "Skylake-Server"])))
    #expect(CPUModelRule.refusals(foreign).first?.message.contains("cannot give") == true)
    let unchecked = guest(("cpus", ["model": "Skylake-Server", "check": "none"]))
    #expect(try await CPUModelRule.refusals(question(unchecked)) == [])
    let emulated = guest(("virtType", "qemu"), ("cpus", ["model": "Skylake-Server"]))
    #expect(try await CPUModelRule.refusals(question(emulated)) == [])
    #expect(try await CPUModelRule.refusals(question(guest(("cpus", ["model": "486"])))) == [])
  }

  @Test("UEFI without its firmware, and Secure Boot without its own")
  func firmware() async throws {
    let secure = guest(("machine", "pc"), ("firmware", ["type": "uefi", "secureBoot": true]))
    let refusal = try await #require(FirmwareRule.refusals(question(secure)).first)
    #expect(refusal.path == "firmware.secureBoot")
    #expect(refusal.remedy.contains("machine: q35"))
    let bios = try await question(guest(("firmware", ["type": "uefi"]))) {
      $0.firmware.enums["firmware"] = []
    }
    #expect(FirmwareRule.refusals(bios).map(\.path) == ["firmware.type"])
    let fine = guest(("firmware", ["type": "uefi", "secureBoot": true]))
    #expect(try await FirmwareRule.refusals(question(fine)) == [])
  }

  @Test("a TPM without swtpm, or of a model that there is not")
  func tpm() async throws {
    let emulated = guest(("tpm", ["type": "emulator"]))
    let without = try await question(emulated) {
      $0.devices["tpm"]?.enums["backendModel"] = ["passthrough"]
    }
    #expect(TPMRule.refusals(without).first?.message.contains("no swtpm") == true)
    let none = try await question(emulated) { $0.devices["tpm"] = .init(isSupported: false) }
    #expect(TPMRule.refusals(none).map(\.path) == ["tpm"])
    let spapr = try await question(guest(("tpm", ["type": "emulator", "model": "tpm-spapr"])))
    #expect(TPMRule.refusals(spapr).first?.message.contains("tpm-tis and tpm-crb") == true)
    let silent = try await question(emulated) { $0.devices["tpm"] = nil }
    #expect(TPMRule.refusals(silent) == [])
  }

  @Test("a device of a kind that the host does not have", arguments: DeviceRule.rows.indices)
  func device(_ index: Int) async throws {
    let row = DeviceRule.rows[index]
    var item = Record([(row.key, "x")])
    if let field = row.field { item[field] = "unheard-of" }
    let refused = try await question(guest((row.list, [.record(item)]))) {
      $0.devices[row.device] =
        row.values.map { .init(isSupported: true, enums: [$0: ["first", "second"]]) }
        ?? .init(isSupported: false)
    }
    let refusals = DeviceRule.refusals(refused)
    #expect(refusals.contains { $0.path.hasPrefix("\(row.list)[") })
    if row.field != nil {
      #expect(refusals.contains { $0.message.contains("first and second") })
    }
    let unknown = try await question(guest((row.list, [.record(item)]))) {
      $0.devices[row.device] = nil
    }
    #expect(DeviceRule.refusals(unknown) == [])
  }

  @Test("devices passed through without an IOMMU, and memory that cannot be backed so")
  func passedThrough() async throws {
    let passed = try await question(guest(("hostDevices", [["pci": "0000:3b:00.0"]])))
    let refusal = try #require(DeviceRule.refusals(passed).first)
    #expect(refusal.path == "hostDevices[0000:3b:00.0].pci" && refusal.message.contains("IOMMU"))
    let mediated = ["mdev": "6f2a1f4e-9a0e-4bb6-8f0e-2f5a3f5b7c11"] as Value
    #expect(
      try await DeviceRule.refusals(question(guest(("hostDevices", [mediated])))) == [])
    let memory = try await question(guest(("memory", ["source": "memfd"]))) {
      $0.memoryBacking.enums["sourceType"] = ["file"]
    }
    #expect(DeviceRule.refusals(memory).map(\.path) == ["memory.source"])
  }

  @Test("launch security that the processors do not have, in old words and new ones")
  func launchSecurity() async throws {
    let sev = guest(("launchSecurity", ["type": "sev"]))
    let refusal = try await #require(LaunchSecurityRule.refusals(question(sev)).first)
    #expect(refusal.path == "launchSecurity.type")
    let newer = try await question(guest(("launchSecurity", ["type": "tdx"]))) {
      $0.features["launchSecurity"] = .init(isSupported: true, enums: ["sectype": ["sev"]])
    }
    #expect(LaunchSecurityRule.refusals(newer).first?.message.contains("it has sev") == true)
    let unknown = try await question(guest(("launchSecurity", ["type": "s390-pv"])))
    #expect(LaunchSecurityRule.refusals(unknown) == [])
  }
}
