import Model

/// The declared emulator is there, and takes such guests.
enum EmulatorRule: CapabilityRule {
  static func refusals(_ question: CapabilityQuestion) -> [Refusal] {
    guard let emulator = question.platform.emulator,
      case .refused(let reason)? = question.host.platforms[question.platform],
      // Otherwise it is the type or machine that is refused.
      reason.contains(emulator) || reason.contains("emulator"),
      VirtTypeRule.refusals(question).isEmpty, MachineRule.refusals(question).isEmpty
    else { return [] }
    let known = question.kinds.map(\.emulator).filter { !$0.isEmpty && $0 != emulator }
    let has = known.isEmpty ? "" : "; its own is \(known[0])"
    return [
      Refusal(
        "emulator", "the host's libvirt does not take the emulator \(emulator): \(reason)\(has)",
        remedy: "leave 'emulator' out, so that libvirt picks it, or install it on the host")
    ]
  }
}
