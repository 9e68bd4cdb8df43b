import Model

/// Steps that bring the declared networks about.
enum NetworkPlanner {
  static func steps(_ view: HostView) -> [Step] {
    view.desired.filter { $0.id.kind == .network }.flatMap { steps($0, view) }
  }

  private static func steps(_ object: DesiredObject, _ view: HostView) -> [Step] {
    guard let observed = view.network(object.id.name) else {
      if object.isExternal { return [absent(object)] }
      return created(object, view)
    }
    if object.isExternal { return [] }
    if let blockage = view.blockage(of: object, owner: observed.ownership) {
      return [refusal(object, observed.spec, Table.network, blockage, xml: observed.xml)]
    }
    let wanted = withReservations(object, view)
    return updated(wanted, observed, view) + powered(wanted, observed, view)
  }

  /// Whether the network is of functions of a card, or an overlay connects it to a device of the host: then libvirt
  /// makes no bridge, and takes no settings of one.
  private static func usesOtherBridge(_ object: DesiredObject) -> Bool {
    if object.spec.record("forward")?.string("mode") == "hostdev" { return true }
    let overlay = object.spec.string("xml").flatMap { try? Overlay($0, of: .network) }
    let mode = overlay?.root.child(XMLName("forward"))?.attribute(XMLName("mode"))
    return !ForwardMode.makesBridge(mode)
  }

  private static func created(_ object: DesiredObject, _ view: HostView) -> [Step] {
    let wanted = withReservations(object, view)
    var spec = Table.network.completed(wanted.spec)
    if spec["bridge"] == nil, !usesOtherBridge(wanted) {
      spec["bridge"] = ["stp": true, "delay": 0]
    }
    let overlay = OverlayPlan(creating: wanted, spec)
    let owesStart = object.spec["autostart"] == nil
    // Guests run on when somebody takes their network away.
    let reattachment =
      wanted.power == "running" && !usesOtherBridge(wanted)
      ? Reattachment.steps(wanted, view, reason: .missing, disruption: .live) : []
    let definition = Definition(
      uuid: Digest.uuid(
        stack: view.stack, kind: .network, name: object.id.host + "/" + object.id.name),
      spec: spec, overlay: overlay.edit,
      ownership: view.ownership(of: wanted, overlay: overlay.trace).owingStart(owesStart)
        .owingReattachment(!reattachment.isEmpty),
      expected: nil)
    var steps = [
      Step(
        object: object.id, action: .create, operation: .defineNetwork(definition), reason: .missing,
        changes: changes(Difference.between(wanted.spec, Record(), .network), .defined) { _ in
          .manifest
        } + overlay.changes)
    ]
    if object.spec.boolean("autostart") ?? true {
      steps.append(
        Step(
          object: object.id, action: .update, operation: .setNetworkAutostart(true),
          reason: .autostart(true)))
    }
    if wanted.power == "running" {
      steps.append(
        Step(
          object: object.id, action: .start, operation: .startNetwork,
          reason: .power(from: "stopped", to: "running")))
    }
    return steps + reattachment
  }

  private static func updated(
    _ object: DesiredObject, _ observed: ObservedNetwork, _ view: HostView
  ) -> [Step] {
    let owner = observed.ownership
    let spec = object.spec.ignoring(object.ignored, .network)
    let overlay = OverlayPlan(object, spec, owner: owner, document: observed.xml)
    let live = object.power == "stopped" ? nil : observed.live
    let running = live.map { Difference.between(spec, $0, .network) } ?? []
    let restart = running.filter { !NetworkSections.covers($0.path) }
    let unburdened = view.ownership(of: object, overlay: overlay.trace)
    let threeWay = ThreeWay.of(object.spec, owner: owner, now: unburdened, .network) { $0 }
    let goneItems = threeWay.goneItems(ignoring: object.ignored, .network)
    let started = StartedObject(
      wanted: spec, table: .network, stack: view.stack, owner: owner,
      liveOwner: observed.liveOwnership, former: observed.former)
    let itemsLeft =
      live.map { live in
        NetworkGoneItems(started, gone: goneItems, live: live) {
          $0.ignoring(object.ignored, .network)
        }
      } ?? NetworkGoneItems()
    let overlaid =
      live == nil
      ? []
      : overlay.pending(in: observed.liveXML)
        + leftovers(started, observed, object, threeWay.gone, overlay) + itemsLeft.restart
    let getsNewBridge =
      live == nil
      ? object.power == "running"
      : !(restart.isEmpty && overlaid.isEmpty) && view.options.ceiling >= .restart
    // Said before the bridge goes, so that a run that dies leaves the word for it.
    let owes =
      (getsNewBridge || owner?.reattachmentIsOwed == true)
      && !Reattachment.steps(object, view, reason: .differs, disruption: .live).isEmpty
    let ownership = unburdened.owingReattachment(owes)
    let defined = Difference.between(spec, observed.spec, .network)
    var steps: [Step] = []
    let isSame =
      defined.isEmpty && threeWay.gone.isEmpty && goneItems.isEmpty && overlay.changes.isEmpty
      && observed.persistent
    if !isSame || owner?.digest != ownership.digest || owner?.stack != ownership.stack
      || owner?.reattachmentIsOwed != ownership.reattachmentIsOwed
    {
      var definition = Definition(
        uuid: observed.uuid, spec: spec, overlay: overlay.edit, ownership: ownership,
        expected: observed.fingerprint)
      for field in threeWay.gone { definition.giveBack(field) }
      for item in goneItems { definition.giveBack(item) }
      steps.append(
        Step(
          object: object.id, action: owner == nil ? .adopt : isSame ? .record : .update,
          operation: .defineNetwork(definition),
          reason: owner == nil ? .unowned : isSame ? .ownership : .differs,
          changes: changes(defined, .defined, threeWay.origin) + threeWay.gone.map(\.change)
            + goneItems.reversed().compactMap(\.change) + overlay.changes + lasting(observed)))
    }
    guard let live else { return steps }
    let sections = itemsLeft.updates + NetworkSections.updates(spec, live)
    let covered = running.filter { NetworkSections.covers($0.path) }
    let shown = itemsLeft.changes + changes(covered, .running, threeWay.origin)
    for (index, update) in sections.enumerated() {
      steps.append(
        Step(
          object: object.id, action: .update, operation: .updateNetwork(update), reason: .differs,
          changes: index == 0 ? shown : [],
          disruption: .live))
    }
    if !restart.isEmpty || !overlaid.isEmpty {
      let changes =
        changes(restart, .running) { defined.isEmpty ? .pending : threeWay.origin(of: $0) }
        + overlaid
      let reason = Reason.pendingRestart(Reattachment.guests(object, view))
      steps.append(
        Step(
          object: object.id, action: .stop, operation: .stopNetwork, reason: reason,
          changes: changes, disruption: .restart))
      steps.append(
        Step(
          object: object.id, action: .start, operation: .startNetwork, reason: reason,
          disruption: .restart))
      steps += Reattachment.steps(object, view, reason: reason, disruption: .restart)
    } else if owes {
      steps += Reattachment.steps(object, view, reason: .differs, disruption: .live)
    } else {
      steps += Reattachment.remainder(object, view)
    }
    return steps
  }

