extension Table {
  /// Plugged-in memory: `devices/memory`.
  static let guestMemoryDevice = Table(
    "memory device", doc: "Memory that is plugged in beside the guest's own.",
    [
      Field(
        "model", .choice(["dimm", "nvdimm", "virtio-mem", "virtio-pmem", "sgx-epc"]),
        xml: .value("@model"), implied: "dimm",
        doc: "The kind; nvdimm and virtio-pmem keep their content in a file of the host."),
      memory("size", "target/size", required: true, "The size of the device."),
      Field(
        "node", .integer(0...Int64(UInt32.max)), xml: .value("target/node"),
        doc: "The guest's NUMA cell that it belongs to, from 0; not for virtio-pmem."),
      memory(
        "requested", "target/requested",
        "How much of it the guest is to use, in whole blocks; virtio-mem only."),
      memory("block", "target/block", "In what steps it is used, such as 2MiB; virtio-mem only."),
      memory("label", "target/label/size", "The size of its label, such as 128KiB; nvdimm only."),
      Field(
        "readOnly", .boolean, xml: .value("target/readonly", .presence),
        doc: "Whether the guest cannot write; nvdimm only."),
      Field(
        "path", .text(.path), xml: .value("source/path"), equivalence: .path,
        excludes: ["pageSize", "nodeset"],
        doc: "The path of the file or device on the host; nvdimm and virtio-pmem only."),
      memory("alignment", "source/alignsize", "The alignment of the file; nvdimm only."),
      Field(
        "persistent", .boolean, xml: .value("source/pmem", .presence),
        doc: "Whether the file is on persistent memory of the host; nvdimm only."),
      Field(
        "pageSize", .size, xml: .value("source/pagesize", .kibibytes), equivalence: .kibibytes,
        excludes: ["path"],
        doc: "The size of the host's pages that it comes from, such as 2MiB."),
      Field(
        "nodeset", .text(.cpuSet), xml: .value("source/nodemask"), equivalence: .cpuSet,
        excludes: ["path"],
        doc: "The host's NUMA nodes that it comes from, such as 0-1."),
      Field(
        "access", .choice(["shared", "private"]), xml: .value("@access"),
        doc: "Whether other processes of the host share it."),
      Field(
        "discard", .boolean, xml: .value("@discard", .yesNo),
        doc: "Whether its content is dropped before the guest exits."),
      Field(
        "uuid", .text(.uuid), xml: .value("uuid"), equivalence: .caseInsensitive,
        doc: "The UUID by which the guest knows an nvdimm; POWER only."),
    ])

  private static func memory(
    _ name: String, _ path: XMLPath, required: Bool = false, _ doc: String
  ) -> Field {
    Field(
      name, .size, xml: .value(path, .kibibytes), equivalence: .kibibytes, required: required,
      doc: doc)
  }
}
