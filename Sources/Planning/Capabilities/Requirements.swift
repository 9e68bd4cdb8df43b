import Model

/// Something that a Host manifest requires and that is not so.
public struct UnmetRequirement: Sendable, Hashable {
  public var host: String
  /// The field under `requires`: `libvirt`, `cpuFlags[1]`, `freeSpace.images`.
  public var path: String
  /// What is required, and what there is.
  public var message: String
  public var remedy: String
}

/// Holds hosts against what their manifests require.
public enum Requirements {
  /// What a host must be asked for.
  static func facts(_ requires: Record) -> Set<HostFacts.Part> {
    var parts: Set<HostFacts.Part> = []
    for entry in requires.entries {
      switch entry.name {
      case "hypervisor", "libvirt", "hypervisorVersion", "cpus", "memory": parts.insert(.machine)
      case "cpuFlags": parts.insert(.processorFlags)
      case "freeSpace": parts.insert(.pools)
      default: break
      }
    }
    return parts
  }

  /// Whether it must be known what guests can have.
  public static func asksForGuests(_ requires: Record) -> Bool {
    requires["tpm"] != nil || requires["firmware"] != nil
  }

  /// Everything that is not as required, on hosts that were asked.
  public static func unmet(
    _ desired: Desired, _ readings: [String: HostReading]
  ) -> [UnmetRequirement] {
    desired.hosts.flatMap { host -> [UnmetRequirement] in
      guard case .read(let observed)? = readings[host.name] else { return [] }
      return unmet(host, observed.knowledge)
    }
  }

  /// Everything that is not as required. Before the host was asked nothing is known.
  static func unmet(_ host: DesiredHost, _ knowledge: HostKnowledge) -> [UnmetRequirement] {
    guard let requires = host.requires, knowledge.facts != nil || knowledge.problem != nil else {
      return []
    }
    let question = RequirementQuestion(host: host.name, knowledge)
    return requires.entries.flatMap { question.answer($0.name, $0.value) }
  }

  /// Nothing is done on a host that is not as required.
  static func guarded(_ steps: [Step], _ view: HostView) -> [Step] {
    if steps.isEmpty || view.host.requires == nil { return steps }
    guard let first = unmet(view.host, view.observed.knowledge).first else { return steps }
    return steps.map { step in
      if step.blocked != nil { return step }
      var copy = step
      copy.blocked = Blockage(
        .requirement, "host/\(view.host.name) is not as its manifest requires: \(first.message)",
        remedy: first.remedy)
      return copy
    }
  }
}

/// One host, held against one requirement after the other.
private struct RequirementQuestion {
  let host: String
  let knowledge: HostKnowledge
  let examination: HostExamination

  init(host: String, _ knowledge: HostKnowledge) {
    self.host = host
    self.knowledge = knowledge
    let platform = HostExamination.usualPlatform(knowledge.capabilities)
    examination = HostExamination(
      capabilities: knowledge.capabilities, facts: knowledge.facts ?? HostFacts(),
      local: knowledge.local, usual: platform.flatMap { knowledge.capabilities[$0] })
  }

  private var facts: HostFacts { examination.facts }

  func answer(_ name: String, _ value: Value) -> [UnmetRequirement] {
    switch name {
    case "hypervisor":
      return [
        text(
          name, value.string, facts.hypervisor.map(HypervisorName.word), "its hypervisor is",
          remedy: "correct the host's URI, or the requirement")
      ].compactMap { $0 }
    case "libvirt":
      return version(name, value, facts.libvirtVersion, "libvirt")
    case "hypervisorVersion":
      return version(name, value, facts.hypervisorVersion, facts.hypervisor ?? "the hypervisor")
    case "kvm", "nested", "iommu", "tpm": return truth(name, value.boolean)
    case "firmware":
      return (value.list ?? []).enumerated().compactMap { firmware($0, $1.string ?? "") }
    case "cpuFlags":
      return (value.list ?? []).enumerated().compactMap { flag($0, $1.string ?? "") }
    case "cpus":
      return [
        atLeast(name, value.integer, facts.cpus, "processors", { String($0) })
      ].compactMap { $0 }
    case "memory":
      return [
        atLeast(name, value.integer, facts.memory, "of memory", SizeText.rounded)
      ].compactMap { $0 }
    case "freeSpace":
      return (value.record?.entries ?? []).compactMap { space($0.name, $0.value.string ?? "") }
    default: return []
    }
  }

  private func unmet(_ path: String, _ message: String, _ remedy: String) -> UnmetRequirement {
    UnmetRequirement(host: host, path: path, message: message, remedy: remedy)
  }

  /// What is required cannot be taken for granted.
  private func unknown(_ path: String, _ what: String) -> UnmetRequirement {
    let reason = knowledge.problem.map { ": \($0)" } ?? ""
    return unmet(
      path, "\(what) is not known over this connection\(reason)",
      "take the requirement out, or see to it that libvirt tells")
  }

