extension Table {
  /// How much of the host a guest may use, and where: `cputune`, `numatune`, `memtune`, `blkiotune`.
  static let guestTuning: [Field] = [
    Field(
      "cpuTune", .record(guestCPUTune, shorthand: nil), xml: .nested("cputune"),
      doc: "Which host processors the guest's threads run on, and how much time they get."),
    Field(
      "numaTune", .record(guestNUMATune, shorthand: nil), xml: .nested("numatune"),
      doc: "Which NUMA nodes of the host the memory comes from."),
    Field(
      "memTune", .record(guestMemoryTune, shorthand: nil), xml: .nested("memtune"),
      doc: "Limits on the host's memory that the guest and its QEMU use."),
    Field(
      "blkioTune", .record(guestBlockIOTune, shorthand: nil), xml: .nested("blkiotune"),
      doc: "The guest's share of the host's disks; a disk's own limits are in its ioTune."),
  ]

  private static let guestCPUTune = Table(
    "processor tuning",
    doc: "Which host processors the guest's threads run on, and how much time they get.",
    [
      Field(
        "shares", .integer(2...262_144), xml: .value("shares"), change: .live(.scheduler),
        doc: "The guest's weight against others when the host is busy; 1024 is usual."),
      period("period", "period", "each processor's quota"),
      quota("quota", "quota", "each processor of the guest may run"),
      period("globalPeriod", "global_period", "the guest's quota"),
      quota("globalQuota", "global_quota", "the guest as a whole may run"),
      period("emulatorPeriod", "emulator_period", "the emulator's quota"),
      quota("emulatorQuota", "emulator_quota", "QEMU's own threads may run"),
      period("iothreadPeriod", "iothread_period", "each iothread's quota"),
      quota("iothreadQuota", "iothread_quota", "each iothread may run"),
      Field(
        "vcpuPins", .list(.record(guestVCPUPin, shorthand: nil), key: ["vcpu"]),
        xml: .repeated("vcpupin"), change: .live(.pin),
        doc: "The host processors that single processors of the guest run on."),
      Field(
        "emulatorPin", .text(.cpuSet), xml: .value("emulatorpin/@cpuset"),
        change: .live(.pin), equivalence: .cpuSet,
        doc: "The host processors that QEMU's own threads run on, such as 0-1."),
      Field(
        "iothreadPins", .list(.record(guestIOThreadPin, shorthand: nil), key: ["iothread"]),
        xml: .repeated("iothreadpin"), change: .live(.pin),
        doc: "The host processors that single iothreads run on."),
      Field(
        "emulatorScheduler", .record(guestEmulatorScheduler, shorthand: "scheduler"),
        xml: .nested("emulatorsched"),
        doc: "The host's scheduler for QEMU's own threads."),
      Field(
        "vcpuSchedulers",
        .list(.record(guestThreadScheduler("vcpus", "processors"), shorthand: nil), key: ["vcpus"]),
        xml: .repeated("vcpusched"),
        doc:
          "The host's scheduler for processors of the guest, those with the same one in one item."
      ),
      Field(
        "iothreadSchedulers",
        .list(
          .record(guestThreadScheduler("iothreads", "iothreads"), shorthand: nil),
          key: ["iothreads"]), xml: .repeated("iothreadsched"),
        doc: "The host's scheduler for iothreads, those with the same one in one item."),
    ])

  private static func period(_ name: String, _ element: String, _ what: String) -> Field {
    Field(
      name, .integer(1000...1_000_000), xml: .value(XMLPath(element)), change: .live(.scheduler),
      doc: "The microseconds that \(what) counts for.")
  }

  private static func quota(_ name: String, _ element: String, _ who: String) -> Field {
    Field(
      name, .integer(-1...17_592_186_044_415), xml: .value(XMLPath(element)),
      change: .live(.scheduler), equivalence: .zeroIsNone,
      doc: "The microseconds that \(who) in a period, from 1000; -1 is no limit.")
  }

  private static let guestVCPUPin = Table(
    "processor pin", doc: "The host processors that one processor of the guest runs on.",
    [
      Field(
        "vcpu", .integer(0...65534), xml: .value("@vcpu"), required: true,
        doc: "The guest's processor, from 0."),
      pinnedTo,
    ])

  private static let guestIOThreadPin = Table(
    "iothread pin", doc: "The host processors that one iothread runs on.",
    [
      Field(
        "iothread", .integer(1...Int64(UInt32.max)), xml: .value("@iothread"), required: true,
        doc: "The iothread's number, from 1."),
      pinnedTo,
    ])

  private static let pinnedTo = Field(
    "cpuset", .text(.cpuSet), xml: .value("@cpuset"), change: .live(.pin), equivalence: .cpuSet,
    required: true,
    doc: "The host processors, such as 0-3,^2,8.")

  private static let guestEmulatorScheduler = Table(
    "emulator scheduler", doc: "The host's scheduler for QEMU's own threads.", scheduling)

  /// `name` is also the attribute's.
  private static func guestThreadScheduler(_ name: String, _ what: String) -> Table {
    Table(
      "\(what) scheduler", doc: "The host's scheduler for some of the guest's \(what).",
      [
        Field(
          name, .text(.cpuSet), xml: .value(XMLPath("@" + name)), equivalence: .cpuSet,
          required: true, doc: "The numbers of the guest's \(what), such as 0-1.")
      ] + scheduling)
  }

