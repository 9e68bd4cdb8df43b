extension Table {
  /// A virtual machine: libvirt's `domain`.
  public static let guest = Table(
    "Guest", doc: "A virtual machine.",
    placement + guestManagement + guestWaiting + guestMachine + guestProcessors + guestMemory
      + guestTuning
      + guestBoot
      + guestBehavior
      + guestStorage + guestNetworking + guestCharacterDevices + guestDisplay + guestOtherDevices
      + guestPassedDevices + guestIdentity + guestFirstBoot
      + [overlay("domain", " A guest's own replaces that of its class.")])

  /// What virtspec does with the guest.
  private static let guestManagement: [Field] = [
    Field(
      "class", .text(.name), change: .own,
      doc: "The name of a GuestClass whose spec the guest's own is laid over."),
    Field(
      "power", .choice(["running", "stopped", "unmanaged"]), change: .live(.power),
      doc: "Whether the guest runs; without it, or when unmanaged, virtspec leaves that alone."),
    Field(
      "autostart", .boolean, change: .live(.autostart),
      doc: "Whether the guest starts with its host; by default it does not."),
    Field(
      "lifecycle", .record(lifecycle, shorthand: nil), change: .own,
      doc: "What virtspec may do with the guest, and how."),
  ]

  /// What the guest is called by people and which machine it is.
  private static let guestMachine: [Field] = [
    Field(
      "os", .record(guestOS, shorthand: "id"), change: .own,
      doc: "The operating system, which decides on what a new guest gets where nothing is said."),
    Field(
      "virtualization", .choice(["auto", "full", "para"]), change: .own,
      doc:
        "Whether the guest is to know that it is one (para, on Xen); auto takes the best that there is."
    ),
    Field(
      "drivers", .choice(["auto", "virtio", "xen", "emulated"]), change: .own,
      doc:
        "The kind of devices that a new guest gets; auto takes the fastest that it has drivers for."
    ),
    Field(
      "title", .text(.line), xml: .value("title"), change: .live(.metadata),
      doc: "A short title for people."),
    Field(
      "description", .text(.text), xml: .value("description"), change: .live(.metadata),
      doc: "A description for people, of any length."),
    Field(
      "virtType",
      .choice([
        "kvm", "qemu", "xen", "hvf", "vmware", "vbox", "hyperv", "bhyve", "vz", "openvz", "lxc",
        "test",
      ]),
      xml: .value("@type"), implied: "kvm",
      doc: "The hypervisor: kvm by default; qemu emulates in software."),
    Field(
      "osType", .choice(["hvm", "xen", "xenpvh"]),
      xml: .value(
        "os/type", .words([Spelling.Pair("xen", "linux")]), fallback: nil, absent: "hvm"),
      doc: "How the guest meets the hypervisor: fully virtualized (hvm), or Xen's PV (xen) or PVH."),
    Field(
      "arch",
      .choice([
        "x86_64", "i686", "aarch64", "armv7l", "armv6l", "ppc64le", "ppc64", "ppc", "riscv64",
        "riscv32",
        "s390x", "s390", "loongarch64", "alpha", "cris", "ia64", "lm32", "m68k", "microblaze",
        "microblazeel", "mips", "mipsel", "mips64", "mips64el", "openrisc", "parisc", "parisc64",
        "ppcemb",
        "sh4", "sh4eb", "sparc", "sparc64", "unicore32", "xtensa", "xtensaeb",
      ]),
      xml: .value("os/type/@arch"),
      doc: "The architecture of the guest's processors; by default the host's."),
    Field(
      "machine", .text(.line), xml: .value("os/type/@machine"), equivalence: .machineType,
      implied: "q35",
      doc: "The machine type, such as q35, virt or pc-q35-7.2."),
    Field(
      "emulator", .text(.path), xml: .value("devices/emulator"), equivalence: .path,
      doc: "The path of the emulator binary; by default libvirt's choice for type and architecture."
    ),
  ]

  /// The operating system.
  private static let guestOS = Table(
    "operating system", doc: "The operating system of a guest.",
    [
      Field(
        "id", .text(.line), change: .own, required: true,
        doc: "Its short identifier in libosinfo's database, such as debian12 or win11, or its URI."),
      Field(
        "defaults", .choice(["keep", "follow"]), change: .own,
        doc:
          "Whether an existing guest keeps what it got (keep, the default) or follows the database."
      ),
    ])
}
