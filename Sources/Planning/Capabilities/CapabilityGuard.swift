import Model

/// Something that a guest asks for and its host cannot give.
public struct Refusal: Sendable, Hashable {
  /// The field of the guest that asks for it: `disks[vda].bus`.
  public var path: String
  /// What is asked for, and what the host has.
  public var message: String
  /// What to do instead.
  public var remedy: String

  public init(_ path: String, _ message: String, remedy: String) {
    self.path = path
    self.message = message
    self.remedy = remedy
  }
}

/// What a rule decides on.
struct CapabilityQuestion: Sendable {
  /// What the guest is to have.
  let guest: Record
  let platform: GuestPlatform
  let host: HostCapabilities
  /// Whether KVM can be used, and why not.
  let kvm: KVMState

  /// What guests of the platform can have; nil when it is not known.
  var domain: DomainCapabilities? { host[platform] }

  /// The guest's architecture.
  var arch: String { platform.arch ?? host.arch }

  /// The kinds of guests of its architecture.
  var kinds: [HostCapabilities.Guest] { host.guests.filter { $0.arch == arch } }
}

/// One thing that a host may not be able to give. Each rule has a file and a test of its own.
///
/// What the host does not tell is unknown, and nothing is refused for it: the hypervisor has the last word.
protocol CapabilityRule: Sendable {
  static func refusals(_ question: CapabilityQuestion) -> [Refusal]
}

/// Blocks what hosts cannot do, as far as their capabilities were read.
enum CapabilityGuard {
  private static let rules: [any CapabilityRule.Type] = [
    ArchitectureRule.self, VirtTypeRule.self, EmulatorRule.self, MachineRule.self,
    VCPURule.self, CPUModeRule.self, CPUModelRule.self, FirmwareRule.self, TPMRule.self,
    DeviceRule.self, LaunchSecurityRule.self,
  ]

  /// Everything that is refused.
  static func refusals(_ question: CapabilityQuestion) -> [Refusal] {
    rules.flatMap { $0.refusals(question) }
  }

  /// Blocks the steps of guests that ask for what the host cannot give. Of a guest that is there only what changes
  /// is looked at: what it has, it has.
  static func guarded(_ steps: [Step], _ view: HostView) -> [Step] {
    let knowledge = view.observed.knowledge
    guard knowledge.capabilities.isKnown else { return steps }
    let kvm = KVMState(
      knowledge.capabilities,
      flags: knowledge.local?.processorFlags ?? knowledge.facts?.processorFlags,
      local: knowledge.local)
    var found: [ObjectID: Blockage] = [:]
    var notes: [ObjectID: String] = [:]
    for step in steps where step.object.kind == .guest && found[step.object] == nil {
      guard let (guest, platform, roots) = asked(step, view) else { continue }
      let question = CapabilityQuestion(
        guest: guest, platform: platform, host: knowledge.capabilities, kvm: kvm)
      let refusal = refusals(question).first { roots?.contains($0.root) ?? true }
      if let refusal {
        found[step.object] = Blockage(refusal)
      } else if step.action == .create, let note = EmulationNote.text(question) {
        notes[step.object] = note
      }
    }
    let steps = EmulationNote.noted(steps, notes)
    if found.isEmpty { return steps }
    return steps.map { step in
      guard let blockage = found[step.object], step.blocked == nil,
        isStopped(step, isNew: view.guest(step.object.name) == nil)
      else { return step }
      var copy = step
      copy.blocked = blockage
      return copy
    }
  }

  /// Whether a step is not taken for a guest that asks for something impossible: it is neither changed, nor started
  /// as what it must not stay.
  private static func isStopped(_ step: Step, isNew: Bool) -> Bool {
    if isNew || !step.changes.isEmpty || step.action == .rename { return true }
    switch (step.operation, step.reason) {
    case (.startGuest, _), (.shutDownGuest, .pendingRestart): return true
    default: return false
    }
  }

  /// What a step asks for: the guest's fields, its platform, and the fields that change (nil for all of them).
  private static func asked(
    _ step: Step, _ view: HostView
  ) -> (guest: Record, platform: GuestPlatform, roots: Set<Substring>?)? {
    guard let object = view.object(.guest, step.object.name) else { return nil }
    if step.action == .create, case .defineGuest(let definition)? = step.operation {
      return (definition.spec, GuestPlatform(definition.spec), nil)
    }
    guard let observed = view.guest(for: object),
      let platform = view.observed.knowledge.platforms[observed.name]
    else { return nil }
    let roots = Set(step.changes.filter(\.isAsked).map(\.root))
    return roots.isEmpty ? nil : (object.spec, platform.declaring(object.spec), roots)
  }
}

extension Refusal {
  fileprivate var root: Substring { path.prefix { $0 != "." && $0 != "[" } }
}

extension Blockage {
  fileprivate init(_ refusal: Refusal) {
    self.init(.unsupported, refusal.message, remedy: refusal.remedy)
    path = refusal.path
  }
}

extension GuestPlatform {
  /// The platform with what a guest's fields say laid over it. Another type or architecture has another emulator
  /// and other machines.
  public func declaring(_ guest: Record) -> GuestPlatform {
    var result = self
    if let arch = guest.string("arch"), arch != result.arch {
      result = GuestPlatform(virtType: result.virtType, arch: arch)
    }
    if let type = guest.string("virtType") { result.virtType = type }
    if let machine = guest.string("machine") { result.machine = machine }
    if let emulator = guest.string("emulator") { result.emulator = emulator }
    return result
  }
}

/// Lists of words as sentences have them.
enum WordList {
  /// `a, b and c`.
  static func text(_ words: [String]) -> String {
    guard let last = words.last else { return "none" }
    return words.count == 1
      ? last : words.dropLast().joined(separator: ", ") + " and " + last
  }

  /// Some of many.
  static func some(_ words: [String], limit: Int = 8) -> String {
    if words.count <= limit { return text(words) }
    return words.prefix(limit).joined(separator: ", ") + " and \(words.count - limit) more"
  }

  /// What to write instead of a word.
  static func instead(of word: String, among words: [String]) -> String {
    if let near = Nearest.word(to: word, among: words) { return "'\(near)'" }
    if words.count == 1 { return "'\(words[0])'" }
    return "one of these"
  }
}
