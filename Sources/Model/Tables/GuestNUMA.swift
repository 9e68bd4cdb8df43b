extension Table {
  /// One NUMA cell of the guest: `cpu/numa/cell`. libvirt keeps the cells in the order of their numbers, so
  /// that the place in the list is the number.
  static let guestNUMACell = Table(
    "NUMA cell", doc: "A NUMA cell of a guest, numbered by its place from 0.",
    [
      Field(
        "cpus", .text(.cpuSet), xml: .value("@cpus"), equivalence: .cpuSet,
        doc: "The guest's processors in the cell, such as 0-3; a cell can have memory only."),
      Field(
        "memory", .size, xml: .value("@memory", .kibibytes), equivalence: .kibibytes,
        required: true,
        doc: "The memory of the cell; all cells together have the guest's memory."),
      Field(
        "access", .choice(["shared", "private"]), xml: .value("@memAccess"),
        doc: "Whether other processes of the host share the cell's memory."),
      Field(
        "discard", .boolean, xml: .value("@discard", .yesNo),
        doc: "Whether the content of the cell's memory is dropped before the guest exits."),
      Field(
        "distances", .list(.record(guestNUMADistance, shorthand: nil), key: ["cell"]),
        xml: .repeated("distances/sibling"), complete: false,
        doc: "How far other cells are; libvirt adds the way back."),
    ])

  private static let guestNUMADistance = Table(
    "NUMA distance", doc: "How far another NUMA cell is.",
    [
      Field(
        "cell", .integer(0...Int64(UInt32.max)), xml: .value("@id"), required: true,
        doc: "The other cell's place in the list, from 0."),
      Field(
        "value", .integer(10...255), xml: .value("@value"), required: true,
        doc: "The distance: 10 is the cell itself, 20 the usual for others, 255 out of reach."),
    ])

  /// One iothread: `iothreadids/iothread`.
  static let guestIOThread = Table(
    "iothread", doc: "An iothread with its number and its pool of threads.",
    [
      Field(
        "id", .integer(1...Int64(UInt32.max)), xml: .value("@id"), required: true,
        doc: "The number by which disks and pins name it."),
      Field(
        "poolMin", .integer(0...Int64(Int32.max)), xml: .value("@thread_pool_min"),
        doc: "The least number of threads in its pool."),
      Field(
        "poolMax", .integer(0...Int64(Int32.max)), xml: .value("@thread_pool_max"),
        doc: "The greatest number of threads in its pool."),
    ])
}
