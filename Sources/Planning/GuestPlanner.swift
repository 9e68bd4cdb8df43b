import Model

/// Steps that bring the declared guests about.
enum GuestPlanner {
  static func steps(_ view: HostView) -> [Step] {
    // Most of a host's objects are guests, and none looks at another.
    let guests = view.desired.filter { $0.id.kind == .guest }
    return Concurrent.map(guests) { $0.flatMap { steps($0, view) } }.flatMap { $0 }
  }

  private static func steps(_ object: DesiredObject, _ view: HostView) -> [Step] {
    let spec = GuestSpec(object, view)
    guard let observed = spec.observed else { return created(spec) }
    if let blockage = view.blockage(of: object, owner: observed.ownership) {
      return [
        Step(
          object: object.id, action: .adopt, operation: nil, reason: .unowned,
          changes: changes(
            Difference.between(spec.compared, spec.current, .guest), .defined
          ) { _ in .manifest }
            + OverlayPlan(object, spec.compared, owner: nil, document: observed.xml).changes,
          blocked: blockage)
      ]
    }
    if observed.name != object.id.name { return GuestRename(spec, observed).steps() }
    return GuestUpdate(spec, observed).steps()
  }

  private static func created(_ spec: GuestSpec) -> [Step] {
    let object = spec.object
    var blockage: Blockage?
    if object.spec.record("memory")?["size"] == nil, object.spec.record("memory")?["max"] == nil {
      blockage = Blockage(
        .incomplete, "\(object.id.reference) does not exist, and its manifest gives it no memory",
        remedy: "add 'memory: 2GiB' (and 'cpus', 'disks', …), or import the guest that you mean")
    }
    let creation = spec.creation()
    let overlay = OverlayPlan(creating: object, creation)
    let ownership = spec.view.ownership(of: object, overlay: overlay.trace)
    let starts = (object.spec.string("power") ?? "running") == "running"
    // A declared power is found again by a run that comes after one that died.
    let owesStart = starts && object.spec["power"] == nil
    let definition = Definition(
      uuid: Digest.uuid(
        stack: spec.view.stack, kind: .guest, name: object.id.host + "/" + object.id.name),
      spec: creation, overlay: overlay.edit, ownership: ownership.owingStart(owesStart),
      expected: nil)
    var steps = [
      Step(
        object: object.id, action: .create, operation: .defineGuest(definition), reason: .missing,
        changes: changes(Difference.between(spec.compared, Record(), .guest), .defined) { _ in
          .manifest
        } + overlay.changes,
        blocked: blockage)
    ]
    if let autostart = object.spec.boolean("autostart"), autostart {
      steps.append(
        Step(
          object: object.id, action: .update, operation: .setGuestAutostart(true),
          reason: .autostart(true), blocked: blockage))
    }
    if starts {
      steps.append(
        Step(
          object: object.id, action: .start, operation: .startGuest,
          reason: .power(from: "stopped", to: "running"),
          blocked: blockage))
    }
    if owesStart {
      steps.append(
        Step(
          object: object.id, action: .record, operation: .recordGuest(ownership),
          reason: .ownership, blocked: blockage))
    }
    return steps
  }
}

/// The steps of one guest that exists.
struct GuestUpdate {
  private let spec: GuestSpec
  private let observed: ObservedGuest
  private let object: DesiredObject
  private let ownership: Ownership
  private let threeWay: ThreeWay
  private let overlay: OverlayPlan

  init(_ spec: GuestSpec, _ observed: ObservedGuest) {
    self.spec = spec
    self.observed = observed
    object = spec.object
    overlay = OverlayPlan(
      object, spec.compared, owner: observed.ownership, document: observed.xml)
    let ownership = spec.view.ownership(of: object, overlay: overlay.trace)
    self.ownership = ownership
    threeWay = ThreeWay.of(
      spec.compared, owner: observed.ownership, now: ownership, .guest
    ) { applied in
      GuestSpec(
        DesiredObject(id: spec.object.id, spec: applied, source: spec.object.source), spec.view
      ).compared
    }
  }