  /// What the running network still has of fields and an overlay that are gone.
  private static func leftovers(
    _ started: StartedObject, _ observed: ObservedNetwork, _ object: DesiredObject,
    _ gone: [GoneField], _ overlay: OverlayPlan
  ) -> [FieldChange] {
    let fields = Leftovers(started, gone: gone) { $0.ignoring(object.ignored, .network) }
      .fields.map(\.change)
    if overlay.withdrawn.isEmpty, started.former == nil { return fields }
    return fields
      + OverlayLeftovers.changes(
        object, owner: started.liveOwner ?? started.owner, next: overlay.overlay,
        fields: DeclaredXML(started.wanted, .network, root: Overlay.rootName(of: .network)).root,
        defined: observed.xml, running: observed.liveXML, withdrawn: overlay.withdrawn)
  }

  private static func powered(
    _ object: DesiredObject, _ observed: ObservedNetwork, _ view: HostView
  ) -> [Step] {
    let steps = object.powerSteps(
      isActive: observed.active, isAutostarted: observed.autostart, owner: observed.ownership,
      PowerOperations(
        start: .startNetwork, stop: .stopNetwork, setAutostart: Operation.setNetworkAutostart))
    guard let start = steps.first(where: { $0.action == .start }) else { return steps }
    return steps + Reattachment.steps(object, view, reason: start.reason, disruption: .live)
  }

  /// A network that was undefined while it ran would be gone when it stops.
  private static func lasting(_ observed: ObservedNetwork) -> [FieldChange] {
    if observed.persistent { return [] }
    return [FieldChange(path: "persistent", from: false, to: true, side: .defined, origin: .drift)]
  }

  /// The network with the fixed addresses of its guests among its reservations.
  private static func withReservations(_ object: DesiredObject, _ view: HostView) -> DesiredObject {
    var result = object
    var additions: [Record] = []
    // Identifying all interfaces is worth it only where an address is fixed.
    for guest in view.guestsWithAddresses {
      let interfaces = Interfaces.identified(guest, view)
      for interface in interfaces where interface.string("network") == object.id.name {
        guard let address = interface["ip"], let mac = interface["mac"] else { continue }
        let name = interface["hostname"] ?? .string(guest.id.name)
        additions.append(Record([("mac", mac), ("name", name), ("address", address)]))
      }
    }
    if additions.isEmpty { return result }
    let addresses = object.spec.records("addresses").map { item -> Value in
      guard let subnet = item.string("address").flatMap({ Subnet($0) }) else {
        return .record(item)
      }
      let own = additions.filter { addition in
        addition.string("address").flatMap(IPAddress.init).map(subnet.contains) ?? false
      }
      if own.isEmpty { return .record(item) }
      var copy = item
      var dhcp = item.record("dhcp") ?? Record()
      dhcp["reservations"] = .list((dhcp["reservations"]?.list ?? []) + own.map(Value.record))
      copy["dhcp"] = .record(dhcp)
      return .record(copy)
    }
    result.spec["addresses"] = .list(addresses)
    return result
  }
}

/// Shows differences as a plan does.
func changes(
  _ differences: [Difference], _ side: FieldChange.Side, _ origin: (String) -> Origin
) -> [FieldChange] {
  differences.map { $0.fieldChange(side: side, origin: origin($0.path)) }
}

/// An external object that the host does not have.
func absent(_ object: DesiredObject) -> Step {
  Step(
    object: object.id, action: .create, operation: nil, reason: .missing,
    blocked: Blockage(
      .absent,
      "\(object.id.reference) is declared as external, and host '\(object.id.host)' has none",
      remedy: "make it on the host, or remove 'external: true' and describe it"))
}

/// An object that may not be touched, with what would change.
func refusal(
  _ object: DesiredObject, _ observed: Record, _ table: Table, _ blockage: Blockage,
  xml: XMLElement? = nil
) -> Step {
  Step(
    object: object.id, action: .adopt, operation: nil, reason: .unowned,
    changes: changes(Difference.between(object.spec, observed, table), .defined) { _ in .manifest }
      + OverlayPlan(object, object.spec, owner: nil, document: xml).changes,
    blocked: blockage)
}
