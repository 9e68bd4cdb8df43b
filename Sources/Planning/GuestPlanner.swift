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
    if let blockage = view.firstBoots[object.id]?.blockage {
      return unreadable(spec, blockage)
    }
    guard let observed = spec.observed else { return Awaiting(spec, nil).added(to: created(spec)) }
    let refused = view.firstBoots[object.id]?.refused.map { changes, blockage in
      Step(
        object: object.id, action: .recreate, operation: nil, reason: .differs,
        changes: changes, disruption: .dataLoss, blocked: blockage)
    }
    return (refused.map { [$0] } ?? []) + steps(spec, observed)
  }

  private static func steps(_ spec: GuestSpec, _ observed: ObservedGuest) -> [Step] {
    let (object, view) = (spec.object, spec.view)
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
    let steps =
      observed.name == object.id.name
      ? GuestUpdate(spec, observed).steps() : GuestRename(spec, observed).steps()
    return Awaiting(spec, observed).added(to: steps)
  }

  /// Of a guest whose configuration cannot be read it is not known what is to be.
  private static func unreadable(_ spec: GuestSpec, _ blockage: Blockage) -> [Step] {
    guard spec.observed != nil else {
      return created(spec).map { step in
        var copy = step
        copy.blocked = blockage
        return copy
      }
    }
    return [
      Step(
        object: spec.object.id, action: .update, operation: nil, reason: .differs, blocked: blockage
      )
    ]
  }

  private static func created(_ spec: GuestSpec) -> [Step] {
    let object = spec.object
    let creation = spec.creation()
    var blockage = IncompleteGuest.blockage(object, creation)
    if let refusal = object.profile?.refusal {
      blockage = Blockage(.unsupported, refusal.message, remedy: refusal.remedy)
    }
    let overlay = OverlayPlan(creating: object, creation)
    var ownership = spec.view.ownership(of: object, overlay: overlay.trace)
    ownership.profile = object.profile.map(\.applied.text)
    let starts = (object.spec.string("power") ?? "running") == "running"
    if case .start(let answers) = spec.view.firstBoots[object.id]?.installation {
      let defined = ownership.installing(.owed)
      let definition = Definition(
        uuid: Digest.uuid(
          stack: spec.view.stack, kind: .guest, name: object.id.host + "/" + object.id.name),
        spec: creation, overlay: overlay.edit, ownership: defined, expected: nil)
      return creating(spec, definition, overlay, blockage)
        + (starts
          ? InstallerStart(
            view: spec.view, object: object, definition: creation, answers: answers
          ).steps(ownership, blocked: blockage) : [])
    }
    // A declared power is found again by a run that comes after one that died.
    let owesStart = starts && object.spec["power"] == nil
    let definition = Definition(
      uuid: Digest.uuid(
        stack: spec.view.stack, kind: .guest, name: object.id.host + "/" + object.id.name),
      spec: creation, overlay: overlay.edit, ownership: ownership.owingStart(owesStart),
      expected: nil)
    var steps = creating(spec, definition, overlay, blockage)
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

extension GuestPlanner {
  private static func creating(
    _ spec: GuestSpec, _ definition: Definition, _ overlay: OverlayPlan, _ blockage: Blockage?
  ) -> [Step] {
    let object = spec.object
    var steps = [
      Step(
        object: object.id, action: .create, operation: .defineGuest(definition), reason: .missing,
        changes: changes(Difference.between(spec.compared, Record(), .guest), .defined) { _ in
          .manifest
        } + overlay.changes + ProfileChanges.created(spec),
        blocked: blockage)
    ]
    if let profile = object.profile {
      steps[0].notes = profile.notes.isEmpty ? nil : profile.notes
      steps[0].reasoning = profile.reasoning
    }
    if let autostart = object.spec.boolean("autostart"), autostart {
      steps.append(
        Step(
          object: object.id, action: .update, operation: .setGuestAutostart(true),
          reason: .autostart(true), blocked: blockage))
    }
    return steps
  }
}

/// The steps of one guest that exists.
struct GuestUpdate {
  let spec: GuestSpec
  let observed: ObservedGuest
  let object: DesiredObject
  let ownership: Ownership
  let threeWay: ThreeWay
  let overlay: OverlayPlan
  /// Fields that the definition loses.
  private let gone: [GoneField]
  let leftovers: Leftovers
  let overlayLeftovers: [FieldChange]

  init(_ given: GuestSpec, _ observed: ObservedGuest) {
    self.observed = observed
    object = given.object
    overlay = OverlayPlan(
      object, given.compared, owner: observed.ownership, document: observed.xml)
    let state = given.view.firstBoots[given.object.id]?.installation
    var ownership = given.view.ownership(of: object, overlay: overlay.trace)
      .installing(state?.isUnderWay == true ? observed.ownership?.installation : nil)
    ownership.profile =
      given.profiled.isEmpty
      ? observed.ownership?.profile : object.profile.map(\.applied.text)
    self.ownership = ownership
    let terms = { (applied: Record) -> Record in
      GuestSpec(
        DesiredObject(id: given.object.id, spec: applied, source: given.object.source), given.view
      ).compared.ignoring(given.object.ignored, .guest)
    }
    var threeWay = ThreeWay.of(
      given.compared, owner: observed.ownership, now: ownership, .guest, terms: terms)
    threeWay.profiled = Set(given.profiled.map(\.path))
    self.threeWay = threeWay
    let spec = given.takingBack(
      LimitsTakenBack(
        applied: observed.ownership?.formerSpec(unlike: ownership, stack: ownership.stack)
          .map(terms),
        started: observed.liveOwnership?.formerSpec(
          unlike: observed.ownership, stack: ownership.stack
        ).map(terms)))
    self.spec = spec
    gone = Self.returning(threeWay, object)
    leftovers = Leftovers(
      StartedObject(
        wanted: spec.compared, table: .guest, stack: ownership.stack, owner: observed.ownership,
        liveOwner: observed.liveOwnership, former: observed.former), gone: gone, terms: terms)
    // What a guest was started with and has still applied needs no look.
    overlayLeftovers =
      overlay.withdrawn.isEmpty && observed.former == nil
      ? []
      : OverlayLeftovers.changes(
        object, owner: observed.liveOwnership ?? observed.ownership, next: overlay.overlay,
        fields: DeclaredXML(spec.compared, .guest, root: Overlay.rootName(of: .guest)).root,
        defined: observed.xml, running: observed.liveXML, withdrawn: overlay.withdrawn)
  }

  func steps() -> [Step] { BlockJobs.guarded(unguarded(), observed) }

  private func unguarded() -> [Step] {
    let defined = Difference.between(spec.compared, spec.current, .guest)
    let wanted = object.spec.string("power") ?? "unmanaged"
    if let state = spec.view.firstBoots[object.id]?.installation, state.isUnderWay {
      return installing(state, defined)
    }
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
    if !observed.power.isActive {
      // What was installed is to start, as the guest would have after its making.
      return (already || observed.ownership?.installation != nil, already)
    }
    let options = spec.view.options
    let restarts = live.contains { $0.operation == .startGuest }
    return (restarts && options.ceiling >= .restart && !options.waitsForRestart, already)
  }

  /// Nothing that runs is touched while a guest is installed.
  private func installing(_ state: InstallationState, _ defined: [Difference]) -> [Step] {
    let defining = definition(defined, isRestored: false, false)
    guard object.spec.string("power") != "stopped", defining.allSatisfy({ $0.blocked == nil })
    else { return defining }
    func start(_ answers: (pool: String, volume: String)?) -> [Step] {
      InstallerStart(
        view: spec.view, object: object, definition: spec.creation(), answers: answers
      ).steps(ownership.installing(nil), blocked: nil)
    }
    switch state {
    case .running, .finished: return defining
    case .start(let answers): return defining + start(answers)
    case .unclear(let answers):
      return defining
        + start(answers).map { step in
          var copy = step
          copy.disruption = .dataLoss
          if spec.view.options.ceiling < .dataLoss {
            copy.blocked = Blockage(
              .unknown,
              "a run died as it started the installer: it cannot be told whether the guest is installed",
              remedy:
                "if it is, start it ('virsh start \(object.id.name)'); else apply with --allow data-loss to install it"
            )
          }
          return copy
        }
    }
  }

  func step(
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
    let goneItems = threeWay.goneItems(of: spec)
    let isSame =
      differences.isEmpty && gone.isEmpty && goneItems.isEmpty && overlay.changes.isEmpty
      && observed.persistent
    // That a start will be owed is written down beside the start, where nothing else changes.
    let isSettled = owesStart || owner?.startIsOwed == nil
    if isSame, isSettled, owner?.installation == ownership.installation,
      owner?.digest == ownership.digest, owner?.stack == ownership.stack
    {
      return []
    }
    let operation: Operation
    if isSame {
      operation = .recordGuest(ownership, live: liveOwnership)
    } else {
      var definition = Definition(
        uuid: observed.uuid, spec: spec.definition(differences), cleared: cleared(differences),
        overlay: overlay.edit, ownership: ownership, expected: observed.fingerprint)
      definition.liveOwnership = liveOwnership
      for field in gone { definition.giveBack(field) }
      for item in goneItems { definition.giveBack(item) }
      operation = .defineGuest(definition)
    }
    var result = step(
      owner == nil ? .adopt : isSame ? .record : .update, operation,
      owner == nil ? .unowned : isSame ? .ownership : .differs,
      changes(differences, .defined, threeWay.origin) + gone.map(\.change)
        + goneItems.reversed().compactMap(\.change) + overlay.changes
        + (spec.view.firstBoots[object.id]?.changes ?? []))
    if observed.hasManagedSave, !isRestored, !isSame {
      result.blocked = Blockage(
        .unknown,
        "guest '\(object.id.name)' has a saved state that its next start restores, with the old definition",
        remedy:
          "start it, or drop the saved state with 'virsh managedsave-remove \(object.id.name)'")
    }
    if let blockage = repointing(differences) { result.blocked = blockage }
    if let applied = threeWay.applied, let note = ProfileChanges.unfollowed(object, applied) {
      result.notes = [note]
    }
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

  /// Fields that the manifest no longer has. What a guest cannot be without stays as it is; a maximum is what is in
  /// use where that is declared.
  private static func returning(_ threeWay: ThreeWay, _ object: DesiredObject) -> [GoneField] {
    threeWay.gone.compactMap { field in
      switch field.path {
      case "cpus.count", "memory.size": return nil
      case "cpus.max", "memory.max":
        let (name, inUse) = field.path == "cpus.max" ? ("cpus", "count") : ("memory", "size")
        guard let value = object.spec.record(name)?[inUse], value != field.applied else {
          return nil
        }
        var field = field
        field.implied = value
        return field
      default: return field
      }
    }
  }

  /// What a running guest's metadata is to say, beside the definition's: by what it may have been made what it is.
  /// Where it still has something that is gone, that is what it was started with.
  private var liveOwnership: Ownership? {
    guard observed.power.isActive else { return nil }
    let current = observed.liveOwnership
    if leftovers.fields.isEmpty, overlayLeftovers.isEmpty {
      return current?.digest == ownership.digest && current?.stack == ownership.stack
        ? nil : ownership
    }
    return current?.stack == ownership.stack ? nil : observed.ownership
  }

  /// A change of the firmware's kind takes the files along that libvirt picked for the old one.
  private func cleared(_ differences: [Difference]) -> [FieldPath] {
    guard differences.contains(where: { $0.path == "firmware.type" }) else { return [] }
    return ["loader", "nvram"].filter { spec.compared.record("firmware")?[$0] == nil }.map {
      FieldPath("firmware." + $0)
    }
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
