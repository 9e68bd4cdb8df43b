/// What a host's machine has, and what its guests take of it, as libvirt tells. What is nil was not told.
public struct HostFacts: Sendable, Hashable {
  /// What is asked for: each costs calls.
  public enum Part: Sendable, Hashable, CaseIterable {
    /// Versions, the host's name, processors and memory.
    case machine
    /// What SMBIOS says.
    case system
    /// What the processors can do, all of it.
    case processorFlags
    /// What the storage pools have.
    case pools
    /// What the guests have.
    case guests
    /// Free memory, and free pages by size.
    case memory
  }

  /// A storage pool's room.
  public struct Pool: Sendable, Hashable {
    public var name: String
    public var isActive: Bool
    /// In bytes; nil where the pool is not active.
    public var capacity: Int64?
    public var available: Int64?

    public init(
      name: String, isActive: Bool, capacity: Int64? = nil, available: Int64? = nil
    ) {
      self.name = name
      self.isActive = isActive
      self.capacity = capacity
      self.available = available
    }
  }

  /// What a guest may take.
  public struct Guest: Sendable, Hashable {
    public var name: String
    public var isRunning: Bool
    /// Its maximum, in bytes.
    public var memory: Int64
    public var cpus: Int64

    public init(name: String, isRunning: Bool, memory: Int64, cpus: Int64) {
      self.name = name
      self.isRunning = isRunning
      self.memory = memory
      self.cpus = cpus
    }
  }

  /// The driver: `QEMU`, `Xen`, `ESX`, `TEST`.
  public var hypervisor: String?
  public var hypervisorVersion: Version?
  public var libvirtVersion: Version?
  public var hostName: String?
  /// In bytes.
  public var memory: Int64?
  /// What can be had without taking it from anybody: what is free, and what only caches files.
  public var availableMemory: Int64?
  /// Processors that are on.
  public var cpus: Int64?
  public var megahertz: Int64?
  public var sockets: Int64?
  public var cores: Int64?
  public var threads: Int64?
  public var numaNodes: Int64?
  /// Free memory pages over all cells, by size in bytes.
  public var freePages: [Int64: Int64] = [:]
  /// Manufacturer, product, and the firmware's vendor, version and date.
  public var system: [String: String] = [:]
  public var processorFlags: Set<String>?
  public var pools: [Pool]?
  public var guests: [Guest]?

  public init() {}

  /// Takes what others have read.
  public mutating func fill(in other: HostFacts) {
    hypervisor = hypervisor ?? other.hypervisor
    hypervisorVersion = hypervisorVersion ?? other.hypervisorVersion
    libvirtVersion = libvirtVersion ?? other.libvirtVersion
    hostName = hostName ?? other.hostName
    memory = memory ?? other.memory
    availableMemory = availableMemory ?? other.availableMemory
    cpus = cpus ?? other.cpus
    megahertz = megahertz ?? other.megahertz
    sockets = sockets ?? other.sockets
    cores = cores ?? other.cores
    threads = threads ?? other.threads
    numaNodes = numaNodes ?? other.numaNodes
    freePages.merge(other.freePages) { own, _ in own }
    system.merge(other.system) { own, _ in own }
    processorFlags = processorFlags ?? other.processorFlags
    pools = pools ?? other.pools
    guests = guests ?? other.guests
  }
}
