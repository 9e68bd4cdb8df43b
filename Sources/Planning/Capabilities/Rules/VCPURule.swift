import Model

/// The machine type takes as many virtual CPUs.
enum VCPURule: CapabilityRule {
  static func refusals(_ question: CapabilityQuestion) -> [Refusal] {
    let cpus = question.guest.record("cpus")
    let isMaximum = cpus?["max"] != nil && cpus?.integer("max") != cpus?.integer("count")
    guard let wanted = cpus?.integer("max") ?? cpus?.integer("count") else { return [] }
    let machine = question.platform.machine
    let named = question.kinds.flatMap(\.machineTypes).first { $0.name == machine }
    let limits = [named?.maximumCPUs, question.domain?.maximumCPUs].compactMap { $0 }
    guard let limit = limits.min(), wanted > limit else { return [] }
    let what = machine.map { "the machine type \($0)" } ?? "the machine"
    return [
      Refusal(
        isMaximum ? "cpus.max" : "cpus.count",
        "\(what) takes at most \(limit) virtual CPUs, and \(wanted) are declared",
        remedy: "declare \(limit) or fewer, or another machine type")
    ]
  }
}
