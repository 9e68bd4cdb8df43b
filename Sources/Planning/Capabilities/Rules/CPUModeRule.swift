import Model

/// The host has the mode of choosing a CPU.
enum CPUModeRule: CapabilityRule {
  static func refusals(_ question: CapabilityQuestion) -> [Refusal] {
    guard let mode = question.guest.record("cpus")?.string("mode"),
      let modes = question.domain?.cpuModes, modes[mode] == false
    else { return [] }
    let others = modes.filter(\.value).map(\.key).sorted()
    let type = question.platform.virtType ?? question.domain?.virtType ?? "these"
    let isPassthrough = mode == "host-passthrough" && type == "qemu"
    return [
      Refusal(
        "cpus.mode",
        "the host has no CPU mode \(mode) for guests of the type \(type); it has \(WordList.text(others))",
        remedy: isPassthrough
          ? "declare 'mode: maximum', which is all that emulation can do"
          : "declare \(WordList.instead(of: mode, among: others))")
    ]
  }
}
