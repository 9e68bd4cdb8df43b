/// What a host's hypervisor can do, and what it picks where a guest does not say: what
/// `virConnectGetCapabilities` tells, and `virConnectGetDomainCapabilities` for what guests need.
///
/// What is nil or empty was not told, which is not the same as absent.
public struct HostCapabilities: Sendable, Hashable {
  /// What there is for one kind of guest on one architecture.
  public struct Guest: Sendable, Hashable {
    /// How the guest meets the hypervisor: `hvm` (full), `xen` (Xen's PV), `xenpvh`, `linux` and `exe` (containers).
    public var type: String
    public var arch: String
    /// The path of the default emulator; empty where there is none.
    public var emulator: String
    /// Machine aliases and the versioned types behind them: `q35` and `pc-q35-7.2`.
    public var machines: [String: String]
    /// Every machine type, aliases too, by name; with the most vCPUs that it takes where that is told.
    public var machineTypes: [Machine]
    /// The hypervisors: `kvm`, `qemu`, `xen`, `vmware`, `test`.
    public var virtTypes: [String]

    public init(
      type: String = "hvm", arch: String, emulator: String, machines: [String: String] = [:],
      machineTypes: [Machine] = [], virtTypes: [String] = []
    ) {
      self.type = type
      self.arch = arch
      self.emulator = emulator
      self.machines = machines
      self.machineTypes = machineTypes
      self.virtTypes = virtTypes
    }
  }

  /// A machine type.
  public struct Machine: Sendable, Hashable {
    public var name: String
    public var maximumCPUs: Int64?

    public init(name: String, maximumCPUs: Int64? = nil) {
      self.name = name
      self.maximumCPUs = maximumCPUs
    }
  }

  /// A NUMA cell.
  public struct Cell: Sendable, Hashable {
    public var id: Int64
    public var memory: Int64?
    public var cpus: Int64?
    /// Its memory pages by their size.
    public var pages: [Pages]

    public init(id: Int64, memory: Int64? = nil, cpus: Int64? = nil, pages: [Pages] = []) {
      self.id = id
      self.memory = memory
      self.cpus = cpus
      self.pages = pages
    }
  }

  /// Memory pages of one size.
  public struct Pages: Sendable, Hashable {
    /// In bytes.
    public var size: Int64
    /// How many there are; nil where only the size is told.
    public var count: Int64?

    public init(size: Int64, count: Int64? = nil) {
      self.size = size
      self.count = count
    }
  }

  /// The host's own processors.
  public struct Processor: Sendable, Hashable {
    /// libvirt's name of the model: `EPYC-Rome`.
    public var model: String?
    /// `Intel`, `AMD`.
    public var vendor: String?
    /// Features beside those of the model.
    public var features: [String]
    public var sockets: Int64?
    public var dies: Int64?
    public var cores: Int64?
    public var threads: Int64?

    public init(
      model: String? = nil, vendor: String? = nil, features: [String] = [], sockets: Int64? = nil,
      dies: Int64? = nil, cores: Int64? = nil, threads: Int64? = nil
    ) {
      self.model = model
      self.vendor = vendor
      self.features = features
      self.sockets = sockets
      self.dies = dies
      self.cores = cores
      self.threads = threads
    }
  }

  /// The host's own architecture; empty when it is not known.
  public var arch: String
  public var guests: [Guest]
  public var processor = Processor()
  /// Whether devices can be passed through; nil when it is not told.
  public var hasIOMMU: Bool?
  public var cells: [Cell] = []
  /// Sizes of memory pages, in bytes.
  public var pageSizes: [Int64] = []
  /// Security drivers: `apparmor`, `selinux`, `dac`, `none`.
  public var securityModels: [String] = []
  /// What was asked for, by platform. One that is not there was not asked for, or the driver does not tell.
  public var platforms: [GuestPlatform: PlatformAnswer] = [:]

  public init(arch: String = "", guests: [Guest] = []) {
    self.arch = arch
    self.guests = guests
  }

  /// Whether the hypervisor told anything: some drivers tell nothing.
  public var isKnown: Bool { !arch.isEmpty || !guests.isEmpty }

  /// What there is for an architecture.
  public subscript(arch: String) -> Guest? { guests.first { $0.arch == arch } }

  /// What there is for a kind of guest on an architecture, `hvm` being full virtualization.
  public func guest(_ type: String, _ arch: String) -> Guest? {
    guests.first { $0.type == type && $0.arch == arch }
  }

  /// What guests of a platform can have; nil when it is not known, or libvirt refused the platform.
  public subscript(platform: GuestPlatform) -> DomainCapabilities? {
    if case .known(let capabilities)? = platforms[platform] { capabilities } else { nil }
  }
}

/// What decides on what a guest can have: the part of it that `virConnectGetDomainCapabilities` takes. What is nil
/// is libvirt's choice.
public struct GuestPlatform: Sendable, Hashable, Comparable {
  public var virtType: String?
  public var arch: String?
  public var machine: String?
  public var emulator: String?

  public init(
    virtType: String? = nil, arch: String? = nil, machine: String? = nil, emulator: String? = nil
  ) {
    self.virtType = virtType
    self.arch = arch
    self.machine = machine
    self.emulator = emulator
  }

  /// That of a guest with these fields.
  public init(_ guest: Record) {
    self.init(
      virtType: guest.string("virtType"), arch: guest.string("arch"),
      machine: guest.string("machine"), emulator: guest.string("emulator"))
  }

  private var parts: [String] { [virtType, arch, machine, emulator].map { $0 ?? "" } }

  public static func < (left: GuestPlatform, right: GuestPlatform) -> Bool {
    left.parts.lexicographicallyPrecedes(right.parts)
  }
}

/// What libvirt says of a platform.
public enum PlatformAnswer: Sendable, Hashable {
  case known(DomainCapabilities)
  /// It takes no guests of it, in its own words: the emulator is not there, KVM is not usable.
  case refused(String)
}