  private static let scheduling: [Field] = [
    Field(
      "scheduler", .choice(["batch", "idle", "fifo", "rr"]), xml: .value("@scheduler"),
      required: true,
      doc: "The scheduler; fifo and rr are for real time and need a priority."),
    Field(
      "priority", .integer(1...99), xml: .value("@priority"),
      doc: "The priority from 1 to 99, which is the highest; fifo and rr only."),
  ]

  private static let guestNUMATune = Table(
    "NUMA tuning", doc: "Which NUMA nodes of the host a guest's memory comes from.",
    [
      Field(
        "mode", .choice(memoryModes), xml: .value("memory/@mode"),
        doc: "How strictly the nodes are meant; strict by default."),
      Field(
        "nodeset", .text(.cpuSet), xml: .value("memory/@nodeset"), change: .live(.numaNodes),
        equivalence: .cpuSet,
        doc: "The host's nodes, such as 0-1."),
      Field(
        "placement", .choice(["static", "auto"]), xml: .value("memory/@placement"),
        doc: "Whether libvirt asks numad for the nodes (auto); static, as nodeset says, otherwise."),
      Field(
        "cells", .list(.record(guestNUMACellTune, shorthand: nil), key: ["cell"]),
        xml: .repeated("memnode"),
        doc: "The nodes for single NUMA cells of the guest."),
    ])

  private static let guestNUMACellTune = Table(
    "NUMA cell tuning", doc: "Which NUMA nodes of the host a cell's memory comes from.",
    [
      Field(
        "cell", .integer(0...Int64(UInt32.max)), xml: .value("@cellid"), required: true,
        doc: "The cell's place in cpus.numa, from 0."),
      Field(
        "mode", .choice(memoryModes), xml: .value("@mode"), required: true,
        doc: "How strictly the nodes are meant."),
      Field(
        "nodeset", .text(.cpuSet), xml: .value("@nodeset"), equivalence: .cpuSet, required: true,
        doc: "The host's nodes, such as 0-1."),
    ])

  private static let memoryModes = ["strict", "preferred", "interleave", "restrictive"]

  private static let guestMemoryTune = Table(
    "memory tuning", doc: "Limits on the host's memory that a guest and its QEMU use.",
    [
      memoryLimit(
        "hardLimit", "hard_limit",
        "The most memory that the guest and its QEMU may use; the host kills what exceeds it."),
      memoryLimit(
        "softLimit", "soft_limit",
        "The memory that the guest and its QEMU are pushed back to when the host is short of it."),
      memoryLimit(
        "swapHardLimit", "swap_hard_limit",
        "The most memory and swap together; at least the hard limit."),
      Field(
        "minGuarantee", .size, xml: .value("min_guarantee", .kibibytes), equivalence: .kibibytes,
        doc: "The least memory that the guest gets; VMware only."),
    ])

  private static func memoryLimit(_ name: String, _ element: String, _ doc: String) -> Field {
    Field(
      name, .size, xml: .value(XMLPath(element), .kibibytes), change: .live(.memoryLimits),
      equivalence: .kibibytes, doc: doc)
  }

  private static let guestBlockIOTune = Table(
    "block I/O tuning", doc: "A guest's share of the host's disks.",
    [
      Field(
        "weight", .integer(10...1000), xml: .value("weight"), change: .live(.blockIO),
        doc: "The guest's weight against others, from 100 (from 10 on newer kernels) to 1000."),
      Field(
        "devices", .list(.record(guestBlockIODevice, shorthand: nil), key: ["path"]),
        xml: .repeated("device"), change: .live(.blockIO),
        doc: "The guest's share of single devices of the host."),
    ])

  private static let guestBlockIODevice = Table(
    "block I/O device", doc: "A guest's share of a device of the host.",
    [
      Field(
        "path", .text(.path), xml: .value("path"), equivalence: .path, required: true,
        doc: "The path of the host's block device."),
      Field(
        "weight", .integer(10...1000), xml: .value("weight"), change: .live(.blockIO),
        doc: "The guest's weight on this device, from 100 (from 10 on newer kernels) to 1000."),
      Field(
        "readBytes", .size, xml: .value("read_bytes_sec", .bareBytes), change: .live(.blockIO),
        equivalence: .zeroIsNone,
        doc: "The most that is read in a second, such as 50MiB."),
      Field(
        "writeBytes", .size, xml: .value("write_bytes_sec", .bareBytes), change: .live(.blockIO),
        equivalence: .zeroIsNone,
        doc: "The most that is written in a second, such as 50MiB."),
      Field(
        "readIOPS", .integer(0...Int64(UInt32.max)), xml: .value("read_iops_sec"),
        change: .live(.blockIO),
        equivalence: .zeroIsNone,
        doc: "The most requests to read in a second."),
      Field(
        "writeIOPS", .integer(0...Int64(UInt32.max)), xml: .value("write_iops_sec"),
        change: .live(.blockIO),
        equivalence: .zeroIsNone,
        doc: "The most requests to write in a second."),
    ])
}
