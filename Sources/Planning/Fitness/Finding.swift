import Model

/// One line of what `doctor` says of a host.
public struct Finding: Sendable, Hashable {
  /// How good it is.
  public enum Level: String, Sendable, Hashable, CaseIterable {
    case ok
    /// It works, and could be better.
    case warning
    /// Guests suffer from it.
    case failure
    /// It cannot be known over this connection.
    case unknown
  }

  /// What was looked at, by a stable name for scripts: `kvm`, `pool`.
  public var check: String
  /// Which one of several: the pool's name.
  public var subject: String?
  public var level: Level
  /// What there is, in one sentence without a full stop.
  public var message: String
  /// What to do about it.
  public var remedy: String?

  public init(
    _ check: String, _ level: Level, _ message: String, subject: String? = nil,
    remedy: String? = nil
  ) {
    self.check = check
    self.subject = subject
    self.level = level
    self.message = message
    self.remedy = remedy
  }

  /// What cannot be known over this connection.
  static func unknown(_ check: String, _ what: String) -> Finding {
    Finding(check, .unknown, "\(what): not known over this connection")
  }
}

/// Everything that is known of a host.
public struct HostExamination: Sendable {
  public var capabilities: HostCapabilities
  public var facts: HostFacts
  /// Nil where the hypervisor is on another machine.
  public var local: LocalFacts?
  /// What guests can have that say nothing about their platform; nil when it is not known.
  public var usual: DomainCapabilities?

  public init(
    capabilities: HostCapabilities, facts: HostFacts, local: LocalFacts? = nil,
    usual: DomainCapabilities? = nil
  ) {
    self.capabilities = capabilities
    self.facts = facts
    self.local = local
    self.usual = usual
  }

  /// Every check, in the order in which they are shown.
  private static let checks: [@Sendable (HostExamination) -> [Finding]] = [
    HypervisorCheck.findings, ProcessorCheck.findings, VirtualizationCheck.findings,
    KVMCheck.findings, GuestKindsCheck.findings, NestedCheck.findings, IOMMUCheck.findings,
    HugePagesCheck.findings, NUMACheck.findings, ControlGroupsCheck.findings,
    FirmwareCheck.findings, TPMCheck.findings, SecurityCheck.findings, MemoryCheck.findings,
    VCPUCheck.findings, PoolCheck.findings, ClockCheck.findings, ServicesCheck.findings,
  ]

  /// What is to be said of the host.
  public var findings: [Finding] { Self.checks.flatMap { $0(self) } }

  /// The platform whose guests say nothing about it: what new guests get by default.
  public static func usualPlatform(_ capabilities: HostCapabilities) -> GuestPlatform? {
    let arch = capabilities.arch
    guard let guest = capabilities.guest("hvm", arch) ?? capabilities.guests.first else {
      return nil
    }
    let type = ["kvm", "xen", "qemu"].first(where: guest.virtTypes.contains)
    let machine = ["q35", "virt", "xenfv"].first { name in
      guest.machineTypes.contains { $0.name == name }
    }
    return GuestPlatform(
      virtType: type ?? guest.virtTypes.first, arch: guest.arch, machine: machine)
  }

  /// Whether it is QEMU that runs the guests.
  var isQEMU: Bool { virtTypes.contains("qemu") || virtTypes.contains("kvm") }
  var isXen: Bool { virtTypes.contains("xen") }
  /// Whether there is no machine behind it: libvirt's test driver.
  var isMock: Bool { virtTypes == ["test"] }

  var virtTypes: Set<String> { Set(capabilities.guests.flatMap(\.virtTypes)) }

  /// Whether devices can be passed through; nil when it is not known. Drivers that do not look say no.
  var hasIOMMU: Bool? { isQEMU || isXen ? capabilities.hasIOMMU : nil }

  /// Flags of the processors, in the words of the machine itself or of libvirt; nil when they are not known.
  var processorFlags: Set<String>? { local?.processorFlags ?? facts.processorFlags }
}
