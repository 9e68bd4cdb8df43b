import CLibvirt
import Execution
import LibvirtXML
import Model
import Planning

extension LibvirtHypervisor {
  /// Changes limits and places of a running guest; `defineGuest` changes the definition.
  func tune(_ tuning: LiveTuning, _ name: String) async throws(HypervisorError) {
    do throws(HypervisorError) {
      try await handOver(tuning, name)
    } catch {
      guard error.code == .refused || error.code == .unsupported else { throw error }
      // What a host lacks for it is not always known before.
      var told = error
      told.message += "; the definition has it, and the guest takes it when it starts anew"
      throw told
    }
  }

  private func handOver(_ tuning: LiveTuning, _ name: String) async throws(HypervisorError) {
    let call = tuning.call
    let parameters = try tuning.parameters()
    try await withGuest(name, call, isLong: true) { domain throws(HypervisorError) in
      let live = VIR_DOMAIN_AFFECT_LIVE.rawValue
      switch tuning {
      case .diskLimits(let disk, _):
        try parameters.hand(to: call) { virDomainSetBlockIoTune(domain, disk, $0, $1, live) }
      case .scheduler:
        try parameters.hand(to: call) {
          virDomainSetSchedulerParametersFlags(domain, $0, $1, live)
        }
      case .memoryLimits:
        try parameters.hand(to: call) { virDomainSetMemoryParameters(domain, $0, $1, live) }
      case .blockIO:
        try parameters.hand(to: call) { virDomainSetBlkioParameters(domain, $0, $1, live) }
      case .numaNodes:
        try parameters.hand(to: call) { virDomainSetNumaParameters(domain, $0, $1, live) }
      case .pinProcessor(let number, let cpuset):
        try ProcessorMap(cpuset, call).hand(to: call) {
          virDomainPinVcpuFlags(domain, UInt32(clamping: number), $0, $1, live)
        }
      case .pinEmulator(let cpuset):
        try ProcessorMap(cpuset, call).hand(to: call) {
          virDomainPinEmulator(domain, $0, $1, live)
        }
      case .pinIOThread(let number, let cpuset):
        try ProcessorMap(cpuset, call).hand(to: call) {
          virDomainPinIOThread(domain, UInt32(clamping: number), $0, $1, live)
        }
      case .addIOThread(let number):
        try check(virDomainAddIOThread(domain, UInt32(clamping: number), live), call)
      case .removeIOThread(let number):
        try check(virDomainDelIOThread(domain, UInt32(clamping: number), live), call)
      }
    }
  }
}

extension LiveTuning {
  fileprivate var call: String {
    switch self {
    case .diskLimits: "virDomainSetBlockIoTune"
    case .scheduler: "virDomainSetSchedulerParametersFlags"
    case .memoryLimits: "virDomainSetMemoryParameters"
    case .blockIO: "virDomainSetBlkioParameters"
    case .numaNodes: "virDomainSetNumaParameters"
    case .pinProcessor: "virDomainPinVcpuFlags"
    case .pinEmulator: "virDomainPinEmulator"
    case .pinIOThread: "virDomainPinIOThread"
    case .addIOThread: "virDomainAddIOThread"
    case .removeIOThread: "virDomainDelIOThread"
    }
  }

  /// What the call is given, by libvirt's names.
  fileprivate func parameters() throws(HypervisorError) -> TypedParameters {
    switch self {
    case .diskLimits(_, let limits):
      return TypedParameters(
        Table.guestDiskTune.fields.compactMap { field in
          guard let name = field.libvirtName, let value = limits[field.name] else { return nil }
          switch value {
          case .integer(let number): return (name, .unsignedLong(UInt64(clamping: number)))
          case .string(let text): return (name, .text(text))
          default: return nil
          }
        })
    case .scheduler(let limits):
      return TypedParameters(
        Self.fields("cpuTune", limits).map { name, number in
          // The plain words are those of the processors.
          let name = name == "shares" ? "cpu_shares" : name.contains("_") ? name : "vcpu_" + name
          return (
            name, name.hasSuffix("quota") ? .long(number) : .unsignedLong(UInt64(clamping: number))
          )
        })
    case .memoryLimits(let limits):
      return TypedParameters(
        Self.fields("memTune", limits).map { name, bytes in
          (name, .unsignedLong(UInt64(clamping: (bytes + 1023) / 1024)))
        })
    case .blockIO(let limits): return Self.blockIO(limits)
    case .numaNodes(let nodeset):
      return TypedParameters([(VIR_DOMAIN_NUMA_NODESET, .text(nodeset))])
    default: return TypedParameters([])
    }
  }

  /// The numbers of a record of the guest's, by the names of their elements.
  private static func fields(_ name: String, _ limits: Record) -> [(String, Int64)] {
    guard let row = Table.guest[name], case .record(let table, _) = row.type else { return [] }
    return table.fields.compactMap { field in
      guard let name = field.libvirtName, let number = limits.integer(field.name) else {
        return nil
      }
      return (name, number)
    }
  }

  /// Devices are told as `/dev/sda,500,/dev/sdb,300`, by measure.
  private static func blockIO(_ limits: Record) -> TypedParameters {
    var parameters: [(String, TypedParameters.Value)] = []
    if let weight = limits.integer("weight") {
      parameters.append((VIR_DOMAIN_BLKIO_WEIGHT, .unsigned(UInt32(clamping: weight))))
    }
    guard let row = Table.guest["blkioTune"], case .record(let table, _) = row.type,
      let list = table["devices"], case .list(.record(let device, _), _) = list.type
    else { return TypedParameters(parameters) }
    for field in device.fields {
      let entries = limits.records("devices").compactMap { item -> String? in
        guard let path = item.string("path"), let number = item.integer(field.name) else {
          return nil
        }
        return "\(path),\(number)"
      }
      guard let name = field.libvirtName, !entries.isEmpty else { continue }
      parameters.append(("device_" + name, .text(entries.joined(separator: ","))))
    }
    return TypedParameters(parameters)
  }
}
