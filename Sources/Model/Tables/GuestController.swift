extension Table {
  /// A controller: `devices/controller`.
  static let guestController = Table(
    "controller", doc: "A controller, which other devices are connected to.",
    [
      Field(
        "type",
        .choice([
          "pci", "scsi", "sata", "ide", "usb", "virtio-serial", "fdc", "ccid", "isa", "xenbus",
          "nvme",
        ]),
        xml: .value("@type"), required: true,
        doc: "The kind of controller."),
      Field(
        "index", .integer(0...Int64(Int32.max)), xml: .value("@index"),
        doc: "The number among those of its type, from 0; by default the next free one."),
      Field(
        "model",
        .choice([
          "virtio-scsi", "lsilogic", "lsisas1068", "lsisas1078", "buslogic", "ibmvscsi", "vmpvscsi",
          "ncr53c90", "am53c974", "dc390", "qemu-xhci", "nec-xhci", "ehci", "ich9-ehci1",
          "ich9-uhci1", "ich9-uhci2", "ich9-uhci3", "piix3-uhci", "piix4-uhci", "vt82c686b-uhci",
          "pci-ohci", "qusb1", "qusb2", "none", "pci-root", "pcie-root", "pcie-root-port",
          "pci-bridge",
          "dmi-to-pci-bridge", "pcie-to-pci-bridge", "pcie-switch-upstream-port",
          "pcie-switch-downstream-port", "pci-expander-bus", "pcie-expander-bus", "piix3", "piix4",
          "ich6", "virtio", "virtio-transitional", "virtio-non-transitional",
        ]),
        xml: .value("@model"),
        doc: "The model; by default libvirt's choice for type and machine."),
      Field(
        "modelName", .text(.line), xml: .value("model/@name"),
        doc: "The device behind the model of a PCI controller, such as ioh3420."),
      Field(
        "ports", .integer(0...Int64(Int32.max)), xml: .value("@ports"),
        doc: "The number of ports; USB and virtio-serial only."),
      Field(
        "vectors", .integer(0...Int64(Int32.max)), xml: .value("@vectors"),
        doc: "The number of interrupt vectors; virtio-serial only."),
      Field(
        "queues", .integer(1...65535), xml: .value("driver/@queues"),
        doc: "The number of queues; virtio-scsi only."),
      Field(
        "commandsPerUnit", .integer(1...Int64(UInt32.max)), xml: .value("driver/@cmd_per_lun"),
        doc: "The number of commands that a unit takes at once; virtio-scsi only."),
      Field(
        "maxSectors", .integer(1...Int64(UInt32.max)), xml: .value("driver/@max_sectors"),
        doc: "The greatest number of sectors in one transfer; virtio-scsi only."),
      Field(
        "iothread", .integer(1...Int64(UInt32.max)), xml: .value("driver/@iothread"),
        doc: "The number of the guest's iothread that serves the controller; virtio-scsi only."),
      Field(
        "pcihole64", .size, xml: .value("pcihole64", .kibibytes), equivalence: .kibibytes,
        doc: "The 64-bit window for PCI devices; PCI root controllers only."),
      Field(
        "chassis", .integer(0...255), xml: .value("target/@chassis"),
        doc: "The chassis number of a PCIe port; by default libvirt's choice."),
      Field(
        "chassisNumber", .integer(1...255), xml: .value("target/@chassisNr"),
        doc: "The chassis number of a PCI bridge; by default libvirt's choice."),
      Field(
        "busNumber", .integer(1...254), xml: .value("target/@busNr"),
        doc: "The number of the bus that an expander makes; by default libvirt's choice."),
      Field(
        "node", .integer(0...Int64(Int32.max)), xml: .value("target/node"),
        doc: "The guest's NUMA node that an expander's devices belong to."),
      Field(
        "hotplug", .boolean, xml: .value("target/@hotplug", .onOff),
        doc: "Whether devices can be added to a PCI port while the guest runs; they can by default."
      ),
    ])
}
