/// What is known of an operating system: what libosinfo's database says of it, as a plain value.
public struct OSProfile: Sendable, Hashable, Codable {
  /// What it needs or does well with; nil where nothing is known.
  public struct Resources: Sendable, Hashable, Codable {
    /// `all` or an architecture in libosinfo's words, which are libvirt's.
    public var arch: String
    public var cpus: Int64?
    /// In bytes.
    public var memory: Int64?
    /// In bytes.
    public var storage: Int64?

    public init(arch: String, cpus: Int64? = nil, memory: Int64? = nil, storage: Int64? = nil) {
      self.arch = arch
      self.cpus = cpus
      self.memory = memory
      self.storage = storage
    }
  }

  /// A kind of firmware that it starts from, or does not.
  public struct Firmware: Sendable, Hashable, Codable {
    public var arch: String
    /// `efi` or `bios`.
    public var type: String
    public var isSupported: Bool

    public init(arch: String, type: String, isSupported: Bool) {
      self.arch = arch
      self.type = type
      self.isSupported = isSupported
    }
  }

  /// Drivers that do not come with it.
  public struct Driver: Sendable, Hashable, Codable {
    public var arch: String
    public var location: String
    /// Whether its installer can take them.
    public var isPreInstallable: Bool
    public var devices: [DeviceID]

    public init(arch: String, location: String, isPreInstallable: Bool, devices: [DeviceID]) {
      self.arch = arch
      self.location = location
      self.isPreInstallable = isPreInstallable
      self.devices = devices
    }
  }

  /// A URI: `http://debian.org/debian/11`.
  public var id: String
  /// `debian11`.
  public var shortID: String
  /// Others that mean the same: `debianbullseye`.
  public var aliases: [String]
  /// `Debian 11`.
  public var name: String
  /// `linux`, `winnt`, `freebsd`.
  public var family: String
  /// `debian`, `win`, `rhel`.
  public var distro: String
  public var version: String?
  /// The day of its release: `2021-08-14`.
  public var released: String?
  /// The day from which it gets no more corrections.
  public var endOfLife: String?
  /// The systems that it derives from or is a clone of, nearest first.
  public var lineage: [String]
  /// The devices that it has drivers for by itself.
  public var devices: Set<DeviceID>
  public var minimum: [Resources]
  public var recommended: [Resources]
  public var firmware: [Firmware]
  public var drivers: [Driver]

  public init(
    id: String, shortID: String, aliases: [String] = [], name: String, family: String,
    distro: String = "", version: String? = nil, released: String? = nil, endOfLife: String? = nil,
    lineage: [String] = [], devices: Set<DeviceID> = [], minimum: [Resources] = [],
    recommended: [Resources] = [], firmware: [Firmware] = [], drivers: [Driver] = []
  ) {
    self.id = id
    self.shortID = shortID
    self.aliases = aliases
    self.name = name
    self.family = family
    self.distro = distro
    self.version = version
    self.released = released
    self.endOfLife = endOfLife
    self.lineage = lineage
    self.devices = devices
    self.minimum = minimum
    self.recommended = recommended
    self.firmware = firmware
    self.drivers = drivers
  }

  public var isWindows: Bool { family == "winnt" }
  public var isLinux: Bool { family == "linux" }

  /// Whether it was released on a day or later. What is released all the time has no day: it is told by the drivers
  /// that only newer systems have.
  public func isReleased(since day: String) -> Bool {
    released.map { $0 >= day } ?? devices.contains(.virtio1Block)
  }

  /// The minimum for an architecture, what is said of it before what is said of all.
  public func minimum(_ arch: String) -> Resources { Self.resources(minimum, arch) }

  /// What is recommended for an architecture, where that says nothing the minimum.
  public func recommended(_ arch: String) -> Resources {
    Self.filled(Self.resources(recommended, arch), minimum(arch))
  }

  /// Whether it starts from a kind of firmware; nil where nothing is known.
  public func starts(from type: String, _ arch: String) -> Bool? {
    firmware.first { $0.type == type && $0.arch == arch }?.isSupported
  }

  /// Devices for which drivers can be brought on a disc or into the installer.
  public func brought(_ arch: String) -> Set<DeviceID> {
    Set(drivers.filter { $0.arch == arch || $0.arch == "all" }.flatMap(\.devices))
  }

  private static func resources(_ all: [Resources], _ arch: String) -> Resources {
    let own = all.first { $0.arch == arch } ?? Resources(arch: arch)
    return filled(own, all.first { $0.arch == "all" } ?? Resources(arch: arch))
  }

  private static func filled(_ first: Resources, _ second: Resources) -> Resources {
    Resources(
      arch: first.arch, cpus: first.cpus ?? second.cpus, memory: first.memory ?? second.memory,
      storage: first.storage ?? second.storage)
  }
}

/// A device by its URI in libosinfo's database: those that decide on something.
public struct DeviceID: RawRepresentable, Sendable, Hashable, Codable {
  public var rawValue: String
  public init(rawValue: String) { self.rawValue = rawValue }

  private static func pci(_ vendor: String, _ device: String) -> DeviceID {
    DeviceID(rawValue: "http://pcisig.com/pci/\(vendor)/\(device)")
  }

  public static let virtioNet = pci("1af4", "1000")
  public static let virtioBlock = pci("1af4", "1001")
  public static let virtioConsole = pci("1af4", "1003")
  public static let virtioSCSI = pci("1af4", "1004")
  public static let virtioRNG = pci("1af4", "1005")
  /// Of virtio 1.0, which PCI Express slots want.
  public static let virtio1Net = pci("1af4", "1041")
  public static let virtio1Block = pci("1af4", "1042")
  public static let virtio1Console = pci("1af4", "1043")
  public static let virtio1RNG = pci("1af4", "1044")
  public static let virtio1SCSI = pci("1af4", "1048")
  public static let virtioGPU = pci("1af4", "1050")
  public static let qxl = pci("1b36", "0100")
  public static let vga = pci("1234", "1111")
  public static let e1000 = pci("8086", "100e")
  public static let e1000e = pci("8086", "10d3")
  public static let rtl8139 = pci("10ec", "8139")
  public static let ne2000 = pci("10ec", "8029")
  public static let pcnet = pci("1022", "2000")
  public static let ich6 = pci("8086", "2668")
  public static let ich9 = pci("8086", "293e")
  public static let ac97 = pci("8086", "2415")
  public static let tablet = DeviceID(rawValue: "http://usb.org/usb/80ee/0021")
  public static let q35 = DeviceID(rawValue: "http://qemu.org/chipset/x86/q35")
}

/// What was found under the identifier of an operating system.
public enum OSLookup: Sendable, Hashable {
  case known(OSProfile)
  /// The database is older than this version of the system; the newest earlier one that it has.
  case older(OSProfile)
  /// There is none; the nearest identifier that there is.
  case unknown(suggestion: String?)
  /// There is no database on this machine: why.
  case noDatabase(String)

  /// What is known, of the system itself or of an earlier version.
  public var profile: OSProfile? {
    switch self {
    case .known(let profile), .older(let profile): profile
    case .unknown, .noDatabase: nil
    }
  }
}

/// What manifests' operating systems are, and of when the database is that says so.
public struct OSCatalog: Sendable, Hashable {
  /// By the identifier as a manifest spells it.
  public var systems: [String: OSLookup]
  /// `osinfo-db 20221203`; empty where there is none.
  public var database: String

  public init(systems: [String: OSLookup] = [:], database: String = "") {
    self.systems = systems
    self.database = database
  }
}
