extension Table {
  /// Disks, drives and the buses they stand on.
  static let guestStorage: [Field] = [
    Field(
      "disks", .list(.record(guestDisk, shorthand: nil), key: ["name"]),
      xml: .repeated("devices/disk"), change: .live(.attach),
      doc: "The disks and drives, each by its name; the list is complete."),
    Field(
      "controllers", .list(.record(guestController, shorthand: nil), key: ["type", "index"]),
      xml: .repeated("devices/controller"), complete: false,
      doc: "The controllers that matter; libvirt adds those that other devices need."),
    Field(
      "filesystems", .list(.record(guestFilesystem, shorthand: nil), key: ["target"]),
      xml: .repeated("devices/filesystem"),
      doc: "Folders of the host that the guest can mount, each by its tag."),
  ]

  private static let guestDisk = Table(
    "disk", doc: "A disk or a drive of a guest.",
    guestDiskIdentity + guestDiskSource + guestDiskRemote + guestDiskDriver + guestDiskShape)

  private static let guestDiskIdentity: [Field] = [
    Field(
      "name", .text(.name), xml: .value("target/@dev"), required: true,
      doc: "The disk's name, such as vda, sda or hda, which also sorts the disks of a bus."),
    Field(
      "device", .choice(["disk", "cdrom", "floppy", "lun"]), xml: .value("@device"),
      implied: "disk",
      doc: "What the guest sees; lun passes SCSI commands through; disk by default."),
    Field(
      "bus", .choice(["virtio", "scsi", "sata", "ide", "usb", "fdc", "sd", "xen", "nvme"]),
      xml: .value("target/@bus"), implied: "virtio",
      doc: "The bus; virtio by default; a CD-ROM needs sata, scsi, ide or usb."),
  ]

  private static let guestDiskSource: [Field] = [
    Field(
      "pool", .text(.name), xml: .value("source/@pool"), when: [XMLCondition("@type", "volume")],
      change: .live(.media), excludes: ["file", "block", "network"],
      doc: "The pool of the volume that is the medium."),
    Field(
      "volume", .text(.line), xml: .value("source/@volume"),
      when: [XMLCondition("@type", "volume")], change: .live(.media),
      excludes: ["file", "block", "network"],
      doc: "The volume in the pool; by default one named after the guest and the disk."),
    Field(
      "file", .text(.path), xml: .value("source/@file"), when: [XMLCondition("@type", "file")],
      change: .live(.media), equivalence: .path,
      excludes: ["pool", "volume", "block", "network", "auth"],
      doc: "The path of the file on the host that is the medium."),
    Field(
      "block", .text(.path), xml: .value("source/@dev"), when: [XMLCondition("@type", "block")],
      change: .live(.media), equivalence: .path,
      excludes: ["pool", "volume", "file", "network", "auth"],
      doc: "The path of the host's block device that is the medium."),
    Field(
      "size", .size, change: .live(.resize), equivalence: .atLeast,
      doc: "The capacity of the volume, which can grow but never shrink."),
    Field(
      "backing", .text(.line), change: .own,
      doc: "A volume in the same pool that a new volume is an overlay of."),
    Field(
      "image", .text(.name), change: .own,
      excludes: ["volume", "backing", "file", "block", "network"],
      doc:
        "The Image that a new disk begins as, in a volume of its own; of a CD-ROM, the image itself."
    ),
    Field(
      "clone", .choice(["overlay", "full"]), change: .own,
      doc:
        "Whether a new disk lies over its image, and takes space only for what differs, or is a copy of it. Default overlay."
    ),
    Field(
      "startupPolicy", .choice(["mandatory", "requisite", "optional"]),
      xml: .value("source/@startupPolicy"),
      doc: "Whether the guest may start without the medium; it may not by default."),
  ]

