import Model

/// How a guest meets its hypervisor: full or para virtualization, and by which devices, with the reasons.
///
/// A pure function of what the manifest says, the operating system, and what the host can do.
public struct VirtualizationChoice: Sendable, Hashable {
  /// The family of devices that the guest gets where its manifest names none.
  public enum Drivers: String, Sendable, Hashable {
    /// Paravirtual devices of QEMU's.
    case virtio
    /// Paravirtual devices of Xen's.
    case xen
    /// Paravirtual devices of VMware's: vmxnet3, pvscsi.
    case vmware
    /// Devices that there are as hardware, too.
    case emulated
    /// Those that the hypervisor gives by itself: virtspec knows nothing about it.
    case native
  }

  /// libvirt's name of the hypervisor; nil where nothing says it.
  public var virtType: String?
  /// libvirt's name of the kind of guest: `hvm`, `xen` (PV), `xenpvh`.
  public var osType: String
  public var drivers: Drivers
  /// Sentences, in the order of thought.
  public var reasons: [String]
  /// Half a sentence: why the hypervisor's type is what it is.
  public var typeReason = "it is what the host has"
  /// Sentences that must be said.
  public var notes: [String] = []
  public var refusal: GuestProfile.Refusal?

  /// The reasoning as one paragraph.
  public var reasoning: String { (reasons + notes).joined(separator: " ") }

  /// Chooses.
  public static func make(_ question: VirtualizationQuestion) -> VirtualizationChoice {
    switch question.hypervisor {
    case .qemu: QEMUChoice(question).made()
    case .xen: XenChoice(question).made()
    case .vmware: VMwareChoice(question).made()
    case .other(let name): OtherChoice(question, name).made()
    }
  }
}

/// What a choice is about.
public struct VirtualizationQuestion: Sendable {
  /// Which hypervisor it is, by what it says of itself, else by the URI.
  public enum Hypervisor: Sendable, Hashable {
    case qemu, xen, vmware
    case other(String)
  }

  /// The fields that the manifest declares.
  public let guest: Record
  /// Nil where the manifest names none, or where nothing is known of it.
  public let os: OSProfile?
  public let capabilities: HostCapabilities
  /// Flags of the host's processors, such as vmx; nil where they were not read.
  public let processorFlags: Set<String>?
  /// What the machine tells of itself; nil where it is another one.
  public let local: LocalFacts?
  public let hypervisor: Hypervisor

  public init(
    guest: Record, os: OSProfile?, uri: String, capabilities: HostCapabilities,
    processorFlags: Set<String>? = nil, local: LocalFacts? = nil
  ) {
    self.guest = guest
    self.local = local
    self.os = os
    self.capabilities = capabilities
    self.processorFlags = processorFlags
    hypervisor = Self.hypervisor(guest, capabilities, uri)
  }

  /// The architecture of the guest: as declared, else the host's.
  var arch: String {
    if let arch = guest.string("arch") { return arch }
    return capabilities.arch.isEmpty ? "x86_64" : capabilities.arch
  }

  /// `auto` where the manifest is silent.
  var virtualization: String { guest.string("virtualization") ?? "auto" }
  var drivers: String { guest.string("drivers") ?? "auto" }

  /// The operating system as a sentence names it.
  var osName: String { os?.name ?? guest.osID.map { "'\($0)'" } ?? "the guest" }

  /// Whether a disc with drivers of this kind is in one of the guest's drives, or lies beside its installer.
  func hasDisc(_ word: String) -> Bool {
    let drives = guest.records("disks").filter { $0.string("device") == "cdrom" }
    let beside = guest.record("install")?.record("drivers")
    return (drives + [beside].compactMap(\.self)).contains { disc in
      ["file", "volume", "block", "image"].contains {
        disc.string($0)?.lowercased().contains(word) == true
      }
    }
  }

  private static func hypervisor(
    _ guest: Record, _ capabilities: HostCapabilities, _ uri: String
  ) -> Hypervisor {
    let scheme = uri.prefix { $0 != ":" && $0 != "+" }
    let told = Set(capabilities.guests.flatMap(\.virtTypes))
    if let declared = guest.string("virtType").flatMap(kind(ofType:)) { return declared }
    for type in ["kvm", "qemu", "xen", "vmware"] where told.contains(type) {
      if let kind = kind(ofType: type) { return kind }
    }
    if let other = told.min() { return .other(other) }
    switch scheme {
    case "qemu": return .qemu
    case "xen", "libxl": return .xen
    case "esx", "vpx", "gsx", "vmwareplayer", "vmwarews", "vmwarefusion": return .vmware
    default: return .other(String(scheme))
    }
  }

  private static func kind(ofType type: String) -> Hypervisor? {
    switch type {
    case "kvm", "qemu", "hvf": .qemu
    case "xen": .xen
    case "vmware": .vmware
    default: nil
    }
  }
}

extension Record {
  /// The identifier of the guest's operating system.
  public var osID: String? { record("os")?.string("id") }
  /// Whether an existing guest follows what its operating system's profile says now.
  public var followsProfile: Bool { record("os")?.string("defaults") == "follow" }
  /// Whether the guest says anything that a profile answers.
  public var wantsProfile: Bool {
    self["os"] != nil || self["virtualization"] != nil || self["drivers"] != nil
  }
}
