extension Table {
  /// What the guest starts from: `os`.
  static let guestBoot: [Field] = [
    Field(
      "firmware", .record(guestFirmware, shorthand: "type"), xml: .nested(""), live: .resolved,
      doc: "The firmware: bios, uefi, or more about it."),
    Field(
      "kernel", .record(guestKernel, shorthand: "path"), xml: .nested("os"),
      doc: "A kernel on the host that is started directly, without a boot loader."),
    Field(
      "boot", .list(.choice(["hd", "cdrom", "network", "fd"]), key: []),
      xml: .repeated("os/boot/@dev"),
      doc: "The kinds of device to boot from, in order; not beside a device's bootOrder."),
    Field(
      "bootMenu", .record(guestBootMenu, shorthand: "enabled"), xml: .nested("os/bootmenu"),
      doc: "The firmware's interactive boot menu."),
    Field(
      "rebootTimeout", .integer(-1...65535), xml: .value("os/bios/@rebootTimeout"),
      doc: "Milliseconds until a guest that cannot boot tries again; -1, the default, is never."),
    Field(
      "firmwareSerial", .boolean, xml: .value("os/bios/@useserial", .yesNo),
      doc: "Whether the BIOS writes to the first serial port."),
    Field(
      "smbios", .choice(["emulate", "host", "sysinfo"]), xml: .value("os/smbios/@mode"),
      doc: "Where the guest's SMBIOS tables come from; by default QEMU's own (emulate)."),
  ]

  private static let guestFirmware = Table(
    "guest firmware", doc: "The firmware that starts a guest.",
    [
      Field(
        "type", .choice(["bios", "uefi"]),
        xml: .value(
          "os/@firmware", .words([Spelling.Pair("uefi", "efi")]), fallback: nil, absent: "bios"),
        live: .resolved,
        doc: "The kind of firmware, of which libvirt picks the file; bios by default."),
      Field(
        "secureBoot", .boolean,
        xml: .value("os/firmware/feature[@name='secure-boot']/@enabled", .yesNo),
        when: [XMLCondition("os/@firmware", "efi")], live: .resolved,
        doc: "Whether UEFI must have Secure Boot or must not; without it either may be picked."),
      Field(
        "enrolledKeys", .boolean,
        xml: .value("os/firmware/feature[@name='enrolled-keys']/@enabled", .yesNo),
        when: [XMLCondition("os/@firmware", "efi")], live: .resolved,
        doc: "Whether the vendors' keys are enrolled, so that only signed systems start."),
      Field(
        "loader", .text(.path), xml: .value("os/loader"), equivalence: .path, live: .resolved,
        doc: "The path of the firmware's code on the host, where libvirt should not pick it."),
      Field(
        "loaderType", .choice(["rom", "pflash"]), xml: .value("os/loader/@type"), live: .resolved,
        doc: "Whether the loader is mapped as a ROM or as flash memory (pflash, for UEFI)."),
      Field(
        "loaderReadonly", .boolean, xml: .value("os/loader/@readonly", .yesNo), live: .resolved,
        doc: "Whether the guest must not write to the loader."),
      Field(
        "loaderSecure", .boolean, xml: .value("os/loader/@secure", .yesNo), live: .resolved,
        doc: "Whether the loader needs system management mode to guard Secure Boot."),
      Field(
        "loaderStateless", .boolean, xml: .value("os/loader/@stateless", .yesNo), live: .resolved,
        doc: "Whether the loader does without a file for its variables."),
      Field(
        "nvram", .text(.path), xml: .value("os/nvram"), equivalence: .path, live: .resolved,
        doc: "The path of the guest's UEFI variables; libvirt names one by default."),
      Field(
        "nvramTemplate", .text(.path), xml: .value("os/nvram/@template"), equivalence: .path,
        live: .resolved,
        doc: "The path of the file that the UEFI variables are first copied from."),
    ])

  private static let guestKernel = Table(
    "guest kernel", doc: "A kernel on the host that is started directly.",
    [
      Field(
        "path", .text(.path), xml: .value("kernel"), equivalence: .path,
        doc: "The path of the kernel on the host."),
      Field(
        "initrd", .text(.path), xml: .value("initrd"), equivalence: .path,
        doc: "The path of the initial RAM disk on the host."),
      Field(
        "args", .text(.line), xml: .value("cmdline"),
        doc: "The kernel's command line."),
      Field(
        "dtb", .text(.path), xml: .value("dtb"), equivalence: .path,
        doc: "The path of the device tree on the host."),
    ])

  private static let guestBootMenu = Table(
    "boot menu", doc: "The firmware's interactive boot menu.",
    [
      Field(
        "enabled", .boolean, xml: .value("@enable", .yesNo), required: true,
        doc: "Whether the menu is offered."),
      Field(
        "timeout", .integer(0...65535), xml: .value("@timeout"),
        doc: "How many milliseconds the menu waits for a key."),
    ])
}
