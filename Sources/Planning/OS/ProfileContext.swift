import Model

/// What the rules of a profile look at, and what they fill in.
struct ProfileContext {
  /// The fields that the manifest declares.
  let guest: Record
  let question: VirtualizationQuestion
  let choice: VirtualizationChoice
  /// What guests of the chosen platform can have; nil where that is not known.
  let domain: DomainCapabilities?

  /// In the order of the rules.
  private(set) var defaults: [GuestProfile.Default] = []
  var notes: [String] = []
  var refusal: GuestProfile.Refusal?
  /// The guest with what was filled in so far.
  private(set) var filled: Record

  init(
    _ question: VirtualizationQuestion, _ choice: VirtualizationChoice, domain: DomainCapabilities?
  ) {
    guest = question.guest
    filled = question.guest
    self.question = question
    self.choice = choice
    self.domain = domain
  }

  var os: OSProfile? { question.os }
  var arch: String { question.arch }
  var isX86: Bool { ["x86_64", "i686"].contains(arch) }
  var isQEMU: Bool { question.hypervisor == .qemu }
  var isXen: Bool { question.hypervisor == .xen }
  /// With KVM; also where no host was asked, as libvirt has it by default.
  var hasKVM: Bool { isQEMU && ["kvm", nil].contains(choice.virtType) }
  /// The machine, as declared or filled in; where nobody says it, what virtspec implies.
  var machine: String { filled.string("machine") ?? "q35" }
  var isQ35: Bool { machine.contains("q35") }

  /// Fills a field in, unless the manifest or a rule before has it.
  mutating func fill(_ path: String, _ value: Value, because reason: String) {
    let item = GuestProfile.Default(path: path, value: value, reason: reason)
    let result = filled.filled([item])
    if result.filled.isEmpty, !path.contains("[]") { return }
    if defaults.contains(where: { $0.path == path }) { return }
    filled = result.record
    defaults.append(item)
  }

  /// Whether the operating system has a driver by itself.
  func has(_ devices: DeviceID...) -> Bool {
    os.map { !$0.devices.isDisjoint(with: devices) } ?? false
  }

  /// Whether it has one, or gets one with the drivers that were chosen.
  func gets(_ devices: DeviceID...) -> Bool {
    guard let os else { return false }
    if !os.devices.isDisjoint(with: devices) { return true }
    return choice.drivers == .virtio && !os.brought(arch).isDisjoint(with: devices)
  }

  /// Whether the host's guests can have it, as far as the host tells.
  func offers(_ device: String, _ name: String, _ value: String) -> Bool {
    domain?.values(device, name)?.contains(value) ?? true
  }

  /// The first of some values that the host's guests can have.
  func first(_ values: [String], of device: String, _ name: String) -> String? {
    values.first { offers(device, name, $0) }
  }
}

/// One rule of what an operating system's profile fills in.
protocol ProfileRule: Sendable {
  static func apply(to context: inout ProfileContext)
}

/// Every rule, in their order: later ones see what earlier ones have filled in.
enum ProfileRules {
  static let all: [any ProfileRule.Type] = [
    VirtualizationDefault.self, MachineDefault.self, FirmwareDefault.self, TPMDefault.self,
    ResourcesDefault.self,
    ProcessorDefault.self, ClockDefault.self, HyperVDefault.self, DiskDefault.self,
    SCSIControllerDefault.self,
    InterfaceDefault.self, ConsoleDefault.self, VideoDefault.self, InputDefault.self,
    SoundDefault.self,
    RandomDefault.self, AgentDefault.self,
  ]
}
