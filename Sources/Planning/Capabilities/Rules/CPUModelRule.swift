import Model

/// The host knows the CPU model, and can give it to guests.
enum CPUModelRule: CapabilityRule {
  static func refusals(_ question: CapabilityQuestion) -> [Refusal] {
    let cpus = question.guest.record("cpus")
    guard let name = cpus?.string("model"), let models = question.domain?.cpuModels,
      !models.isEmpty, [nil, "custom"].contains(cpus?.string("mode"))
    else { return [] }
    let usable = models.filter { $0.isUsable == true }.map(\.name).sorted()
    guard let model = models.first(where: { $0.name == name }) else {
      let near = Nearest.word(to: name, among: models.map(\.name).sorted())
      return [
        Refusal(
          "cpus.model",
          "the host knows no CPU model \(name); it can give guests \(WordList.some(usable))",
          remedy: near.map { "did you mean '\($0)'?" } ?? "declare 'mode: host-model' instead")
      ]
    }
    // Without a check libvirt leaves out what the host lacks.
    guard model.isUsable == false, question.domain?.virtType == "kvm",
      cpus?.string("check") != "none"
    else { return [] }
    return [
      Refusal(
        "cpus.model",
        "the host's processors cannot give guests the CPU model \(name); they can give \(WordList.some(usable))",
        remedy: "declare 'mode: host-model' instead, or a host with newer processors")
    ]
  }
}
