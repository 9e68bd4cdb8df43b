/// What guests of one platform can have (https://libvirt.org/formatdomaincaps.html).
///
/// An older libvirt does not report all of it. What it does not report is nil: unknown, not absent.
public struct DomainCapabilities: Sendable, Hashable {
  /// A device or feature: whether there is such a thing, and the values that parts of it take.
  public struct Feature: Sendable, Hashable {
    /// Nil when it is not reported.
    public var isSupported: Bool?
    /// The values by the enum's name: `bus` has `virtio` and `scsi`.
    public var enums: [String: [String]]

    public init(isSupported: Bool? = nil, enums: [String: [String]] = [:]) {
      self.isSupported = isSupported
      self.enums = enums
    }

    /// The values of an enum; nil when it is not reported. What is not supported takes none.
    public subscript(name: String) -> [String]? {
      isSupported == false ? [] : enums[name]
    }
  }

  /// A named CPU model.
  public struct Model: Sendable, Hashable {
    public var name: String
    /// Whether this host can give it to a guest; nil when libvirt does not know.
    public var isUsable: Bool?

    public init(name: String, isUsable: Bool? = nil) {
      self.name = name
      self.isUsable = isUsable
    }
  }

  public var emulator: String?
  /// `kvm`, `qemu`, `xen`.
  public var virtType: String?
  /// The versioned type where an alias was asked for.
  public var machine: String?
  public var arch: String?
  public var maximumCPUs: Int64?
  public var hasIOThreads: Bool?
  /// `os`, with the enum `firmware`: `bios`, `efi`.
  public var firmware = Feature()
  /// `os/firmwareFeatures`, with the enums `secureBoot` and `enrolledKeys`.
  public var firmwareFeatures = Feature()
  /// `os/loader`, with the enums `type`, `readonly` and `secure`.
  public var loader = Feature()
  /// Paths of firmware images.
  public var loaders: [String] = []
  /// `host-passthrough`, `maximum`, `host-model`, `custom`; empty when it is not reported.
  public var cpuModes: [String: Bool] = [:]
  /// The models of the mode `custom`.
  public var cpuModels: [Model] = []
  /// The model that `host-model` stands for.
  public var hostModel: String?
  /// Features that `host-model` adds to its model, by their policy.
  public var hostModelFeatures: [String: String] = [:]
  /// `memoryBacking`, with the enum `sourceType`.
  public var memoryBacking = Feature()
  /// `disk`, `graphics`, `video`, `hostdev`, `rng`, `filesystem`, `tpm`, `redirdev`, `channel`, `crypto`, …
  public var devices: [String: Feature] = [:]
  /// `sev`, `sgx`, `launchSecurity`, `hyperv`, `gic`, `vmcoreinfo`, …
  public var features: [String: Feature] = [:]

  public init() {}

  /// The values that a part of a device takes; nil when they are not reported.
  public func values(_ device: String, _ name: String) -> [String]? { devices[device]?[name] }

  /// Whether guests can be started by UEFI; nil when it is not told.
  public var hasUEFI: Bool? {
    if let kinds = firmware["firmware"] { return kinds.contains("efi") }
    return loader["type"].map { $0.contains("pflash") }
  }

  /// Whether there is a UEFI firmware with Secure Boot; nil when it is not told.
  public var hasSecureBoot: Bool? {
    if hasUEFI == false { return false }
    if let answers = firmwareFeatures["secureBoot"] { return answers.contains("yes") }
    return loader["secure"].map { $0.contains("yes") }
  }
}
