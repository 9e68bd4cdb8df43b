extension Table {
  /// What the guest is told of its machine, and how it is kept from its host: `sysinfo`, `launchSecurity`.
  static let guestIdentity: [Field] = [
    Field(
      "sysinfo", .record(guestSysinfo, shorthand: nil), xml: .nested("sysinfo[@type='smbios']"),
      when: [XMLCondition("os/smbios/@mode", "sysinfo")],
      doc: "What the guest's SMBIOS tables say; sets smbios to sysinfo."),
    Field(
      "launchSecurity", .record(guestLaunchSecurity, shorthand: "type"),
      xml: .nested("launchSecurity"),
      doc: "How the guest's memory is kept from its host."),
  ]

  private static let guestSysinfo = Table(
    "system information", doc: "What a guest's SMBIOS tables say.",
    [
      Field(
        "bios", .record(guestBIOSInfo, shorthand: nil), xml: .nested("bios"),
        doc: "The firmware, as the guest sees it."),
      Field(
        "system", .record(guestSystemInfo, shorthand: nil), xml: .nested("system"),
        doc: "The machine, as the guest sees it; its UUID is the guest's own."),
      Field(
        "baseBoards", .list(.record(guestBoardInfo, shorthand: nil), key: []),
        xml: .repeated("baseBoard"),
        doc: "The boards, as the guest sees them, in order."),
      Field(
        "chassis", .record(guestChassisInfo, shorthand: nil), xml: .nested("chassis"),
        doc: "The case, as the guest sees it."),
      Field(
        "oemStrings", .list(.text(.line), key: []), xml: .repeated("oemStrings/entry"),
        doc: "Free texts for the guest's software, in order."),
    ])

  private static let guestBIOSInfo = Table(
    "BIOS information", doc: "The firmware, as a guest sees it.",
    [
      entry("vendor", "The vendor."), entry("version", "The version."),
      entry("date", "The date, as month/day/year, such as 01/31/2024."),
      entry("release", "The release, such as 5.19."),
    ])

  private static let guestSystemInfo = Table(
    "system identity", doc: "The machine, as a guest sees it.",
    [
      entry("manufacturer", "The maker."), entry("product", "The product."),
      entry("version", "The version."), entry("serial", "The serial number."),
      entry("sku", "The number under which it is sold."), entry("family", "The family."),
    ])

  private static let guestBoardInfo = Table(
    "board information", doc: "A board, as a guest sees it.",
    [
      entry("manufacturer", "The maker."), entry("product", "The product."),
      entry("version", "The version."), entry("serial", "The serial number."),
      entry("asset", "The asset tag."), entry("location", "Where it is in the case."),
    ])

  private static let guestChassisInfo = Table(
    "chassis information", doc: "The case, as a guest sees it.",
    [
      entry("manufacturer", "The maker."), entry("version", "The version."),
      entry("serial", "The serial number."), entry("asset", "The asset tag."),
      entry("sku", "The number under which it is sold."),
    ])

  private static func entry(_ name: String, _ doc: String) -> Field {
    Field(name, .text(.line), xml: .value(XMLPath("entry[@name='\(name)']")), doc: doc)
  }

  private static let guestLaunchSecurity = Table(
    "launch security", doc: "How a guest's memory is kept from its host.",
    [
      Field(
        "type", .choice(["sev", "sev-snp", "s390-pv", "tdx"]), xml: .value("@type"),
        required: true,
        doc: "The kind: AMD's SEV or SEV-SNP, Intel's TDX, or Protected Virtualization of s390x."),
      Field(
        "policy", .integer(0...Int64.max), xml: .value("policy", .hexadecimal),
        doc: "The policy as a number, such as 3; sev needs one; not for s390-pv."),
      Field(
        "cbitpos", .integer(0...63), xml: .value("cbitpos"),
        doc: "The bit that marks encrypted memory; by default the host's; sev and sev-snp only."),
      Field(
        "reducedPhysBits", .integer(0...63), xml: .value("reducedPhysBits"),
        doc: "By how many bits addresses are shorter; by default the host's; sev and sev-snp only."
      ),
      Field(
        "kernelHashes", .boolean, xml: .value("@kernelHashes", .yesNo),
        doc: "Whether kernel, initrd and command line are measured too; sev and sev-snp only."),
      Field(
        "dhCert", .text(.line), xml: .value("dhCert"),
        doc: "The guest owner's Diffie-Hellman certificate, in base64; sev only."),
      Field(
        "session", .text(.line), xml: .value("session"),
        doc: "The guest owner's session, in base64; sev only."),
    ])
}
