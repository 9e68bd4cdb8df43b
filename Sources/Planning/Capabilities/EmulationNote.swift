import Model

/// Says of new guests that their manifests have emulated that the host could run them itself, or why it cannot.
enum EmulationNote {
  /// Nil where there is nothing to be said.
  static func text(_ question: CapabilityQuestion) -> String? {
    guard question.platform.virtType == "qemu", question.host.isKnown,
      VirtTypeRule.isOwn(question.arch, of: question.host.arch)
    else { return nil }
    let emulated = "QEMU emulates it in software, as its manifest says"
    if question.kinds.contains(where: { $0.virtTypes.contains("kvm") }) {
      return "\(emulated), although the host has KVM: it will be slow; 'virtType: kvm' is faster."
    }
    if question.kvm.reason.isEmpty { return nil }
    return
      "\(emulated). The host does not have KVM: \(question.kvm.reason). To change that: \(question.kvm.remedy)."
  }

  /// The steps with the note; what was said already is not said again.
  static func noted(_ steps: [Step], _ notes: [ObjectID: String]) -> [Step] {
    if notes.isEmpty { return steps }
    return steps.map { step in
      guard step.action == .create, step.notes == nil, let note = notes[step.object],
        case .defineGuest? = step.operation
      else { return step }
      var copy = step
      copy.notes = [note]
      return copy
    }
  }
}