  func steps() -> [Step] {
    let defined = Difference.between(spec.compared, spec.current, .guest)
    let wanted = object.spec.string("power") ?? "unmanaged"
    let resumes =
      observed.hasManagedSave && !(defined.isEmpty && overlay.changes.isEmpty)
      && wanted == "running"
    var steps: [Step] = []
    // The start restores the saved state with the definition of its time: what changed comes after it.
    if resumes {
      steps.append(step(.start, .startGuest, .power(from: observed.power.rawValue, to: "running")))
    }
    let live = wanted == "stopped" ? [] : spec.running.map { self.live($0, defined) } ?? []
    let owes = owesStart(wanted, repointing(defined) == nil ? live : [])
    let defining = definition(defined, isRestored: resumes, owes.later)
    steps += defining
    // What is not defined is not what was applied last.
    let isRefused = defining.contains { $0.blocked != nil }
    let recorded = isRefused ? observed.ownership : ownership
    if owes.later, !owes.already, defining.isEmpty || isRefused, let recorded {
      steps.append(
        step(.record, .recordGuest(recorded.owingStart(true)), .ownership, disruption: .restart))
    }
    if let autostart = object.spec.boolean("autostart"), autostart != observed.autostart {
      steps.append(step(.update, .setGuestAutostart(autostart), .autostart(autostart)))
    }
    if resumes { return steps + self.live(spec.current, defined) }
    if wanted == "stopped" {
      if observed.power.isActive {
        steps.append(shutDown(.power(from: observed.power.rawValue, to: "stopped"), [], .stop))
      }
      return steps
    }
    if spec.running != nil {
      // First, since a paused guest hears no shutdown.
      if wanted == "running", observed.power != .running {
        steps.append(
          step(
            .resume, .resumeGuest, .power(from: observed.power.rawValue, to: "running"),
            disruption: .live))
      }
      // Nor is a running guest changed to what its definition must not become.
      steps += live.map { step in
        var copy = step
        copy.blocked = defining.first { $0.blocked != nil }?.blocked
        return copy
      }
    } else if wanted == "running" || owes.later {
      steps.append(step(.start, .startGuest, .power(from: observed.power.rawValue, to: "running")))
    }
    if owes.later, let recorded {
      steps.append(
        step(
          .record, .recordGuest(recorded.owingStart(false)), .ownership,
          disruption: observed.power.isActive ? .restart : .none))
    }
    return steps
  }

  /// Whether the run will start a guest whose power nobody declares, and whether an earlier run has said so already.
  private func owesStart(_ wanted: String, _ live: [Step]) -> (later: Bool, already: Bool) {
    let already = observed.ownership?.startIsOwed == true
    if wanted != "unmanaged" { return (false, already) }
    if !observed.power.isActive { return (already, already) }
    let options = spec.view.options
    let restarts = live.contains { $0.operation == .startGuest }
    return (restarts && options.ceiling >= .restart && !options.waitsForRestart, already)
  }

  private func step(
    _ action: Action, _ operation: Operation?, _ reason: Reason, _ changes: [FieldChange] = [],
    disruption: Disruption = .none
  ) -> Step {
    Step(
      object: object.id, action: action, operation: operation, reason: reason, changes: changes,
      disruption: disruption)
  }

  private func definition(
    _ differences: [Difference], isRestored: Bool, _ owesStart: Bool
  ) -> [Step] {
    let owner = observed.ownership
    let ownership = self.ownership.owingStart(owesStart)
    let gone = returning()
    let isSame =
      differences.isEmpty && gone.isEmpty && overlay.changes.isEmpty && observed.persistent
    // That a start will be owed is written down beside the start, where nothing else changes.
    let isSettled = owesStart || owner?.startIsOwed == nil
    if isSame, isSettled, owner?.digest == ownership.digest, owner?.stack == ownership.stack {
      return []
    }
    let operation: Operation
    if isSame {
      operation = .recordGuest(ownership)
    } else {
      var definition = Definition(
        uuid: observed.uuid, spec: spec.definition(differences), cleared: cleared(differences),
        overlay: overlay.edit, ownership: ownership, expected: observed.fingerprint)
      for field in gone { definition.giveBack(field) }
      operation = .defineGuest(definition)
    }
    var result = step(
      owner == nil ? .adopt : isSame ? .record : .update, operation,
      owner == nil ? .unowned : isSame ? .ownership : .differs,
      changes(differences, .defined, threeWay.origin) + gone.map(\.change) + overlay.changes)
    if observed.hasManagedSave, !isRestored, !isSame {
      result.blocked = Blockage(
        .unknown,
        "guest '\(object.id.name)' has a saved state that its next start restores, with the old definition",
        remedy:
          "start it, or drop the saved state with 'virsh managedsave-remove \(object.id.name)'")
    }
    if let blockage = repointing(differences) { result.blocked = blockage }
    return [result]
  }

