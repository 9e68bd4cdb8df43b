import Model

/// The host has an emulator, or processors, for the guest's architecture.
enum ArchitectureRule: CapabilityRule {
  static func refusals(_ question: CapabilityQuestion) -> [Refusal] {
    let archs = Set(question.host.guests.map(\.arch)).sorted()
    guard let arch = question.platform.arch, !archs.isEmpty, !archs.contains(arch) else {
      return []
    }
    return [
      Refusal(
        "arch",
        "the host has no guests of the architecture \(arch), only of \(WordList.text(archs))",
        remedy:
          "declare \(WordList.instead(of: arch, among: archs)), or install its emulator on the host "
          + "(qemu-system-…)")
    ]
  }
}
