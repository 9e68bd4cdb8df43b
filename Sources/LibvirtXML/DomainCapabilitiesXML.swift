import Model

extension ObservedDocument {
  /// What `virConnectGetDomainCapabilities` tells of a platform.
  public func domainCapabilities() -> DomainCapabilities {
    let record = read(.domainCapabilities)
    let os = record.record("os") ?? Record()
    let cpu = record.record("cpu") ?? Record()
    var result = DomainCapabilities()
    result.emulator = record.string("emulator")
    result.virtType = record.string("virtType")
    result.machine = record.string("machine")
    result.arch = record.string("arch")
    result.maximumCPUs = record.integer("maximumCPUs")
    result.hasIOThreads = record.boolean("ioThreads")
    result.firmware = DomainCapabilities.Feature(os)
    result.firmwareFeatures = DomainCapabilities.Feature(os.record("firmwareFeatures"))
    result.loader = DomainCapabilities.Feature(os.record("loader"))
    result.loaders = os.record("loader")?["paths"]?.list?.compactMap(\.string) ?? []
    for mode in cpu.records("modes") {
      guard let name = mode.string("name") else { continue }
      result.cpuModes[name] = mode.boolean("supported")
      if name == "custom" {
        result.cpuModels = mode.records("models").compactMap(DomainCapabilities.Model.init)
      } else if name == "host-model" {
        result.hostModel = mode.records("models").first?.string("name")
        for feature in mode.records("features") {
          guard let name = feature.string("name") else { continue }
          result.hostModelFeatures[name] = feature.string("policy")
        }
      }
    }
    result.memoryBacking = DomainCapabilities.Feature(record.record("memoryBacking"))
    result.devices = features(record.record("devices"))
    result.features = features(record.record("features"))
    return result
  }

  private func features(_ record: Record?) -> [String: DomainCapabilities.Feature] {
    let pairs = (record ?? Record()).entries.compactMap { entry in
      entry.value.record.map { (entry.name, DomainCapabilities.Feature($0)) }
    }
    return Dictionary(pairs) { first, _ in first }
  }
}

extension DomainCapabilities.Feature {
  fileprivate init(_ record: Record?) {
    self.init(
      isSupported: record?.boolean("supported"),
      enums: Dictionary(
        (record?.records("enums") ?? []).compactMap { each in
          each.string("name").map { ($0, each["values"]?.list?.compactMap(\.string) ?? []) }
        }
      ) { first, _ in first })
  }
}

extension DomainCapabilities.Model {
  fileprivate init?(_ record: Record) {
    guard let name = record.string("name") else { return nil }
    // `unknown` is neither.
    self.init(name: name, isUsable: record.boolean("usable"))
  }
}

// The part of the domain capabilities (https://libvirt.org/formatdomaincaps.html) that is read.
extension Table {
  fileprivate static let domainCapabilities = Table(
    "domain capabilities", doc: "What guests of a platform can have.",
    [
      Field("emulator", .text(.line), xml: .value("path"), doc: "The emulator."),
      Field("virtType", .text(.line), xml: .value("domain"), doc: "The hypervisor."),
      Field("machine", .text(.line), xml: .value("machine"), doc: "The machine type."),
      Field("arch", .text(.line), xml: .value("arch"), doc: "The architecture."),
      Field(
        "maximumCPUs", .integer(0...Int64.max), xml: .value("vcpu/@max"), doc: "The most vCPUs."),
      Field(
        "ioThreads", .boolean, xml: .value("iothreads/@supported", .yesNo),
        doc: "Whether there are threads for disks."),
      Field("os", .record(capableOS, shorthand: nil), xml: .nested("os"), doc: "How it starts."),
      Field("cpu", .record(capableCPU, shorthand: nil), xml: .nested("cpu"), doc: "CPU modes."),
      capableFeature("memoryBacking"),
      Field(
        "devices",
        .record(
          Table(
            "capable devices", doc: "Devices.",
            [
              "disk", "graphics", "video", "hostdev", "rng", "filesystem", "tpm", "redirdev",
              "channel", "crypto", "interface", "panic", "console", "net", "iommu", "sound",
              "watchdog", "memballoon", "shmem", "input",
            ].map(capableFeature)), shorthand: nil), xml: .nested("devices"), doc: "Devices."),
      Field(
        "features",
        .record(
          Table(
            "capable features", doc: "Features.",
            [
              "gic", "vmcoreinfo", "genid", "backingStoreInput", "backup", "async-teardown",
              "s390-pv", "ps2", "tdx", "sev", "sgx", "hyperv", "launchSecurity",
            ].map(capableFeature)), shorthand: nil), xml: .nested("features"), doc: "Features."),
    ])

  /// A row for something that is supported or not.
  private static func capableFeature(_ name: String) -> Field {
    Field(
      name, .record(Table("capability", doc: "A capability.", support), shorthand: nil),
      xml: .nested(XMLPath(name)), doc: "Whether there is \(name), and what parts of it take.")
  }

  private static let support: [Field] = [
    Field("supported", .boolean, xml: .value("@supported", .yesNo), doc: "Whether there is any."),
    Field(
      "enums", .list(.record(capableEnum, shorthand: nil), key: []), xml: .repeated("enum"),
      doc: "What its parts take."),
  ]

  private static let capableEnum = Table(
    "capable values", doc: "What a part takes.",
    [
      Field("name", .text(.line), xml: .value("@name"), doc: "The part's name."),
      Field(
        "values", .list(.text(.line), key: []), xml: .repeated("value"), doc: "What it takes."),
    ])

  private static let capableOS = Table(
    "capable firmware", doc: "How guests start.",
    support + [
      capableFeature("firmwareFeatures"),
      Field(
        "loader",
        .record(
          Table(
            "capable loader", doc: "Firmware images.",
            support + [
              Field(
                "paths", .list(.text(.line), key: []), xml: .repeated("value"), doc: "Their paths.")
            ]), shorthand: nil), xml: .nested("loader"), doc: "Firmware images."),
    ])

  private static let capableCPU = Table(
    "capable processors", doc: "CPU modes.",
    [
      Field(
        "modes", .list(.record(capableMode, shorthand: nil), key: []), xml: .repeated("mode"),
        doc: "CPU modes.")
    ])

  private static let capableMode = Table(
    "capable mode", doc: "A CPU mode.",
    [
      Field("name", .text(.line), xml: .value("@name"), doc: "Its name."),
      Field("supported", .boolean, xml: .value("@supported", .yesNo), doc: "Whether it is there."),
      Field(
        "models", .list(.record(capableModel, shorthand: nil), key: []), xml: .repeated("model"),
        doc: "Its models."),
      Field(
        "features", .list(.record(capablePolicy, shorthand: nil), key: []),
        xml: .repeated("feature"), doc: "Features beside the model."),
    ])

  private static let capableModel = Table(
    "capable model", doc: "A CPU model.",
    [
      Field("name", .text(.line), xml: .value(""), doc: "Its name."),
      Field("usable", .boolean, xml: .value("@usable", .yesNo), doc: "Whether the host has it."),
    ])

  private static let capablePolicy = Table(
    "capable policy", doc: "A CPU feature.",
    [
      Field("name", .text(.line), xml: .value("@name"), doc: "Its name."),
      Field("policy", .text(.line), xml: .value("@policy"), doc: "Whether it is there."),
    ])
}
