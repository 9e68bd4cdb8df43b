import Model

/// The hypervisor and the kind of guest, as they were chosen.
enum VirtualizationDefault: ProfileRule {
  static func apply(to context: inout ProfileContext) {
    if let type = context.choice.virtType {
      context.fill("virtType", .string(type), because: context.choice.typeReason)
    }
    if context.choice.osType != "hvm" {
      context.fill(
        "osType", .string(context.choice.osType),
        because: "\(context.question.osName) and the host both have it")
    }
  }
}

/// The machine type: the newest that the operating system knows.
enum MachineDefault: ProfileRule {
  static func apply(to context: inout ProfileContext) {
    guard let (machine, reason) = machine(context) else { return }
    let known = context.question.capabilities.guest(context.choice.osType, context.arch)
    let names = known?.machineTypes.map(\.name) ?? []
    if !names.isEmpty, !names.contains(machine) { return }
    context.fill("machine", .string(machine), because: reason)
  }

  private static func machine(_ context: ProfileContext) -> (String, String)? {
    if context.isXen {
      switch context.choice.osType {
      case "xenpvh": return ("xenpvh", "Xen's PVH guests have no other")
      case "xen": return ("xenpv", "Xen's PV guests have no other")
      default: return ("xenfv", "Xen's HVM guests have no other")
      }
    }
    guard context.isQEMU else { return nil }
    guard context.isX86 else {
      let machines = [
        "aarch64": "virt", "armv7l": "virt", "riscv64": "virt", "loongarch64": "virt",
        "s390x": "s390-ccw-virtio", "ppc64le": "pseries", "ppc64": "pseries",
      ]
      return machines[context.arch].map { ($0, "it is the machine for guests of \(context.arch)") }
    }
    guard let os = context.os else { return nil }
    guard os.devices.contains(.q35) else {
      return ("pc", "\(os.name) is not known to run on a q35")
    }
    // The slots of a q35 are PCI Express, where virtio devices are of version 1.0 only.
    if context.choice.drivers == .virtio, !context.gets(.virtio1Block), context.gets(.virtioBlock) {
      return ("pc", "\(os.name) has virtio drivers from before version 1.0, which a q35 needs")
    }
    return ("q35", "\(os.name) runs on it")
  }
}

/// UEFI where the operating system does not start without, and Secure Boot where it demands that.
enum FirmwareDefault: ProfileRule {
  static func apply(to context: inout ProfileContext) {
    guard context.isQEMU, context.guest["kernel"] == nil else { return }
    if let os = context.os, os.starts(from: "bios", context.arch) == false {
      if context.guest.record("firmware")?.string("type") == "bios" {
        context.notes.append(
          "\(os.name) does not start from a BIOS, which the manifest declares: say 'firmware: uefi', or leave it out."
        )
      }
      context.fill("firmware.type", "uefi", because: "\(os.name) does not start from a BIOS")
    } else if ["aarch64", "riscv64"].contains(context.arch) {
      context.fill(
        "firmware.type", "uefi", because: "guests of \(context.arch) start from nothing else")
    }
    guard let os = context.os, DemandingWindows.isOne(os), context.isX86,
      context.filled.record("firmware")?.string("type") == "uefi",
      context.guest.record("firmware")?["loader"] == nil
    else { return }
    let reason = "\(os.name) demands Secure Boot (\(DemandingWindows.source))"
    context.fill("firmware.secureBoot", true, because: reason)
    context.fill("features.smm.enabled", true, because: "Secure Boot is guarded by it")
  }
}

/// A TPM where the operating system demands one.
enum TPMDefault: ProfileRule {
  static func apply(to context: inout ProfileContext) {
    guard context.isQEMU, context.isX86, let os = context.os, DemandingWindows.isOne(os),
      context.guest["tpm"] == nil
    else { return }
    context.fill(
      "tpm", ["model": "tpm-crb", "type": "emulator", "version": "2.0"],
      because: "\(os.name) demands a TPM 2.0 (\(DemandingWindows.source))")
  }
}

/// Windows whose installer wants UEFI with Secure Boot and a TPM 2.0. osinfo-db 20221203 knows of the UEFI only, so the
/// rest is taken from Microsoft's list of requirements.
enum DemandingWindows {
  /// Where it says so.
  static let source = "Microsoft's requirements for Windows 11"

  /// Clients from version 11 on; the servers of its time have no such demands.
  static func isOne(_ os: OSProfile) -> Bool {
    guard os.isWindows, os.id.hasPrefix("http://microsoft.com/win/"),
      let number = Int(os.id.dropFirst("http://microsoft.com/win/".count))
    else { return false }
    return number >= 11 && number < 95
  }
}

/// Memory and processors as recommended, where the manifest says nothing of them.
enum ResourcesDefault: ProfileRule {
  static func apply(to context: inout ProfileContext) {
    guard let os = context.os else { return }
    let resources = os.recommended(context.arch)
    if context.guest["memory"] == nil, let memory = resources.memory {
      context.fill("memory.size", .integer(memory), because: "\(os.name) should have it")
    }
    let cpus = context.guest.record("cpus")
    if cpus?["count"] == nil, cpus?["max"] == nil, let count = resources.cpus {
      context.fill("cpus.count", .integer(count), because: "\(os.name) should have as many")
    }
  }
}

/// A processor like the host's, which libvirt does not give by itself.
enum ProcessorDefault: ProfileRule {
  static func apply(to context: inout ProfileContext) {
    let cpus = context.guest.record("cpus")
    guard context.isQEMU, cpus?["mode"] == nil, cpus?["model"] == nil else { return }
    if context.hasKVM {
      guard context.domain?.cpuModes["host-model"] ?? context.isX86 else { return }
      context.fill(
        "cpus.mode", "host-model",
        because: "with KVM the guest can have what the host's processors have")
    } else if let os = context.os, ParavirtualSupport.isEnterpriseLinux(os, from: 9),
      context.isX86, context.domain?.cpuModes["maximum"] ?? true
    {
      context.fill(
        "cpus.mode", "maximum",
        because: "\(os.name) does not run on the processor that QEMU emulates by itself")
    }
  }
}
