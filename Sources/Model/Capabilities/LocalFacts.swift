/// What this machine tells of itself, beside what libvirt does: only of use where the hypervisor is on it.
///
/// What is nil could not be read.
public struct LocalFacts: Sendable, Hashable {
  /// Whether a device file can be used.
  public enum Device: String, Sendable, Hashable {
    case absent
    /// It is there, and this user may not open it.
    case denied
    case usable
  }

  /// The control groups that are mounted.
  public struct ControlGroups: Sendable, Hashable {
    /// 1 or 2; 0 when there are none.
    public var version: Int
    public var controllers: Set<String>

    public init(version: Int, controllers: Set<String>) {
      self.version = version
      self.controllers = controllers
    }
  }

  /// A program that runs.
  public struct Process: Sendable, Hashable {
    public var name: String
    /// Bytes of memory that are its own at the moment.
    public var memory: Int64

    public init(name: String, memory: Int64) {
      self.name = name
      self.memory = memory
    }
  }

  /// As the kernel spells them: `vmx`, `svm`, `hypervisor`.
  public var processorFlags: Set<String>?
  public var kvmDevice: Device?
  /// Loaded kernel modules of KVM: `kvm_intel`, `kvm_amd`.
  public var kvmModules: [String]?
  /// Whether guests can have KVM themselves.
  public var isNested: Bool?
  public var controlGroups: ControlGroups?
  /// Whether `swtpm` is among the programs.
  public var hasSoftwareTPM: Bool?
  /// Whether the kernel takes its clock to be synchronised.
  public var isClockSynchronized: Bool?
  public var processes: [Process]?

  public init() {}
}