  private static let guestDiskDriver: [Field] = [
    Field(
      "format",
      .choice([
        "raw", "qcow2", "qcow", "qed", "vmdk", "vdi", "vpc", "vhd", "ploop", "bochs", "cloop",
        "dmg",
      ]),
      xml: .value("driver/@type"),
      doc: "The format of the medium; raw when libvirt is not told, which never probes it."),
    Field(
      "driver", .text(.name), xml: .value("driver/@name"),
      doc: "The host's disk driver; by default the hypervisor's own, such as qemu."),
    Field(
      "cache",
      .choice(["none", "writethrough", "writeback", "directsync", "unsafe"]),
      xml: .value("driver/@cache"),
      doc: "How the host caches the disk."),
    Field(
      "io", .choice(["native", "threads", "io_uring"]), xml: .value("driver/@io"),
      doc: "How the host does input and output; native needs the cache none or directsync."),
    Field(
      "discard", .choice(["unmap", "ignore"]), xml: .value("driver/@discard"),
      doc: "Whether space that the guest discards is freed on the host."),
    Field(
      "detectZeroes", .choice(["off", "on", "unmap"]), xml: .value("driver/@detect_zeroes"),
      doc: "Whether writes of zeroes are recognised, and freed."),
    Field(
      "errorPolicy", .choice(["stop", "report", "ignore", "enospace"]),
      xml: .value("driver/@error_policy"),
      doc: "What an error does; enospace stops the guest only when the host is full."),
    Field(
      "readErrorPolicy", .choice(["stop", "report", "ignore"]),
      xml: .value("driver/@rerror_policy"),
      doc: "What happens on an error of a read; by default as errorPolicy says."),
    Field(
      "copyOnRead", .boolean, xml: .value("driver/@copy_on_read", .onOff),
      doc: "Whether what is read from a backing file is copied into the disk."),
    Field(
      "iothread", .integer(1...Int64(UInt32.max)), xml: .value("driver/@iothread"),
      doc: "The number of the guest's iothread that serves the disk; virtio only."),
    Field(
      "queues", .integer(1...65535), xml: .value("driver/@queues"),
      doc: "The number of queues; virtio only; by default one per processor."),
    Field(
      "queueSize", .integer(1...65535), xml: .value("driver/@queue_size"),
      doc: "The number of requests in a queue; virtio only."),
    Field(
      "ioTune", .record(guestDiskTune, shorthand: nil), xml: .nested("iotune"),
      doc: "Limits on the disk's traffic."),
  ]

  private static let guestDiskShape: [Field] = [
    Field(
      "readOnly", .boolean, xml: .value("readonly", .presence),
      doc: "Whether the guest cannot write; always so for a CD-ROM."),
    Field(
      "shareable", .boolean, xml: .value("shareable", .presence),
      doc: "Whether several guests may use the medium at once."),
    Field(
      "transient", .boolean, xml: .value("transient", .presence),
      doc: "Whether what the guest writes is lost when it stops."),
    Field(
      "bootOrder", .integer(1...Int64(Int32.max)), xml: .value("boot/@order"),
      doc: "The disk's turn to boot from, from 1; not beside the guest's boot list."),
    Field(
      "serial", .text(.line), xml: .value("serial"),
      doc: "The serial number that the guest sees."),
    Field(
      "wwn", .text(.line), xml: .value("wwn"),
      doc: "The World Wide Name, sixteen hexadecimal digits; not on virtio."),
    Field(
      "vendor", .text(.line), xml: .value("vendor"),
      doc: "The vendor that the guest sees, up to eight characters; SCSI only."),
    Field(
      "product", .text(.line), xml: .value("product"),
      doc: "The product that the guest sees, up to sixteen characters; SCSI only."),
    Field(
      "model", .choice(["virtio", "virtio-transitional", "virtio-non-transitional"]),
      xml: .value("@model"),
      doc: "The model of a virtio disk: modern, or with legacy support (transitional)."),
    Field(
      "rotationRate", .integer(1...65534), xml: .value("target/@rotation_rate"),
      doc: "Revolutions per minute, or 1 for a solid-state disk; not on virtio."),
    Field(
      "removable", .boolean, xml: .value("target/@removable", .onOff),
      doc: "Whether the guest sees a removable disk; USB and SCSI only."),
    Field(
      "logicalBlockSize", .size, xml: .value("blockio/@logical_block_size", .bareBytes),
      doc: "The size of a logical block, such as 512B or 4KiB."),
    Field(
      "physicalBlockSize", .size, xml: .value("blockio/@physical_block_size", .bareBytes),
      doc: "The size of a physical block, such as 512B or 4KiB."),
    Field(
      "snapshot", .choice(["internal", "external", "manual", "no"]), xml: .value("@snapshot"),
      doc: "How snapshots of the guest take this disk along, if at all."),
  ]
}
