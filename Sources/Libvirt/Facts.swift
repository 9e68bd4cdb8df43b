import CLibvirt
import Execution
import Glibc
import LibvirtXML
import Model

extension LibvirtHypervisor {
  /// What the machine has, and what its guests take of it. What the driver does not tell is nil.
  public func facts(_ parts: Set<HostFacts.Part>) async throws(HypervisorError) -> HostFacts {
    try checkCancellation("virNodeGetInfo")
    return try await FactsReading().run(parts, on: connection)
  }
}

/// One reading of a host's facts, its parts side by side.
private final class FactsReading: Sendable {
  private let facts = Lock(HostFacts())

  func run(
    _ parts: Set<HostFacts.Part>, on connection: Connection
  ) async throws(HypervisorError) -> HostFacts {
    try await Batch.run(on: connection) { batch in
      for part in parts {
        if part == .guests {
          batch.add { connection throws(HypervisorError) in
            try self.readGuests(connection, batch)
          }
        } else {
          batch.add { connection throws(HypervisorError) in
            var read = HostFacts()
            try Self.read(part, &read, connection)
            self.facts.withLock { $0.fill(in: read) }
          }
        }
      }
    }
    var result = facts.withLock { $0 }
    result.guests?.sort { $0.name < $1.name }
    return result
  }

  private static func read(
    _ part: HostFacts.Part, _ facts: inout HostFacts, _ connection: virConnectPtr
  ) throws(HypervisorError) {
    switch part {
    case .machine: try readMachine(&facts, connection)
    case .system: try readSystem(&facts, connection)
    case .processorFlags: try readProcessorFlags(&facts, connection)
    case .pools: try readPools(&facts, connection)
    case .memory: try readMemory(&facts, connection)
    case .guests: break
    }
  }

  private static func readMachine(
    _ facts: inout HostFacts, _ connection: virConnectPtr
  ) throws(HypervisorError) {
    facts.hypervisor = virConnectGetType(connection).map { String(cString: $0) }
    var number: UInt = 0
    facts.hypervisorVersion = try told("virConnectGetVersion") {
      virConnectGetVersion(connection, &number)
    }.flatMap { _ in number == 0 ? nil : Version(number: number) }
    facts.libvirtVersion = try told("virConnectGetLibVersion") {
      virConnectGetLibVersion(connection, &number)
    }.map { _ in Version(number: number) }
    if let name = virConnectGetHostname(connection) {
      facts.hostName = String(cString: name)
      free(name)
    }
    var info = virNodeInfo()
    if try told("virNodeGetInfo", { virNodeGetInfo(connection, &info) }) != nil {
      facts.memory = Int64(clamping: info.memory) * 1024
      facts.cpus = Int64(info.cpus)
      facts.megahertz = info.mhz == 0 ? nil : Int64(info.mhz)
      facts.numaNodes = Int64(info.nodes)
      facts.sockets = Int64(info.sockets)
      facts.cores = Int64(info.cores)
      facts.threads = Int64(info.threads)
    }
  }

  private static func readSystem(
    _ facts: inout HostFacts, _ connection: virConnectPtr
  ) throws(HypervisorError) {
    guard let pointer = virConnectGetSysinfo(connection, 0) else {
      // A host without SMBIOS, or without dmidecode, is none the worse.
      let error = HypervisorError.last("virConnectGetSysinfo")
      if error.code == .unreachable || error.code == .timeout { throw error }
      return
    }
    let text = try LibvirtText(pointer, "virConnectGetSysinfo")
    facts.system = try text.parsed("system information") { document, _ in
      document.systemInformation()
    }
  }

  /// libvirt tells a model and what the host has beside it; what the model has is told by the call for a baseline.
  private static func readProcessorFlags(
    _ facts: inout HostFacts, _ connection: virConnectPtr
  ) throws(HypervisorError) {
    let host = try HostCapabilities.read(connection)
    guard let text = host.processor.xml(arch: host.arch) else { return }
    let expanded = text.withCString { pointer in
      var documents: [UnsafePointer<CChar>?] = [pointer]
      return documents.withUnsafeMutableBufferPointer {
        virConnectBaselineCPU(
          connection, $0.baseAddress, 1, VIR_CONNECT_BASELINE_CPU_EXPAND_FEATURES.rawValue)
      }
    }
    guard let expanded else {
      let error = HypervisorError.last("virConnectBaselineCPU")
      if error.code == .unreachable || error.code == .timeout { throw error }
      return
    }
    let features = try LibvirtText(expanded, "virConnectBaselineCPU").parsed("cpu") {
      document, _ in document.processorFeatures()
    }
    facts.processorFlags = features.union(host.processor.features)
  }

