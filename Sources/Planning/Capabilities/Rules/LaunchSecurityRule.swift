import Model

/// The host can keep a guest's memory from itself, in the way that is asked for.
enum LaunchSecurityRule: CapabilityRule {
  static func refusals(_ question: CapabilityQuestion) -> [Refusal] {
    guard let type = question.guest.record("launchSecurity")?.string("type"),
      let domain = question.domain
    else { return [] }
    let types = domain.features["launchSecurity"]?["sectype"]
    // Before 10.0 libvirt tells only of sev.
    let older = domain.features[type.hasPrefix("sev") ? "sev" : type]?.isSupported
    let has = types.map { $0.contains(type) } ?? older
    guard has == false else { return [] }
    return [
      Refusal(
        "launchSecurity.type",
        "the host has no launch security of the type \(type)"
          + (types.map { $0.isEmpty ? "" : "; it has \(WordList.text($0))" } ?? ""),
        remedy: "turn it on in the host's firmware and kernel, or declare another host")
    ]
  }
}
