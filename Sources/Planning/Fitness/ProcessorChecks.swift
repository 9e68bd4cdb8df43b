import Model

/// The hypervisor and the versions.
enum HypervisorCheck {
  /// The oldest libvirt that virtspec is tried with.
  static let oldest = Version(9)

  static func findings(_ host: HostExamination) -> [Finding] {
    let facts = host.facts
    guard let name = facts.hypervisor else { return [.unknown("hypervisor", "which one it is")] }
    var parts = [
      [name, facts.hypervisorVersion?.description].compactMap { $0 }.joined(separator: " ")
    ]
    if let version = facts.libvirtVersion { parts.append("libvirt \(version)") }
    var machine = ["manufacturer", "product"].compactMap { facts.system[$0] }.joined(separator: " ")
    if let version = facts.system["firmwareVersion"] {
      machine += (machine.isEmpty ? "" : ", ") + "firmware \(version)"
    }
    if !machine.isEmpty { parts.append(machine) }
    let text = parts.joined(separator: "; ")
    if let version = facts.libvirtVersion, version < oldest {
      return [
        Finding(
          "hypervisor", .warning, text,
          remedy: "virtspec is tried with libvirt \(oldest) and newer: upgrade it on the host")
      ]
    }
    return [Finding("hypervisor", .ok, text)]
  }
}

/// The processors.
enum ProcessorCheck {
  static func findings(_ host: HostExamination) -> [Finding] {
    let processor = host.capabilities.processor
    let facts = host.facts
    let name = [processor.vendor, processor.model].compactMap { $0 }.joined(separator: " ")
    var parts: [String] = []
    if !host.capabilities.arch.isEmpty { parts.append(host.capabilities.arch) }
    if !name.isEmpty { parts.append(name) }
    if let cpus = facts.cpus {
      var text = "\(cpus) \(cpus == 1 ? "CPU" : "CPUs")"
      // The sockets are those of one NUMA node. Where it does not come out even, libvirt does not know.
      if let sockets = facts.sockets, let cores = facts.cores, let threads = facts.threads,
        let nodes = facts.numaNodes, nodes * sockets * cores * threads == cpus, cpus > 1
      {
        text += " (sockets × cores × threads: \(nodes * sockets) × \(cores) × \(threads))"
      }
      parts.append(text)
    }
    if let megahertz = facts.megahertz { parts.append("\(megahertz) MHz") }
    if parts.isEmpty { return [.unknown("processor", "what it is")] }
    return [Finding("processor", .ok, parts.joined(separator: ", "))]
  }
}

/// Whether the processor helps with full virtualization.
enum VirtualizationCheck {
  static func findings(_ host: HostExamination) -> [Finding] {
    // Elsewhere the flags are the hypervisor's own: Xen's dom0 does not see them, and ESX does not run without.
    guard host.isQEMU, ["x86_64", "i686"].contains(host.capabilities.arch) else { return [] }
    guard let flags = host.processorFlags else {
      return [.unknown("virtualization", "whether the processor has vmx or svm")]
    }
    if flags.contains("vmx") { return [Finding("virtualization", .ok, "vmx (Intel VT-x)")] }
    if flags.contains("svm") { return [Finding("virtualization", .ok, "svm (AMD-V)")] }
    let inside = flags.contains("hypervisor") ? "; the host is a guest itself" : ""
    let isUsable = host.virtTypes.contains("kvm")
    return [
      Finding(
        "virtualization", .warning, "the processor shows neither vmx nor svm\(inside)",
        remedy: isUsable
          ? "KVM works without them here; guests of its guests will not have it"
          : "turn on virtualization (Intel VT-x, AMD-V) in the firmware's setup, or on the host's own host"
      )
    ]
  }
}

/// Whether guests run by KVM.
enum KVMCheck {
  static func findings(_ host: HostExamination) -> [Finding] {
    let state = KVMState(
      host.capabilities, flags: host.processorFlags, local: host.local)
    switch state.isUsable {
    case nil: return []
    case true?: return [Finding("kvm", .ok, "usable")]
    case false?:
      return [
        Finding(
          "kvm", .failure, "not usable: \(state.reason); guests would be emulated, which is slow",
          remedy: state.remedy)
      ]
    }
  }
}

/// The kinds of guests that there are: on Xen HVM needs the processor's help.
enum GuestKindsCheck {
  static func findings(_ host: HostExamination) -> [Finding] {
    guard host.capabilities.isKnown else {
      return [.unknown("guests", "which kinds of guests there can be")]
    }
    var kinds: [(word: String, archs: [String])] = []
    for guest in host.capabilities.guests {
      let word = word(guest.type)
      if let index = kinds.firstIndex(where: { $0.word == word }) {
        if !kinds[index].archs.contains(guest.arch) { kinds[index].archs.append(guest.arch) }
      } else {
        kinds.append((word, [guest.arch]))
      }
    }
    if kinds.isEmpty {
      return [
        Finding(
          "guests", .failure, "the host can have no guest at all",
          remedy: "install an emulator on it, such as qemu-system-x86")
      ]
    }
    let text = kinds.map { "\($0.word): \($0.archs.sorted().joined(separator: ", "))" }
      .joined(separator: "; ")
    if host.isXen, !kinds.contains(where: { $0.word == word("hvm") }) {
      return [
        Finding(
          "guests", .warning, "\(text); no full virtualization",
          remedy: "turn on virtualization (Intel VT-x, AMD-V) in the firmware's setup")
      ]
    }
    return [Finding("guests", .ok, text)]
  }

  private static func word(_ type: String) -> String {
    switch type {
    case "hvm": "full"
    case "xen": "para (PV)"
    case "xenpvh": "para (PVH)"
    case "linux", "exe": "containers"
    default: type
    }
  }
}

/// Whether guests can have KVM themselves.
enum NestedCheck {
  static func findings(_ host: HostExamination) -> [Finding] {
    guard host.isQEMU else { return [] }
    guard let local = host.local else {
      return [.unknown("nested", "whether guests can have KVM themselves")]
    }
    guard let isNested = local.isNested else {
      return [Finding("nested", .unknown, "no module of KVM tells whether guests can have it")]
    }
    return [
      Finding("nested", .ok, isNested ? "guests can have KVM themselves" : "off")
    ]
  }
}

/// Whether devices can be passed through.
enum IOMMUCheck {
  static func findings(_ host: HostExamination) -> [Finding] {
    if host.isMock { return [] }
    switch host.hasIOMMU {
    case nil: return [.unknown("iommu", "whether devices can be passed through")]
    case true?: return [Finding("iommu", .ok, "devices can be passed through")]
    case false?:
      return [
        Finding(
          "iommu", .warning, "devices cannot be passed through",
          remedy:
            "if they are to be: turn on VT-d or AMD-Vi in the firmware's setup, and boot with intel_iommu=on or amd_iommu=on"
        )
      ]
    }
  }
}
