import Model

/// The host has such TPMs, and for emulated ones swtpm.
enum TPMRule: CapabilityRule {
  static func refusals(_ question: CapabilityQuestion) -> [Refusal] {
    guard let tpm = question.guest.record("tpm"), let feature = question.domain?.devices["tpm"]
    else { return [] }
    if feature.isSupported == false {
      return [
        Refusal(
          "tpm", "the host has no TPM for these guests",
          remedy:
            "install swtpm and swtpm-tools on the host and restart libvirt's daemon, or leave it out"
        )
      ]
    }
    if let type = tpm.string("type"), let types = feature["backendModel"], !types.contains(type) {
      return [
        type == "emulator"
          ? Refusal(
            "tpm.type",
            "the host cannot emulate a TPM: there is no swtpm; it has \(WordList.text(types))",
            remedy: "install swtpm and swtpm-tools on the host and restart libvirt's daemon")
          : Refusal(
            "tpm.type", "the host has no TPM of the type \(type); it has \(WordList.text(types))",
            remedy: "declare \(WordList.instead(of: type, among: types))")
      ]
    }
    for (name, values) in [("model", feature["model"]), ("version", feature["backendVersion"])] {
      guard let wanted = tpm.string(name), let values, !values.contains(wanted) else { continue }
      return [
        Refusal(
          "tpm.\(name)",
          "the host has no TPM of the \(name) \(wanted); it has \(WordList.text(values))",
          remedy: "declare \(WordList.instead(of: wanted, among: values))")
      ]
    }
    return []
  }
}
