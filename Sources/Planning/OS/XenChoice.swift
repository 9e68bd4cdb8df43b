import Model

/// Xen has PVH, PV and HVM: what both the host and the operating system have, in this order.
struct XenChoice {
  private let question: VirtualizationQuestion

  init(_ question: VirtualizationQuestion) { self.question = question }

  /// The kinds of guest, the best first. PVH needs the processor's help and no emulated hardware; PV needs neither.
  private enum Kind: String, CaseIterable {
    case pvh = "xenpvh"
    case pv = "xen"
    case hvm

    var name: String {
      switch self {
      case .pvh: "PVH"
      case .pv: "PV"
      case .hvm: "HVM"
      }
    }

    /// libvirt's machine, by which a manifest can say which it wants.
    var machine: String {
      switch self {
      case .pvh: "xenpvh"
      case .pv: "xenpv"
      case .hvm: "xenfv"
      }
    }
  }

  func made() -> VirtualizationChoice {
    var choice = VirtualizationChoice(virtType: "xen", osType: "hvm", drivers: .xen, reasons: [])
    let kind = kind(&choice)
    choice.osType = kind.rawValue
    drive(&choice, kind)
    return choice
  }

  private func kind(_ choice: inout VirtualizationChoice) -> Kind {
    if let declared = question.guest.string("osType").flatMap(Kind.init(rawValue:))
      ?? Kind.allCases.first(where: { $0.machine == question.guest.string("machine") })
    {
      choice.reasons.append("Xen's \(declared.name), as the manifest says.")
      refuse(declared, &choice)
      return declared
    }
    let wanted = question.virtualization
    let para = Kind.allCases.filter { $0 != .hvm && systemHas($0) != false }
    switch wanted {
    case "full":
      choice.reasons.append("Xen's HVM, since the manifest wants full virtualization.")
      refuse(.hvm, &choice)
      return .hvm
    case "para":
      guard let kind = para.first(where: hostHas) ?? para.first else {
        choice.refusal = GuestProfile.Refusal(
          "\(question.osName) does not run paravirtualized on Xen",
          remedy: "leave 'virtualization' out, or say full")
        return .hvm
      }
      choice.reasons.append(
        "Xen's \(kind.name), since the manifest wants para virtualization and \(question.osName) has it."
      )
      refuse(kind, &choice)
      return kind
    default: return decide(&choice)
    }
  }

  private func decide(_ choice: inout VirtualizationChoice) -> Kind {
    guard question.os != nil else {
      choice.reasons.append(
        "Xen's HVM, which takes any system: whether the guest's has a kernel for PVH or PV is not known."
      )
      refuse(.hvm, &choice)
      return .hvm
    }
    for kind in Kind.allCases where systemHas(kind) == true && hostHas(kind) {
      let why =
        kind == .hvm
        ? "since \(question.osName) does not run paravirtualized here"
        : "which both the host and \(question.osName) have"
      choice.reasons.append("Xen's \(kind.name), \(why).")
      return kind
    }
    refuse(.hvm, &choice)
    return .hvm
  }

  /// Whether the operating system runs as such a guest; nil where it is not known.
  private func systemHas(_ kind: Kind) -> Bool? {
    guard let os = question.os else { return kind == .hvm ? true : nil }
    switch kind {
    case .pvh: return ParavirtualSupport.hasXenPVH(os)
    case .pv: return ParavirtualSupport.hasXenPV(os)
    case .hvm: return true
    }
  }

  /// Whether the host has such guests; a host that was not asked has them all.
  private func hostHas(_ kind: Kind) -> Bool {
    guard question.capabilities.isKnown else { return true }
    return question.capabilities.guest(kind.rawValue, question.arch) != nil
  }

  private func refuse(_ kind: Kind, _ choice: inout VirtualizationChoice) {
    if hostHas(kind) {
      guard systemHas(kind) == false else { return }
      choice.refusal = GuestProfile.Refusal(
        "\(question.osName) has no kernel for Xen's \(kind.name)",
        remedy: "leave 'virtualization' and 'machine' out, or say 'virtualization: full'")
    } else if kind == .hvm {
      choice.refusal = GuestProfile.Refusal(
        "full virtualization needs a processor with vmx or svm, and this Xen host has none in use",
        remedy: "turn virtualization on in the host's firmware, or use a system that runs as PV")
    } else {
      choice.refusal = GuestProfile.Refusal(
        "this Xen host has no \(kind.name) guests of architecture \(question.arch)",
        remedy: kind == .pvh
          ? "use a Xen that has them (4.10 or newer, with vmx or svm), or say 'machine: xenpv'"
          : "use a Xen that has them, or leave 'virtualization' and 'machine' out")
    }
  }

  private func drive(_ choice: inout VirtualizationChoice, _ kind: Kind) {
    let wanted = question.drivers
    if wanted == "virtio" {
      choice.refusal =
        choice.refusal
        ?? GuestProfile.Refusal(
          "Xen's guests have Xen's own devices, and 'drivers: virtio' asks for QEMU's",
          remedy: "leave 'drivers' out, or choose xen or emulated")
      return
    }
    guard kind == .hvm else {
      if wanted == "emulated" {
        choice.refusal =
          choice.refusal
          ?? GuestProfile.Refusal(
            "a \(kind.name) guest has no emulated devices",
            remedy: "leave 'drivers' out, or say 'virtualization: full'")
      }
      choice.reasons.append("Xen's own devices: a \(kind.name) guest has no others.")
      return
    }
    switch (wanted, question.os) {
    case ("xen", _): choice.reasons.append("Xen's own devices, as the manifest says.")
    case ("emulated", _):
      choice.drivers = .emulated
      choice.reasons.append("Emulated devices, as the manifest says.")
    case (_, let os?) where ParavirtualSupport.hasXenDrivers(os):
      choice.reasons.append("Xen's own devices, for which \(os.name) has drivers.")
    case (_, let os?) where os.isWindows && question.hasDisc("xen"):
      choice.reasons.append(
        "Xen's own devices, for which \(os.name) takes drivers from the disc in its drive.")
    default:
      choice.drivers = .emulated
      choice.reasons.append(
        "Emulated devices, since \(question.osName) is not known to have drivers for Xen's own.")
    }
  }
}
