import Model

/// The emulator has the machine type.
enum MachineRule: CapabilityRule {
  static func refusals(_ question: CapabilityQuestion) -> [Refusal] {
    // Another emulator has other machines.
    if let emulator = question.platform.emulator,
      !question.kinds.contains(where: { $0.emulator == emulator })
    {
      return []
    }
    let names = question.kinds.flatMap { $0.machineTypes.map(\.name) }
    guard let machine = question.platform.machine, !names.isEmpty, !names.contains(machine) else {
      return []
    }
    let aliases = Set(question.kinds.flatMap(\.machines.keys)).sorted()
    let has = aliases.isEmpty ? WordList.some(names.sorted()) : WordList.text(aliases)
    return [
      Refusal(
        "machine", "the host has no machine type \(machine) for \(question.arch); it has \(has)",
        remedy: "declare \(WordList.instead(of: machine, among: aliases + names.sorted()))")
    ]
  }
}
