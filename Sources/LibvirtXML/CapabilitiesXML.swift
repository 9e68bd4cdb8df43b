import Model

extension ObservedDocument {
  /// What `virConnectGetCapabilities` tells.
  public func capabilities() -> HostCapabilities {
    let record = read(.capabilities)
    let host = record.record("host") ?? Record()
    let cpu = host.record("cpu") ?? Record()
    var result = HostCapabilities(
      arch: cpu.string("arch") ?? "",
      guests: record.records("guests").compactMap(HostCapabilities.Guest.init))
    result.processor = HostCapabilities.Processor(cpu)
    result.hasIOMMU = host.boolean("iommu")
    result.cells = host.records("cells").map(HostCapabilities.Cell.init)
    result.pageSizes = cpu.records("pages").compactMap { $0.integer("size") }
    // A host without one says `none`, or nothing.
    result.securityModels = host.records("securityModels").compactMap { $0.string("model") }
    return result
  }
}

extension HostCapabilities.Guest {
  fileprivate init?(_ record: Record) {
    guard let arch = record.string("arch") else { return nil }
    let machines = record.records("machines")
    let pairs = machines.compactMap { machine -> (String, String)? in
      guard let name = machine.string("name"), let canonical = machine.string("canonical")
      else { return nil }
      return (name, canonical)
    }
    self.init(
      type: record.string("type") ?? "hvm", arch: arch, emulator: record.string("emulator") ?? "",
      machines: Dictionary(pairs) { first, _ in first },
      machineTypes: machines.compactMap { machine in
        machine.string("name").map {
          HostCapabilities.Machine(name: $0, maximumCPUs: machine.integer("maximumCPUs"))
        }
      },
      virtTypes: record["virtTypes"]?.list?.compactMap(\.string) ?? [])
  }
}

extension HostCapabilities.Processor {
  fileprivate init(_ cpu: Record) {
    self.init(
      model: cpu.string("model"), vendor: cpu.string("vendor"),
      features: cpu["features"]?.list?.compactMap(\.string) ?? [],
      sockets: cpu.integer("sockets"), dies: cpu.integer("dies"), cores: cpu.integer("cores"),
      threads: cpu.integer("threads"))
  }
}

extension HostCapabilities.Cell {
  fileprivate init(_ record: Record) {
    self.init(
      id: record.integer("id") ?? 0, memory: record.integer("memory"), cpus: record.integer("cpus"),
      pages: record.records("pages").compactMap { pages in
        pages.integer("size").map {
          HostCapabilities.Pages(size: $0, count: pages.integer("count"))
        }
      })
  }
}

// The part of the capabilities (https://libvirt.org/formatcaps.html) that is read.
extension Table {
  fileprivate static let capabilities = Table(
    "capabilities", doc: "What a hypervisor can do.",
    [
      Field("host", .record(capableHost, shorthand: nil), xml: .nested("host"), doc: "The host."),
      Field(
        "guests", .list(.record(capableGuest, shorthand: nil), key: []), xml: .repeated("guest"),
        doc: "Kinds of guests."),
    ])

  private static let capableHost = Table(
    "capable host", doc: "A host.",
    [
      Field(
        "cpu", .record(capableProcessor, shorthand: nil), xml: .nested("cpu"),
        doc: "Its processors."),
      Field(
        "iommu", .boolean, xml: .value("iommu/@support", .yesNo),
        doc: "Whether devices can be passed through."),
      Field(
        "cells", .list(.record(capableCell, shorthand: nil), key: []),
        xml: .repeated("topology/cells/cell"), doc: "Its NUMA cells."),
      Field(
        "securityModels", .list(.record(capableSecurity, shorthand: nil), key: []),
        xml: .repeated("secmodel"), doc: "Its security drivers."),
    ])

  private static let capableProcessor = Table(
    "capable processor", doc: "A host's processors.",
    [
      Field("arch", .text(.line), xml: .value("arch"), doc: "Their architecture."),
      Field("model", .text(.line), xml: .value("model"), doc: "libvirt's name of the model."),
      Field("vendor", .text(.line), xml: .value("vendor"), doc: "Who makes them."),
      Field(
        "features", .list(.text(.line), key: []), xml: .repeated("feature/@name"),
        doc: "What they have beside the model."),
      Field("sockets", .integer(0...Int64.max), xml: .value("topology/@sockets"), doc: "Sockets."),
      Field("dies", .integer(0...Int64.max), xml: .value("topology/@dies"), doc: "Dies of each."),
      Field(
        "cores", .integer(0...Int64.max), xml: .value("topology/@cores"), doc: "Cores of each."),
      Field(
        "threads", .integer(0...Int64.max), xml: .value("topology/@threads"),
        doc: "Threads of each."),
      Field(
        "pages", .list(.record(capablePages, shorthand: nil), key: []), xml: .repeated("pages"),
        doc: "Sizes of memory pages."),
    ])

  private static let capableCell = Table(
    "capable cell", doc: "A NUMA cell.",
    [
      Field("id", .integer(0...Int64.max), xml: .value("@id"), doc: "Its number."),
      Field("memory", .size, xml: .value("memory", .kibibytes), doc: "Its memory."),
      Field("cpus", .integer(0...Int64.max), xml: .value("cpus/@num"), doc: "Its processors."),
      Field(
        "pages", .list(.record(capablePages, shorthand: nil), key: []), xml: .repeated("pages"),
        doc: "Its memory pages."),
    ])

  private static let capablePages = Table(
    "capable pages", doc: "Memory pages of one size.",
    [
      Field("size", .size, xml: .value("@size", .kibibytes), doc: "Their size."),
      Field("count", .integer(0...Int64.max), xml: .value(""), doc: "How many there are."),
    ])

  private static let capableSecurity = Table(
    "capable security driver", doc: "A security driver.",
    [Field("model", .text(.line), xml: .value("model"), doc: "Its name.")])

  private static let capableGuest = Table(
    "capable guest", doc: "A kind of guest.",
    [
      Field("type", .text(.line), xml: .value("os_type"), doc: "How it meets the hypervisor."),
      Field("arch", .text(.line), xml: .value("arch/@name"), doc: "Its architecture."),
      Field("emulator", .text(.line), xml: .value("arch/emulator"), doc: "Its emulator."),
      Field(
        "machines", .list(.record(capableMachine, shorthand: nil), key: []),
        xml: .repeated("arch/machine"), doc: "Its machine types."),
      Field(
        "virtTypes", .list(.text(.line), key: []), xml: .repeated("arch/domain/@type"),
        doc: "Its hypervisors."),
    ])

  private static let capableMachine = Table(
    "capable machine", doc: "A machine type.",
    [
      Field("name", .text(.line), xml: .value(""), doc: "Its name."),
      Field("canonical", .text(.line), xml: .value("@canonical"), doc: "What an alias stands for."),
      Field(
        "maximumCPUs", .integer(0...Int64.max), xml: .value("@maxCpus"),
        doc: "The most vCPUs that it takes."),
    ])
}
