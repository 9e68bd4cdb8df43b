import Model

/// Whether what others need of a network or pool will be there: that it runs when their steps come.
enum Availability {
  /// Blocks steps that libvirt would refuse because a network does not run. A guest that runs is not stopped for a
  /// restart that could not bring it back.
  static func guarded(_ steps: [Step], _ view: HostView) -> [Step] {
    let refused = Set(steps.filter { $0.action == .adopt && $0.blocked != nil }.map(\.object))
    var reasons: [String: String?] = [:]
    return steps.map { step in
      if let blockage = closedPool(step, view) {
        var copy = step
        copy.blocked = blockage
        return copy
      }
      guard step.object.kind == .guest, step.blocked == nil, needsNetworks(step) else {
        return step
      }
      let name = step.object.name
      let reason = reasons[name] ?? self.reason(step.object, view, refused)
      reasons[name] = .some(reason)
      guard let reason else { return step }
      var copy = step
      copy.blocked = Blockage(
        .dependency, reason,
        remedy: "declare the network with 'power: running', start it, or take the interface out")
      return copy
    }
  }

  private static func closedPool(_ step: Step, _ view: HostView) -> Blockage? {
    switch step.operation {
    case .createVolume, .uploadVolume, .resizeVolume, .removeVolume: break
    default: return nil
    }
    guard step.blocked == nil, let (pool, _) = step.object.poolAndVolume,
      let reason = closed(.pool, pool, view, isActive: view.pool(pool)?.active)
    else { return nil }
    return Blockage(
      .dependency, reason, remedy: "declare the pool with 'power: running', or start it")
  }

  private static func needsNetworks(_ step: Step) -> Bool {
    switch (step.operation, step.reason) {
    case (.startGuest, _), (.installGuest, _), (.shutDownGuest, .pendingRestart): true
    case (.attachDevice(list: "interfaces", _), _): true
    default: false
    }
  }

  /// - Parameter refused: objects that are not the stack's to start.
  private static func reason(
    _ guest: ObjectID, _ view: HostView, _ refused: Set<ObjectID>
  ) -> String? {
    let object = view.object(.guest, guest.name)
    let observed = object.flatMap(view.guest(for:)) ?? view.guest(guest.name)
    let interfaces = object?.spec["interfaces"] ?? observed?.spec["interfaces"]
    for name in (interfaces?.list ?? []).compactMap({ $0.record?.string("network") }) {
      let isActive = view.network(name)?.active
      if let reason = closed(.network, name, view, isActive: isActive) { return reason }
      let id = ObjectID(host: view.host.name, kind: .network, name: name)
      if isActive == false, refused.contains(id) {
        return "network '\(name)' does not run, and may not be started"
      }
    }
    return nil
  }

  /// Why a network or pool will not run; nil when it will.
  ///
  /// - Parameter isActive: nil when there is no such object.
  private static func closed(
    _ kind: Kind, _ name: String, _ view: HostView, isActive: Bool?
  ) -> String? {
    let inactive = "\(kind.word) '\(name)' does not run"
    let object = view.object(kind, name)
    guard let object, !object.isExternal else {
      // Of one that is declared a step says that it is absent.
      if isActive == nil { return object == nil ? "the host has no \(kind.word) '\(name)'" : nil }
      return isActive == false ? inactive : nil
    }
    switch object.power {
    case "running": return nil
    case "stopped": return "\(kind.word) '\(name)' is declared with 'power: stopped'"
    default: return isActive == true ? nil : inactive
    }
  }
}
