import Model

/// The hypervisor takes guests of the type; KVM can be used.
enum VirtTypeRule: CapabilityRule {
  static func refusals(_ question: CapabilityQuestion) -> [Refusal] {
    let types = Set(question.kinds.flatMap(\.virtTypes)).sorted()
    guard let type = question.platform.virtType, !types.isEmpty, !types.contains(type) else {
      return []
    }
    if type == "kvm", types.contains("qemu") { return [withoutKVM(question)] }
    return [
      Refusal(
        "virtType", "the host has no guests of the type \(type), only of \(WordList.text(types))",
        remedy: "declare 'virtType: \(Nearest.word(to: type, among: types) ?? types[0])'")
    ]
  }

  /// Whether the host's processors run guests of the architecture themselves.
  static func isOwn(_ arch: String, of host: String) -> Bool {
    let others = [
      "x86_64": ["i686"], "aarch64": ["armv7l"], "ppc64": ["ppc64le"], "ppc64le": ["ppc64"],
    ]
    return arch == host || others[host]?.contains(arch) == true
  }

  private static func withoutKVM(_ question: CapabilityQuestion) -> Refusal {
    let arch = question.arch
    if !isOwn(arch, of: question.host.arch) {
      return Refusal(
        "virtType",
        "KVM runs guests of the host's own architecture, \(question.host.arch), not \(arch)",
        remedy: "declare 'virtType: qemu' to have it emulated, which is slow, or another host")
    }
    return Refusal(
      "virtType", "KVM cannot be used on the host: \(question.kvm.reason)",
      remedy: question.kvm.remedy
        + "; or declare 'virtType: qemu' to have it emulated, which is slow")
  }
}
