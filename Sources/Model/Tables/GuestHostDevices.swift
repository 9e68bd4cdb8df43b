extension Table {
  /// Devices of the host or of a client that the guest has, and memory that it shares or that is plugged in.
  static let guestPassedDevices: [Field] = [
    Field(
      "hostDevices", .list(.record(guestHostDevice, shorthand: "pci"), key: guestHostDeviceKinds),
      xml: .repeated("devices/hostdev"),
      doc: "Devices of the host that the guest has for itself; the list is complete."),
    Field(
      "usbRedirections", .list(.record(guestUSBRedirection, shorthand: nil), key: []),
      xml: .repeated("devices/redirdev"),
      doc: "USB ports into which a client, such as a SPICE viewer, plugs its own devices, in order."
    ),
    Field(
      "sharedMemory", .list(.record(guestSharedMemory, shorthand: nil), key: ["name"]),
      xml: .repeated("devices/shmem"),
      doc: "Memory that several guests see at once (ivshmem), each by its name."),
    Field(
      "memoryDevices", .list(.record(guestMemoryDevice, shorthand: nil), key: []),
      xml: .repeated("devices/memory"),
      doc: "Plugged-in memory, in order; needs memory.deviceLimit and NUMA cells."),
    // After all lists of devices: it is written when they are, and counts them.
    Field(
      "hotplugSlots", .integer(0...200), xml: .codec("devices", .freeRootPorts),
      equivalence: .atLeast, live: .nextStart,
      doc: "How many PCIe devices can at least be plugged in while the guest runs; q35 and virt."),
  ]

  private static let guestHostDeviceKinds = [
    "pci", "usb", "usbAddress", "mdev", "scsi", "vhostSCSI", "iscsi",
  ]

  private static func others(_ names: String...) -> [String] {
    guestHostDeviceKinds.filter { !names.contains($0) }
  }

  private static func subsystem(_ type: String) -> [XMLCondition] {
    [XMLCondition("@mode", "subsystem"), XMLCondition("@type", type)]
  }

  private static let guestHostDevice = Table(
    "host device", doc: "A device of the host that a guest has for itself.",
    exactlyOne: [guestHostDeviceKinds],
    [
      Field(
        "pci", .text(.pciAddress), xml: .codec("source/address", .pciAddress),
        when: subsystem("pci"), equivalence: .pciAddress, excludes: others("pci"),
        doc: "The address of a PCI device, as lspci -D shows it, such as 0000:3b:00.0."),
      Field(
        "usb", .text(.usbID), xml: .codec("source", .usbID), when: subsystem("usb"),
        equivalence: .caseInsensitive, excludes: others("usb", "usbAddress"),
        doc: "Vendor and product of a USB device, as lsusb shows them, such as 1d6b:0002."),
      Field(
        "usbAddress", .text(.usbAddress), xml: .codec("source/address", .usbAddress),
        when: subsystem("usb"), equivalence: .usbAddress, excludes: others("usb", "usbAddress"),
        doc: "Bus and device of a USB device, such as 1:4, where several are of one kind."),
      Field(
        "mdev", .text(.uuid), xml: .value("source/address/@uuid"), when: subsystem("mdev"),
        equivalence: .caseInsensitive, excludes: others("mdev"),
        doc: "The UUID of a mediated device, such as a virtual GPU."),
      Field(
        "scsi", .text(.line), xml: .codec("source", .scsiAddress), when: subsystem("scsi"),
        excludes: others("scsi"),
        doc: "Adapter, bus, target and unit of a SCSI device, such as scsi_host0:0:0:1."),
      Field(
        "vhostSCSI", .text(.line), xml: .value("source/@wwpn"),
        when: subsystem("scsi_host") + [XMLCondition("source/@protocol", "vhost")],
        excludes: others("vhostSCSI"),
        doc: "The name of a target that the host's kernel serves, such as naa.5123456789abcde0."),
      Field(
        "iscsi", .text(.line), xml: .value("source/@name"),
        when: subsystem("scsi") + [XMLCondition("source/@protocol", "iscsi")],
        excludes: others("iscsi"),
        doc: "The name of an iSCSI unit, such as iqn.2024-01.com.example:storage/1."),
      Field(
        "hosts", .list(.record(guestDiskHost, shorthand: "name"), key: []),
        xml: .repeated("source/host"), when: [XMLCondition("source/@protocol", "iscsi")],
        doc: "The machine that has the unit; iscsi only."),
      Field(
        "managed", .boolean, xml: .value("@managed", .yesNo), when: [XMLCondition("@type", "pci")],
        implied: true, excludes: others("pci"),
        doc: "Whether libvirt takes the device from the host's driver and gives it back; pci only."
      ),
      Field(
        "driver", .choice(["vfio", "kvm", "xen"]), xml: .value("driver/@name"),
        when: [XMLCondition("@type", "pci")], excludes: others("pci"),
        doc: "What passes the device through; by default the hypervisor's own; pci only."),
      Field(
        "model", .choice(["vfio-pci", "vfio-ccw", "vfio-ap"]), xml: .value("@model"),
        when: [XMLCondition("@type", "mdev")], implied: "vfio-pci", excludes: others("mdev"),
        doc: "The kind of mediated device; ccw and ap are for s390x; mdev only."),
      Field(
        "display", .boolean, xml: .value("@display", .onOff),
        when: [XMLCondition("@type", "mdev")], excludes: others("mdev"),
        doc: "Whether the device's picture is shown by the guest's graphics; mdev only."),
      Field(
        "ramfb", .boolean, xml: .value("@ramfb", .onOff),
        when: [XMLCondition("@type", "mdev")], excludes: others("mdev"),
        doc: "Whether there is a picture before the guest's driver is loaded; needs display."),
      Field(
        "startupPolicy", .choice(["mandatory", "requisite", "optional"]),
        xml: .value("source/@startupPolicy"), when: [XMLCondition("@type", "usb")],
        excludes: others("usb", "usbAddress"),
        doc: "Whether the guest may start without the device; usb only."),
      Field(
        "readOnly", .boolean, xml: .value("readonly", .presence),
        doc: "Whether the guest cannot write; scsi and iscsi only."),
      Field(
        "rom", .boolean, xml: .value("rom/@bar", .onOff),
        doc: "Whether the guest sees the device's boot ROM; pci only."),
      Field(
        "romFile", .text(.path), xml: .value("rom/@file"), equivalence: .path,
        doc: "The path of a file on the host that is the device's boot ROM; pci only."),
      Field(
        "bootOrder", .integer(1...Int64(Int32.max)), xml: .value("boot/@order"),
        doc: "The device's turn to boot from, from 1; not beside the guest's boot list."),
    ])

  private static let guestUSBRedirection = Table(
    "USB redirection", doc: "A USB port into which a client plugs a device of its own.",
    guestCharacterSource(implied: "spicevmc") + [
      Field(
        "bus", .choice(["usb"]), xml: .value("@bus"), implied: "usb",
        doc: "The bus, which is always usb."),
      Field(
        "bootOrder", .integer(1...Int64(Int32.max)), xml: .value("boot/@order"),
        doc: "The device's turn to boot from, from 1; not beside the guest's boot list."),
    ])

  private static let guestSharedMemory = Table(
    "shared memory", doc: "Memory that several guests see at once.",
    [
      Field(
        "name", .text(.name), xml: .value("@name"), required: true,
        doc: "The name of the memory, which is the same in all guests that share it."),
      Field(
        "model", .choice(["ivshmem-plain", "ivshmem-doorbell", "ivshmem"]),
        xml: .value("model/@type"), implied: "ivshmem-plain",
        doc: "The model; doorbell can interrupt other guests and needs a server."),
      Field(
        "size", .size, xml: .value("size", .bytes),
        doc: "The size, in whole MiB and a power of two; 4MiB by default."),
      Field(
        "role", .choice(["peer", "master"]), xml: .value("@role"),
        doc: "Whether the memory's content moves along with the guest (master) or stays (peer)."),
      Field(
        "server", .text(.path), xml: .value("server/@path"), equivalence: .path,
        doc: "The path of the ivshmem-server's socket; ivshmem-doorbell only."),
      Field(
        "vectors", .integer(1...65535), xml: .value("msi/@vectors"),
        doc: "The number of interrupts; ivshmem-doorbell only."),
      Field(
        "ioeventfd", .boolean, xml: .value("msi/@ioeventfd", .onOff),
        doc: "Whether interrupts are sent without leaving to QEMU; ivshmem-doorbell only."),
    ])
}
