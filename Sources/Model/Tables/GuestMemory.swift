extension Table {
  /// Memory: `memory`, `currentMemory`, `memoryBacking`, `devices/memballoon`.
  static let guestMemory: [Field] = [
    Field(
      "memory", .record(guestMemorySettings, shorthand: "size"), xml: .nested(""),
      doc: "The memory; a bare size is what the guest has in use."),
    Field(
      "balloon", .record(guestBalloon, shorthand: "model"), xml: .nested("devices/memballoon"),
      doc: "The device through which the host takes memory back; libvirt adds one by default."),
  ]

  private static let guestMemorySettings = Table(
    "guest memory", doc: "The memory of a guest and what stands behind it on the host.",
    [
      Field(
        "size", .size,
        xml: .value("currentMemory", .kibibytes, fallback: "memory", absent: nil),
        change: .live(.memory), equivalence: .kibibytes,
        doc: "The memory in use, rounded up to whole KiB; plugged-in DIMMs count."),
      Field(
        "max", .size, xml: .value("memory", .kibibytes), equivalence: .kibibytes,
        doc:
          "The memory that can be in use without a restart; by default the size; memory devices count."
      ),
      Field(
        "deviceLimit", .size, xml: .value("maxMemory", .kibibytes), equivalence: .kibibytes,
        doc: "The memory that there can be with memory devices plugged in; needs deviceSlots."),
      Field(
        "deviceSlots", .integer(0...Int64(Int32.max)), xml: .value("maxMemory/@slots"),
        doc: "The number of memory devices that can be plugged in; with deviceLimit."),
      Field(
        "hugepages", .boolean, xml: .value("memoryBacking/hugepages", .presence),
        doc: "Whether the memory comes from the host's huge pages; by default it does not."),
      Field(
        "hugepageSize", .size, xml: .value("memoryBacking/hugepages/page/@size", .kibibytes),
        equivalence: .kibibytes,
        doc: "The size of the huge pages, such as 2MiB or 1GiB; by default the host's default."),
      Field(
        "access", .choice(["shared", "private"]), xml: .value("memoryBacking/access/@mode"),
        doc: "Whether other processes of the host, such as virtiofsd, share the memory."),
      Field(
        "source", .choice(["anonymous", "file", "memfd"]),
        xml: .value("memoryBacking/source/@type"),
        doc: "What backs the memory on the host; virtiofs works with memfd; anonymous by default."),
      Field(
        "allocation", .choice(["immediate", "ondemand"]),
        xml: .value("memoryBacking/allocation/@mode"),
        doc: "When the memory is allocated: at once or when it is first used (ondemand)."),
      Field(
        "locked", .boolean, xml: .value("memoryBacking/locked", .presence),
        doc: "Whether the memory is kept out of the host's swap."),
      Field(
        "nosharepages", .boolean, xml: .value("memoryBacking/nosharepages", .presence),
        doc: "Whether the host must not merge equal pages of this guest with others."),
      Field(
        "discard", .boolean, xml: .value("memoryBacking/discard", .presence),
        doc: "Whether the content of the memory is dropped before the guest exits."),
    ])

  private static let guestBalloon = Table(
    "memory balloon", doc: "The device through which the host takes memory back.",
    [
      Field(
        "model",
        .choice(["virtio", "virtio-transitional", "virtio-non-transitional", "xen", "none"]),
        xml: .value("@model"), implied: "virtio",
        doc: "The model of the balloon; none leaves it out."),
      Field(
        "autodeflate", .boolean, xml: .value("@autodeflate", .onOff),
        doc: "Whether memory is given back before the guest's kernel runs out of it."),
      Field(
        "freePageReporting", .boolean, xml: .value("@freePageReporting", .onOff),
        doc: "Whether the guest tells the host which pages it does not use."),
      Field(
        "statsPeriod", .duration, xml: .value("stats/@period"),
        doc: "How often the guest reports its memory statistics; by default never."),
    ])
}
