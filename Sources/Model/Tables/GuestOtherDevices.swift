extension Table {
  /// Devices that most guests have one of, or none.
  static let guestOtherDevices: [Field] = [
    Field(
      "inputs", .list(.record(guestInput, shorthand: "type"), key: ["type", "bus"]),
      xml: .repeated("devices/input"), complete: false,
      doc: "The pointing devices and keyboards that matter; libvirt adds a PS/2 mouse and keyboard."
    ),
    Field(
      "rngs", .list(.record(guestRandom, shorthand: nil), key: []), xml: .repeated("devices/rng"),
      doc: "The sources of random numbers, in order."),
    Field(
      "watchdogs", .list(.record(guestWatchdog, shorthand: "model"), key: ["model"]),
      xml: .repeated("devices/watchdog"), complete: false,
      doc: "The watchdogs; newer libvirt adds the q35 machine's own, itco."),
    Field(
      "tpm", .record(guestTPM, shorthand: nil), xml: .nested("devices/tpm"),
      doc: "The Trusted Platform Module."),
    Field(
      "panics", .list(.record(guestPanic, shorthand: "model"), key: []),
      xml: .repeated("devices/panic"),
      doc: "The devices through which the guest tells the host that it crashed, in order."),
    Field(
      "iommu", .record(guestIOMMU, shorthand: "model"), xml: .nested("devices/iommu"),
      doc: "The unit that maps the memory that devices see."),
  ]

  private static let virtioModels = ["virtio", "virtio-transitional", "virtio-non-transitional"]

  private static let guestInput = Table(
    "input device", doc: "A pointing device or a keyboard.",
    [
      Field(
        "type", .choice(["tablet", "mouse", "keyboard", "passthrough", "evdev"]),
        xml: .value("@type"), required: true,
        doc: "What it is; a tablet keeps the pointer where the client's is."),
      Field(
        "bus", .choice(["usb", "virtio", "ps2", "xen"]), xml: .value("@bus"),
        doc: "The bus; by default the one that fits the type."),
      Field(
        "model", .choice(virtioModels), xml: .value("@model"),
        when: [XMLCondition("@bus", "virtio")],
        doc: "The model on the bus virtio: modern, or with legacy support (transitional)."),
      Field(
        "eventDevice", .text(.path), xml: .value("source/@evdev"),
        when: [XMLCondition("@type", "passthrough")], equivalence: .path,
        doc: "The path of the host's event device that is passed through."),
      Field(
        "device", .text(.path), xml: .value("source/@dev"), when: [XMLCondition("@type", "evdev")],
        equivalence: .path,
        doc: "The path of the host's event device that is shared."),
    ])

  private static let guestRandom = Table(
    "random number generator", doc: "A source of random numbers.",
    [
      Field(
        "model", .choice(virtioModels), xml: .value("@model"), implied: "virtio",
        doc: "The model: modern, or with legacy support (transitional)."),
      Field(
        "backend", .choice(["random", "builtin", "egd"]), xml: .value("backend/@model"),
        implied: "random",
        doc: "Where the numbers come from; random, a device of the host, by default."),
      Field(
        "source", .text(.path), xml: .value("backend"),
        when: [XMLCondition("backend/@model", "random")], equivalence: .path,
        doc: "The path of the host's device, by default /dev/urandom; with the backend random."),
      Field(
        "rate", .record(guestRandomRate, shorthand: nil), xml: .nested("rate"),
        doc: "How much the guest may take."),
    ])

  private static let guestRandomRate = Table(
    "random rate", doc: "How many random bytes a guest may take.",
    [
      Field(
        "bytes", .size, xml: .value("@bytes", .bareBytes), required: true,
        doc: "How much in a period, such as 1KiB."),
      Field(
        "period", .integer(1...Int64(UInt32.max)), xml: .value("@period"),
        doc: "The period in milliseconds; 1000 by default."),
    ])

  private static let guestWatchdog = Table(
    "watchdog", doc: "A timer that acts when the guest hangs.",
    [
      Field(
        "model", .choice(["i6300esb", "ib700", "itco", "diag288"]), xml: .value("@model"),
        required: true,
        doc: "The model; itco is the q35 machine's own."),
      Field(
        "action",
        .choice(["reset", "shutdown", "poweroff", "pause", "none", "dump", "inject-nmi"]),
        xml: .value("@action"),
        doc: "What happens when the guest hangs; reset by default."),
    ])

  private static let guestTPM = Table(
    "TPM", doc: "The Trusted Platform Module of a guest.",
    [
      Field(
        "model", .choice(["tpm-crb", "tpm-tis", "tpm-spapr", "spapr-tpm-proxy"]),
        xml: .value("@model"),
        doc: "The model; by default libvirt's choice for the architecture."),
      Field(
        "type", .choice(["emulator", "passthrough", "external"]), xml: .value("backend/@type"),
        implied: "emulator",
        doc: "What stands behind it: swtpm (emulator, the default) or a device of the host."),
      Field(
        "version", .choice(["2.0", "1.2"]), xml: .value("backend/@version"),
        when: [XMLCondition("backend/@type", "emulator")],
        doc: "The version of the TPM standard; with the type emulator."),
      Field(
        "device", .text(.path), xml: .value("backend/device/@path"),
        when: [XMLCondition("backend/@type", "passthrough")], equivalence: .path,
        doc: "The path of the host's TPM; with the type passthrough."),
      Field(
        "persistentState", .boolean,
        xml: .value("backend/@persistent_state", .yesNo, fallback: nil, absent: "false"),
        when: [XMLCondition("backend/@type", "emulator")],
        doc: "Whether the TPM's state outlives a guest that is not persistent."),
    ])

  private static let guestPanic = Table(
    "panic device", doc: "A device through which a guest tells the host that it crashed.",
    [
      Field(
        "model", .choice(["isa", "hyperv", "pseries", "s390", "pvpanic"]), xml: .value("@model"),
        doc: "The model; by default the machine's own.")
    ])

  private static let guestIOMMU = Table(
    "IOMMU", doc: "The unit that maps the memory that devices see.",
    [
      Field(
        "model", .choice(["intel", "virtio", "smmuv3", "amd"]), xml: .value("@model"),
        required: true,
        doc: "The model; smmuv3 is for ARM."),
      Field(
        "interruptRemapping", .boolean, xml: .value("driver/@intremap", .onOff),
        doc: "Whether interrupts are remapped; needs the I/O APIC of qemu."),
      Field(
        "cachingMode", .boolean, xml: .value("driver/@caching_mode", .onOff),
        doc: "Whether the guest announces new mappings, which devices passed through need."),
      Field(
        "extendedInterrupts", .boolean, xml: .value("driver/@eim", .onOff),
        doc: "Whether more than 255 processors can be interrupted."),
      Field(
        "deviceTLB", .boolean, xml: .value("driver/@iotlb", .onOff),
        doc: "Whether devices keep mappings of their own."),
      Field(
        "addressWidth", .integer(0...64), xml: .value("driver/@aw_bits"),
        doc: "The width of the addresses in bits."),
    ])
}
