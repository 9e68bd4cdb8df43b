import Model

/// The host has the firmware: UEFI, and one with Secure Boot.
enum FirmwareRule: CapabilityRule {
  static func refusals(_ question: CapabilityQuestion) -> [Refusal] {
    guard let firmware = question.guest.record("firmware"), let domain = question.domain,
      firmware.string("type") == "uefi"
    else { return [] }
    if domain.hasUEFI == false {
      return [
        Refusal(
          "firmware.type", "the host has no UEFI firmware for these guests, only BIOS",
          remedy: "install it on the host (ovmf on Debian, edk2-ovmf on Fedora), or declare 'bios'")
      ]
    }
    if firmware.boolean("secureBoot") == true, domain.hasSecureBoot == false {
      let machine = domain.machine ?? question.platform.machine ?? ""
      let isOld = machine.contains("i440fx") || machine == "pc"
      return [
        Refusal(
          "firmware.secureBoot",
          "the host has no UEFI firmware with Secure Boot for the machine type \(machine)",
          remedy: isOld
            ? "declare 'machine: q35', which Secure Boot needs"
            : "install a firmware that has it on the host (the whole of ovmf, or edk2-ovmf), or leave it out"
        )
      ]
    }
    return []
  }
}