  /// A disk that lies over what is declared, after a snapshot outside of virtspec, holds what was written since.
  private func repointing(_ differences: [Difference]) -> Blockage? {
    for difference in differences {
      guard let disk = difference.item, disk.list == "disks", let name = disk.record.string("name"),
        !["cdrom", "floppy"].contains(disk.record.string("device")),
        let from = changedSource(difference), let to = disk.record.diskPath
      else { continue }
      let isOverlay = spec.view.overlays(from, of: to)
      guard isOverlay || observed.hasSnapshots else { continue }
      return Blockage(
        .protected,
        "disk \(name) is \(from) now, after a snapshot; going back to \(to) would leave behind what was written since",
        remedy:
          "merge it ('virsh blockcommit \(object.id.name) \(name) --active --pivot'), or declare the disk as it is"
      )
    }
    return nil
  }

  private func changedSource(_ difference: Difference) -> String? {
    guard case .value(let from?, _) = difference.change,
      ["file", "block"].contains(difference.field.name)
    else { return nil }
    return from.string
  }

  /// Fields that the manifest no longer has. What a guest cannot be without stays as it is.
  private func returning() -> [GoneField] {
    threeWay.gone.filter {
      !["cpus.count", "cpus.max", "memory.size", "memory.max"].contains($0.path)
    }
  }

  /// A change of the firmware's kind takes the files along that libvirt picked for the old one.
  private func cleared(_ differences: [Difference]) -> [String] {
    guard differences.contains(where: { $0.path == "firmware.type" }) else { return [] }
    return ["loader", "nvram"].filter { spec.compared.record("firmware")?[$0] == nil }.map {
      "firmware." + $0
    }
  }

  /// Steps on the running guest: each by its own call where libvirt has one, else one restart for all.
  private func live(_ running: Record, _ defined: [Difference]) -> [Step] {
    var steps: [Step] = []
    var restart: [FieldChange] = []
    let definedPaths = Set(defined.map(\.path))
    var title: String?
    var description: String?
    var described: [FieldChange] = []
    for difference in Difference.between(spec.compared, running, .guest) {
      if difference.field.live != .same { continue }
      // A port that libvirt picked, and other values that only a running guest has.
      let known = definedPaths.contains(difference.path)
      let liveChange = difference.fieldChange(
        side: .running, origin: known ? threeWay.origin(of: difference.path) : .drift)
      switch HotPlug.call(for: difference, running) {
      case .operation(let action, let operation):
        steps.append(step(action, operation, .differs, [liveChange], disruption: .live))
      case .title(let text):
        title = text
        described.append(liveChange)
      case .description(let text):
        description = text
        described.append(liveChange)
      case .restart:
        restart.append(
          difference.fieldChange(
            side: .running, origin: known ? threeWay.origin(of: difference.path) : .pending))
      }
    }
    // What a running guest does not tell in the declared form is taken from the definition's change.
    for difference in defined where difference.field.live == .resolved {
      restart.append(
        difference.fieldChange(side: .running, origin: threeWay.origin(of: difference.path)))
    }
    // A guest that is yet to start runs with what is defined now.
    restart += overlay.pending(in: spec.running == nil ? observed.xml : observed.liveXML)
    if !described.isEmpty {
      steps.append(
        step(
          .update, .setLiveDescription(title: title, description: description), .differs, described,
          disruption: .live))
    }
    if !restart.isEmpty {
      let reason = Reason.pendingRestart(restart.map(\.path))
      steps.append(shutDown(reason, restart, .restart))
      steps.append(step(.start, .startGuest, reason, disruption: .restart))
    }
    return steps
  }

  func shutDown(_ reason: Reason, _ changes: [FieldChange], _ action: Action) -> Step {
    let lifecycle = object.spec.record("lifecycle")
    return step(
      action,
      .shutDownGuest(
        deadlineSeconds: lifecycle?.integer("shutdownTimeout") ?? 120,
        destroyAfterwards: lifecycle?.string("onShutdownTimeout") == "destroy"), reason, changes,
      disruption: .restart)
  }
}