  private func text(
    _ path: String, _ wanted: String?, _ found: String?, _ what: String, remedy: String
  ) -> UnmetRequirement? {
    guard let wanted else { return nil }
    guard let found else { return unknown(path, "whether \(what) \(wanted)") }
    return wanted == found ? nil : unmet(path, "\(what) \(found), not \(wanted)", remedy)
  }

  private func version(
    _ path: String, _ value: Value, _ found: Version?, _ what: String
  ) -> [UnmetRequirement] {
    guard let text = value.string, let range = VersionRange(text) else { return [] }
    guard let found else { return [unknown(path, "the version of \(what)")] }
    if range.contains(found) { return [] }
    return [
      unmet(
        path, "it has \(what) \(found), and \(text) is required",
        "upgrade the host, or correct the requirement")
    ]
  }

  private func truth(_ name: String, _ wanted: Bool?) -> [UnmetRequirement] {
    guard let wanted else { return [] }
    let (found, noun, check): (Bool?, String, [Finding])
    switch name {
    case "kvm":
      let state = KVMState(
        examination.capabilities, flags: examination.processorFlags, local: examination.local)
      (found, noun) = (state.isUsable, "KVM")
      check = KVMCheck.findings(examination)
    case "nested":
      (found, noun) = (examination.local?.isNested, "KVM inside of guests")
      check = []
    case "iommu":
      (found, noun) = (examination.hasIOMMU, "passing devices through")
      check = IOMMUCheck.findings(examination)
    default:
      let backends = examination.usual?.values("tpm", "backendModel")
      let isThere = examination.local?.hasSoftwareTPM != false
      (found, noun) = (backends.map { $0.contains("emulator") && isThere }, "a TPM for guests")
      check = TPMCheck.findings(examination)
    }
    guard let found else { return [unknown(name, "whether it has \(noun)")] }
    if found == wanted { return [] }
    if !wanted {
      return [unmet(name, "it has \(noun), which must not be", "correct the requirement")]
    }
    let message = check.first { $0.level != .ok }?.message
    return [
      unmet(
        name, "it does not have \(noun)" + (message.map { " (\($0))" } ?? ""),
        check.first?.remedy
          ?? "load kvm_intel or kvm_amd with nested=1 on the host, or correct the requirement")
    ]
  }

  private func firmware(_ index: Int, _ word: String) -> UnmetRequirement? {
    let found = word == "uefi" ? examination.usual?.hasUEFI : examination.usual?.hasSecureBoot
    let noun = word == "uefi" ? "UEFI firmware" : "firmware with Secure Boot"
    guard let found else { return unknown("firmware[\(index)]", "whether it has \(noun)") }
    if found { return nil }
    return unmet(
      "firmware[\(index)]", "it has no \(noun) for guests",
      "install it on the host: ovmf on Debian, edk2-ovmf on Fedora")
  }

  /// libvirt and the kernel spell a few differently.
  private func flag(_ index: Int, _ name: String) -> UnmetRequirement? {
    guard let flags = knowledge.facts?.processorFlags ?? knowledge.local?.processorFlags else {
      return unknown("cpuFlags[\(index)]", "what its processors can do")
    }
    func key(_ flag: String) -> String { flag.filter { !"._-".contains($0) }.lowercased() }
    if (flags.union(knowledge.local?.processorFlags ?? [])).contains(where: { key($0) == key(name) }
    ) {
      return nil
    }
    let near = Nearest.word(to: name, among: flags.sorted()).map { "; did you mean '\($0)'?" } ?? ""
    return unmet(
      "cpuFlags[\(index)]", "its processors do not have \(name)",
      "take another host, or correct the requirement" + near)
  }

  private func atLeast(
    _ path: String, _ wanted: Int64?, _ found: Int64?, _ unit: String, _ text: (Int64) -> String
  ) -> UnmetRequirement? {
    guard let wanted else { return nil }
    guard let found else { return unknown(path, "how much it has \(unit)") }
    if found >= wanted { return nil }
    return unmet(
      path, "it has \(text(found)) \(unit), and \(text(wanted)) are required",
      "take a larger host, or correct the requirement")
  }

  private func space(_ pool: String, _ text: String) -> UnmetRequirement? {
    guard let wanted = try? Quantity.size(text) else { return nil }
    let path = "freeSpace.\(pool)"
    guard let pools = facts.pools else { return unknown(path, "the free space of its pools") }
    guard let found = pools.first(where: { $0.name == pool }) else {
      let near = Nearest.word(to: pool, among: pools.map(\.name)).map { "; did you mean '\($0)'?" }
      return unmet(
        path, "it has no pool '\(pool)'", "make it, or correct the name" + (near ?? ""))
    }
    guard let available = found.available else {
      return unmet(path, "its pool '\(pool)' is not active", "start it: 'virsh pool-start \(pool)'")
    }
    if available >= wanted { return nil }
    return unmet(
      path, "its pool '\(pool)' has \(SizeText.rounded(available)) free, and \(text) are required",
      "make room in it, or make it larger")
  }
}
