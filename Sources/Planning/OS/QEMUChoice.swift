import Model

/// QEMU virtualizes fully, with KVM or without.
struct QEMUChoice {
  private let question: VirtualizationQuestion

  init(_ question: VirtualizationQuestion) { self.question = question }

  func made() -> VirtualizationChoice {
    var choice = VirtualizationChoice(
      virtType: question.guest.string("virtType"), osType: "hvm", drivers: .virtio, reasons: [])
    if question.virtualization == "para" {
      choice.refusal = GuestProfile.Refusal(
        "QEMU virtualizes guests fully, and 'virtualization: para' asks for something else",
        remedy: "leave 'virtualization' out; 'drivers: virtio' is what gives paravirtual devices")
    }
    accelerate(&choice)
    drive(&choice)
    return choice
  }

  // MARK: - KVM or emulation

  private func accelerate(_ choice: inout VirtualizationChoice) {
    let arch = question.arch
    let known = question.capabilities.guest("hvm", arch)
    switch (question.guest.string("virtType"), known) {
    case ("kvm"?, let guest?) where !guest.virtTypes.contains("kvm"):
      choice.reasons.append("Full virtualization with KVM, as the manifest says.")
      choice.refusal = GuestProfile.Refusal(
        "full virtualization of \(arch) needs KVM, which the host does not have: \(kvm.reason)",
        remedy: kvm.remedy + "; or declare 'virtType: qemu' for slow emulation")
    case (let declared?, _):
      let how = declared == "qemu" ? "emulation by QEMU" : declared
      choice.reasons.append("Full virtualization by \(how), as the manifest says.")
    case (nil, nil) where question.capabilities.isKnown:
      let known = Set(question.capabilities.guests.map(\.arch)).sorted().joined(separator: ", ")
      choice.refusal = GuestProfile.Refusal(
        "the host has no emulator for guests of architecture \(arch)",
        remedy: "install one (qemu-system-…), or choose one of: \(known)")
    case (nil, nil):
      choice.reasons.append(
        "Full virtualization, which is all that QEMU does, with KVM as on most hosts: no host was asked."
      )
    case (nil, let guest?) where guest.virtTypes.contains("kvm"):
      choice.virtType = "kvm"
      choice.typeReason = "the host has KVM for \(arch)"
      choice.reasons.append(
        "Full virtualization, which is all that QEMU does, with KVM, which the host has for \(arch)."
      )
    case (nil, _?):
      choice.virtType = "qemu"
      choice.typeReason = "the host has no KVM for \(arch)"
      choice.reasons.append("Full virtualization, which is all that QEMU does.")
      choice.notes.append(
        isForeign
          ? "QEMU emulates it, since a \(question.capabilities.arch) host cannot run \(arch) with KVM: it will be slow."
          : "QEMU emulates it in software, since the host does not have KVM: \(kvm.reason). It will be slow; to change that: \(kvm.remedy)."
      )
    }
  }

  /// Whether the processors are of another kind than the guest's, so that KVM is of no use.
  private var isForeign: Bool {
    let own = question.capabilities.arch
    if own.isEmpty || own == question.arch { return false }
    return !(own == "x86_64" && question.arch == "i686")
  }

  /// Why there is no KVM, and what to do, in doctor's words.
  private var kvm: KVMState {
    KVMState(question.capabilities, flags: question.processorFlags, local: question.local)
  }

  // MARK: - Devices

  private func drive(_ choice: inout VirtualizationChoice) {
    let os = question.os
    switch question.drivers {
    case "virtio":
      choice.reasons.append("Virtio devices, as the manifest says.")
      choice.notes += discNote(os)
    case "emulated":
      choice.drivers = .emulated
      choice.reasons.append("Emulated devices, as the manifest says.")
    case "xen":
      choice.refusal = GuestProfile.Refusal(
        "QEMU has no devices of Xen's, and 'drivers: xen' asks for them",
        remedy: "leave 'drivers' out, or choose virtio or emulated")
    default: decide(&choice, os)
    }
  }

  private func decide(_ choice: inout VirtualizationChoice, _ os: OSProfile?) {
    guard let os else {
      choice.reasons.append("Virtio devices, as for any guest whose operating system is not known.")
      return
    }
    if Self.hasVirtio(os.devices) {
      choice.reasons.append("Virtio devices, for which \(os.name) has drivers.")
    } else if Self.hasVirtio(os.brought(question.arch).union(family(os))) {
      if question.hasDisc("virtio") {
        choice.reasons.append(
          "Virtio devices, for which \(os.name) takes drivers from the disc in its drive.")
      } else {
        choice.drivers = .emulated
        choice.reasons.append(
          "Emulated devices: \(os.name) has no virtio drivers of its own, and no drive has a virtio-win disc; with one, and 'drivers: virtio', disks and network would be faster."
        )
      }
    } else {
      choice.drivers = .emulated
      choice.reasons.append("Emulated devices, since \(os.name) has no virtio drivers.")
    }
  }

  /// A driver disc that somebody must bring.
  private func discNote(_ os: OSProfile?) -> [String] {
    guard let os, !Self.hasVirtio(os.devices), !question.hasDisc("virtio") else { return [] }
    if Self.hasVirtio(os.brought(question.arch).union(family(os))) {
      return [
        "\(os.name) has no virtio drivers of its own: its installer needs a virtio-win disc in a CD-ROM drive."
      ]
    }
    return ["\(os.name) is not known to have virtio drivers: it may not find its disk."]
  }

  /// Windows that the database lists no drivers for is like the last one that it lists some for: virtio-win has
  /// drivers for every Windows since XP.
  private func family(_ os: OSProfile) -> Set<DeviceID> {
    os.isWindows && os.isReleased(since: "2001-10-25") ? [.virtioNet, .virtioBlock] : []
  }

  private static func hasVirtio(_ devices: Set<DeviceID>) -> Bool {
    !devices.isDisjoint(with: [.virtioBlock, .virtio1Block])
      && !devices.isDisjoint(with: [.virtioNet, .virtio1Net])
  }
}
