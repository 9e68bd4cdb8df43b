import Model

/// VMware virtualizes fully.
struct VMwareChoice {
  private let question: VirtualizationQuestion

  init(_ question: VirtualizationQuestion) { self.question = question }

  func made() -> VirtualizationChoice {
    var choice = VirtualizationChoice(
      virtType: "vmware", osType: "hvm", drivers: .vmware,
      reasons: ["Full virtualization, which is all that VMware does."])
    if question.virtualization == "para" {
      choice.refusal = GuestProfile.Refusal(
        "VMware virtualizes guests fully, and 'virtualization: para' asks for something else",
        remedy:
          "leave 'virtualization' out; 'drivers: auto' gives vmxnet3 and pvscsi where the guest has them"
      )
    }
    switch (question.drivers, question.os) {
    case ("virtio", _), ("xen", _):
      choice.refusal =
        choice.refusal
        ?? GuestProfile.Refusal(
          "VMware has devices of its own, and 'drivers: \(question.drivers)' asks for others",
          remedy: "leave 'drivers' out, or say emulated")
    case ("emulated", _):
      choice.drivers = .emulated
      choice.reasons.append("Emulated devices, as the manifest says.")
    case (_, let os?) where ParavirtualSupport.hasVMwareDrivers(os):
      choice.reasons.append("vmxnet3 and pvscsi, for which \(os.name) has drivers.")
    case (_, let os?):
      choice.drivers = .emulated
      choice.reasons.append(
        "Emulated devices: \(os.name) has drivers for vmxnet3 and pvscsi only with VMware's tools.")
    case (_, nil):
      choice.drivers = .emulated
      choice.reasons.append(
        "Emulated devices: whether the guest has drivers for vmxnet3 and pvscsi is not known.")
    }
    return choice
  }
}

/// Hypervisors of which virtspec knows only what they tell.
struct OtherChoice {
  private let question: VirtualizationQuestion
  private let name: String

  init(_ question: VirtualizationQuestion, _ name: String) {
    self.question = question
    self.name = name
  }

  func made() -> VirtualizationChoice {
    let types = question.capabilities.guest("hvm", question.arch)?.virtTypes ?? []
    var choice = VirtualizationChoice(
      virtType: question.guest.string("virtType") ?? types.first, osType: "hvm", drivers: .native,
      reasons: [
        "The hypervisor '\(name)' gives its guests what it has: there is nothing to choose."
      ])
    if question.virtualization == "para" {
      choice.refusal = GuestProfile.Refusal(
        "the hypervisor '\(name)' is not known to have paravirtualized guests",
        remedy: "leave 'virtualization' out")
    }
    return choice
  }
}