  private static func readMemory(
    _ facts: inout HostFacts, _ connection: virConnectPtr
  ) throws(HypervisorError) {
    facts.availableMemory = try availableMemory(connection)
    let sizes = try HostCapabilities.read(connection).pageSizes.map { UInt32(clamping: $0 / 1024) }
    if sizes.isEmpty { return }
    var pages = sizes
    // Cell -1 is the whole host.
    var counts = [UInt64](repeating: 0, count: sizes.count)
    let count = try told("virNodeGetFreePages") {
      virNodeGetFreePages(connection, UInt32(sizes.count), &pages, -1, 1, &counts, 0)
    }
    if count == nil { return }
    for (size, free) in zip(sizes, counts) {
      facts.freePages[Int64(size) * 1024] = Int64(clamping: free)
    }
  }

  private static func availableMemory(
    _ connection: virConnectPtr
  ) throws(HypervisorError) -> Int64? {
    let allCells = VIR_NODE_MEMORY_STATS_ALL_CELLS.rawValue
    var count: Int32 = 0
    let cell = Int32(truncatingIfNeeded: allCells)
    _ = try told("virNodeGetMemoryStats") {
      virNodeGetMemoryStats(connection, cell, nil, &count, 0)
    }
    if count > 0 {
      var stats = [virNodeMemoryStats](repeating: virNodeMemoryStats(), count: Int(count))
      if try told(
        "virNodeGetMemoryStats", { virNodeGetMemoryStats(connection, cell, &stats, &count, 0) })
        != nil
      {
        let wanted = [
          VIR_NODE_MEMORY_STATS_FREE, VIR_NODE_MEMORY_STATS_BUFFERS, VIR_NODE_MEMORY_STATS_CACHED,
        ]
        var sum: UInt64 = 0
        for index in stats.indices.prefix(Int(count)) {
          let name = withUnsafeBytes(of: &stats[index].field) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
          }
          if wanted.contains(name) { sum += stats[index].value }
        }
        return Int64(clamping: sum) * 1024
      }
    }
    let free = virNodeGetFreeMemory(connection)
    return free == 0 ? nil : Int64(clamping: free)
  }

  private static func readPools(
    _ facts: inout HostFacts, _ connection: virConnectPtr
  ) throws(HypervisorError) {
    let handles: HandleList
    do throws(HypervisorError) {
      handles = try HandleList.pools(connection)
    } catch {
      if error.code == .unsupported { return }
      throw error
    }
    facts.pools = []
    for pointer in handles.pointers {
      var pool = HostFacts.Pool(
        name: name(virStoragePoolGetName(pointer)), isActive: virStoragePoolIsActive(pointer) == 1)
      var info = virStoragePoolInfo()
      if pool.isActive, virStoragePoolGetInfo(pointer, &info) == 0 {
        pool.capacity = Int64(clamping: info.capacity)
        pool.available = Int64(clamping: info.available)
      }
      facts.pools?.append(pool)
    }
    facts.pools?.sort { $0.name < $1.name }
  }

  private func readGuests(
    _ connection: virConnectPtr, _ batch: Batch
  ) throws(HypervisorError) {
    let handles = try HandleList.domains(connection)
    facts.withLock { facts in facts.guests = [] }
    batch.add(count: handles.pointers.count) { [self] _, index throws(HypervisorError) in
      var info = virDomainInfo()
      let domain = handles.pointers[index]
      // One that went away meanwhile takes nothing.
      guard virDomainGetInfo(domain, &info) == 0 else { return }
      let guest = HostFacts.Guest(
        name: name(virDomainGetName(domain)),
        isRunning: ![VIR_DOMAIN_SHUTOFF, VIR_DOMAIN_CRASHED].map(\.rawValue)
          .contains(UInt32(info.state)),
        memory: Int64(clamping: info.maxMem) * 1024, cpus: Int64(info.nrVirtCpu))
      facts.withLock { facts in facts.guests?.append(guest) }
    }
  }
}

/// The result of a call; nil where the driver does not have it.
private func told(
  _ call: String, _ body: () -> Int32
) throws(HypervisorError) -> Int32? {
  let result = body()
  if result >= 0 { return result }
  let error = HypervisorError.last(call)
  if [.unreachable, .timeout, .denied].contains(error.code) { throw error }
  return nil
}

extension HostCapabilities.Processor {
  /// The element that libvirt calls for a CPU take; nil where the model is not known.
  fileprivate func xml(arch: String) -> String? {
    guard let model, !arch.isEmpty else { return nil }
    var text = "<cpu><arch>\(arch)</arch><model>\(model)</model>"
    if let vendor { text += "<vendor>\(vendor)</vendor>" }
    text += "<topology sockets='1' cores='1' threads='1'/>"
    for feature in features { text += "<feature name='\(feature)'/>" }
    return text + "</cpu>"
  }
}
