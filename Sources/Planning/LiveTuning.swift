import Model

/// A change of the limits and places of a running guest's threads, memory and disks: one libvirt call.
public enum LiveTuning: Sendable, Hashable, Codable {
  /// `virDomainSetBlockIoTune`: fields of the disk's `ioTune`.
  case diskLimits(disk: String, limits: Record)
  /// `virDomainSetSchedulerParametersFlags`: fields of `cpuTune`.
  case scheduler(limits: Record)
  /// `virDomainSetMemoryParameters`: fields of `memTune`.
  case memoryLimits(limits: Record)
  /// `virDomainSetBlkioParameters`: fields of `blkioTune`.
  case blockIO(limits: Record)
  /// `virDomainSetNumaParameters`.
  case numaNodes(nodeset: String)
  /// `virDomainPinVcpuFlags`.
  case pinProcessor(number: Int64, cpuset: String)
  /// `virDomainPinEmulator`.
  case pinEmulator(cpuset: String)
  /// `virDomainPinIOThread`.
  case pinIOThread(number: Int64, cpuset: String)
  /// `virDomainAddIOThread`.
  case addIOThread(number: Int64)
  /// `virDomainDelIOThread`.
  case removeIOThread(number: Int64)
}
