extension Table {
  /// Processors: `vcpu`, `cpu`, `iothreads`.
  static let guestProcessors: [Field] = [
    Field(
      "cpus", .record(guestCPUs, shorthand: "count"), xml: .nested(""),
      doc: "The processors; a bare number is their count."),
    Field(
      "iothreads", .integer(0...Int64(UInt32.max)), xml: .value("iothreads"),
      change: .live(.iothreads),
      doc: "The number of threads for disk input and output, which disks name by number from 1."),
    Field(
      "iothreadIDs", .list(.record(guestIOThread, shorthand: "id"), key: ["id"]),
      xml: .repeated("iothreadids/iothread"), change: .live(.iothreads),
      doc: "The iothreads by number, all of them, where they are not numbered from 1."),
  ]

  private static let guestCPUs = Table(
    "guest processors", doc: "The processors of a guest and the model that they show it.",
    [
      Field(
        "count", .integer(1...65535),
        xml: .value("vcpu/@current", .plain, fallback: "vcpu", absent: nil), change: .live(.vcpus),
        doc: "The number of processors in use."),
      Field(
        "max", .integer(1...65535), xml: .value("vcpu"),
        doc: "The number of processors that can be in use without a restart; by default the count."),
      Field(
        "placement", .choice(["static", "auto"]), xml: .value("vcpu/@placement"),
        doc: "Whether libvirt asks numad where to run the processors (auto); static by default."),
      Field(
        "cpuset", .text(.cpuSet), xml: .value("vcpu/@cpuset"), equivalence: .cpuSet,
        doc: "The host processors that the guest may run on, such as 0-3,^2,8; by default all."),
      Field(
        "mode", .choice(["host-passthrough", "host-model", "maximum", "custom"]),
        xml: .value("cpu/@mode"), live: .resolved,
        doc: "How the model is chosen; custom takes the one in model."),
      Field(
        "model", .text(.name), xml: .value("cpu/model"), live: .resolved,
        doc: "The processor model of mode custom, such as Skylake-Server."),
      Field(
        "modelFallback", .choice(["allow", "forbid"]), xml: .value("cpu/model/@fallback"),
        live: .resolved,
        doc: "Whether a nearby model may stand in for one that the host lacks; it may by default."),
      Field(
        "match", .choice(["minimum", "exact", "strict"]), xml: .value("cpu/@match"),
        live: .resolved,
        doc: "How closely the guest's processor must match the model; exact by default."),
      Field(
        "check", .choice(["none", "partial", "full"]), xml: .value("cpu/@check"), live: .resolved,
        doc: "How thoroughly the host is checked for the model before the guest starts."),
      Field(
        "vendor", .text(.line), xml: .value("cpu/vendor"), live: .resolved,
        doc: "The vendor that the host's processor must be of, such as Intel or AMD."),
      Field(
        "migratable", .boolean, xml: .value("cpu/@migratable", .onOff), live: .resolved,
        doc: "Whether host-passthrough leaves out features that prevent migration."),
      Field(
        "features", .list(.record(guestCPUFeature, shorthand: "name"), key: ["name"]),
        xml: .repeated("cpu/feature"), live: .resolved,
        doc: "Processor features that differ from the model's; a bare name is required."),
      Field(
        "topology", .record(guestCPUTopology, shorthand: nil), xml: .nested("cpu/topology"),
        doc: "How the processors are laid out; the product must be max."),
      Field(
        "numa", .list(.record(guestNUMACell, shorthand: nil), key: []),
        xml: .repeated("cpu/numa/cell"),
        doc: "The guest's NUMA cells, in order; each is numbered by its place from 0."),
    ])

  private static let guestCPUFeature = Table(
    "processor feature", doc: "A processor feature that differs from the model's.",
    [
      Field(
        "name", .text(.line), xml: .value("@name"), live: .resolved, required: true,
        doc: "The name of the feature, such as vmx or pcid."),
      Field(
        "policy", .choice(["require", "optional", "force", "disable", "forbid"]),
        xml: .value("@policy"), live: .resolved, implied: "require",
        doc: "What is done about the feature; require by default."),
    ])

  private static let guestCPUTopology = Table(
    "processor topology", doc: "How the processors are laid out.",
    [
      Field(
        "sockets", .integer(1...65535), xml: .value("@sockets"), implied: 1,
        doc: "The number of sockets; 1 by default."),
      Field(
        "dies", .integer(1...65535), xml: .value("@dies"),
        doc: "The number of dies in a socket; 1 by default."),
      Field(
        "cores", .integer(1...65535), xml: .value("@cores"), implied: 1,
        doc: "The number of cores in a die; 1 by default."),
      Field(
        "threads", .integer(1...65535), xml: .value("@threads"), implied: 1,
        doc: "The number of threads in a core; 1 by default."),
    ])
}
