import Model

/// Whether what others need of a network or pool will be there: that it runs when their steps come.
enum Availability {
  /// Blocks steps that libvirt would refuse because a network does not run. A guest that runs is not stopped for a
  /// restart that could not bring it back.
  static func guarded(_ steps: [Step], _ view: HostView) -> [Step] {
    let refused = Set(steps.filter { $0.action == .adopt && $0.blocked != nil }.map(\.object))
    var blockages: [String: Blockage?] = [:]
    var leaving: [String: [Record]] = [:]
    for step in steps where step.blocked == nil && step.disruption <= view.options.ceiling {
      guard case .defineGuest(let definition)? = step.operation else { continue }
      leaving[step.object.name] = definition.cleared.compactMap(removedInterface)
    }
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
      let blockage =
        blockages[name]
        ?? self.blockage(step.object, view, refused, without: leaving[name] ?? [])
      blockages[name] = .some(blockage)
      guard let blockage else { return step }
      var copy = step
      copy.blocked = blockage
      return copy
    }
  }

  private static func closedPool(_ step: Step, _ view: HostView) -> Blockage? {
    switch step.operation {
    case .createVolume, .cloneVolume, .uploadVolume, .resizeVolume, .removeVolume: break
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

  /// The key of an interface that a definition takes out.
  private static func removedInterface(_ path: FieldPath) -> Record? {
    guard path.steps.count == 2, path.steps[0] == .field("interfaces"),
      case .item(let key) = path.steps[1]
    else { return nil }
    return key
  }

  /// - Parameters:
  ///   - refused: objects that are not the stack's to start.
  ///   - leaving: keys of the interfaces that the guest has and loses.
  private static func blockage(
    _ guest: ObjectID, _ view: HostView, _ refused: Set<ObjectID>, without leaving: [Record]
  ) -> Blockage? {
    let object = view.object(.guest, guest.name)
    let observed = object.flatMap(view.guest(for:)) ?? view.guest(guest.name)
    let kept = (observed?.spec.records("interfaces") ?? []).filter { interface in
      !leaving.contains { key in
        key.entries.allSatisfy { interface[$0.name] == $0.value }
      }
    }
    let interfaces =
      object?.spec["interfaces"] == nil ? kept : object?.spec.records("interfaces") ?? []
    for name in interfaces.compactMap({ $0.string("network") }) {
      let isActive = view.network(name)?.active
      let id = ObjectID(host: view.host.name, kind: .network, name: name)
      var reason = closed(.network, name, view, isActive: isActive)
      if isActive == false, refused.contains(id) {
        reason = reason ?? "network '\(name)' does not run, and may not be started"
      }
      guard let reason else { continue }
      return Blockage(
        .dependency, reason,
        remedy: "declare the network with 'power: running', start it, or take the interface out")
    }
    let filters = interfaces.compactMap { $0.record("filter")?.string("name") }
    return missingFilter(filters, view).map { name in
      Blockage(
        .dependency, "the host has no network filter '\(name)'",
        remedy: "declare the filter, or take it out of what uses it")
    }
  }

  /// The first of some filters, and of those that they include, that will not be there. Where the stack has none,
  /// the host's were not read.
  private static func missingFilter(_ names: [String], _ view: HostView) -> String? {
    if view.observed.filters.isEmpty { return nil }
    var open = names
    var seen: Set<String> = []
    while let name = open.popLast() {
      guard seen.insert(name).inserted else { continue }
      let observed = view.filter(name)
      let declared = view.object(.networkFilter, name)
      if observed == nil, declared == nil, !StockFilters.names.contains(name) { return name }
      let included = declared?.spec["filters"] == nil ? observed?.spec : declared?.spec
      open += included?.includedFilters ?? []
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
