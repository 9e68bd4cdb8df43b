import Model

/// Steps that bring the declared volumes about. A volume only ever grows: everything else would lose data.
enum VolumePlanner {
  static func steps(_ view: HostView) -> [Step] {
    view.desired.filter { $0.id.kind == .volume }.flatMap { steps($0, view) }
  }

  private static func steps(_ object: DesiredObject, _ view: HostView) -> [Step] {
    if let content = object.content { return ContentPlanner.steps(object, content, view) }
    guard let (pool, _) = object.id.poolAndVolume else { return [] }
    // A disc that stays as it was made.
    if object.spec["disc"] != nil { return [] }
    guard let observed = view.volume(object.id.name) else {
      // Of a pool that does not run, or that somebody undefined, the volumes cannot be seen.
      if view.pool(pool)?.active != true, view.ledgerEntry(.volume, object.id.name) != nil {
        return unknown(object, view)
      }
      return object.isExternal ? [absent(object)] : [lost(created(object, view), view)]
    }
    if object.isExternal { return [] }
    let entry = view.ledgerEntry(.volume, object.id.name)
    let wanted = document(object, view)
    let owner = view.ledgerOwner(.volume, object.id.name)
    if let blockage = view.blockage(of: object, owner: owner) {
      return [refusal(comparable(object, wanted), observed.spec, Table.volumeDocument, blockage)]
    }
    if view.remade.contains(object.id.name) {
      return remade(object, observed, [], view)
    }
    if let excess = excess(object, observed, view) { return [excess] }
    if let redo = clonedAnew(object, view) { return [redo] }
    let differences = differences(object, wanted, observed, view)
    if differences.isEmpty {
      if entry != nil { return [] }
      return [Step(object: object.id, action: .adopt, operation: nil, reason: .unowned)]
    }
    let origin = ThreeWay.of(
      wanted, owner: entry?.ownership, now: view.ownership(of: object), .volumeDocument
    ) { applied in document(comparable(object, applied), view) }.origin
    // Of an image's name its own manifest tells, which is no part of what was applied to the disk.
    let isRenewed = renews(object, view)
    let needsAnother = differences.contains { $0.path != "capacity" }
    let steps =
      needsAnother && view.options.ceiling >= .dataLoss
      ? remade(
        object, observed,
        changes(differences, .defined) { isRenewed ? .manifest : origin($0) }, view)
      : differences.map { change($0, object, observed, origin, view) }
    // Of what is not taken over nothing changes.
    if entry != nil || steps.allSatisfy({ $0.blocked != nil }) { return steps }
    return [Step(object: object.id, action: .adopt, operation: nil, reason: .unowned)] + steps
  }

  /// The volume made anew and empty, which was allowed.
  private static func remade(
    _ object: DesiredObject, _ observed: ObservedVolume, _ shown: [FieldChange], _ view: HostView
  ) -> [Step] {
    var removal = Step(
      object: object.id, action: .recreate, operation: .removeVolume, reason: .differs,
      changes: shown, disruption: .dataLoss)
    removal.blocked = obstacle(toRemaking: object, observed, view)
    var creation = created(object, view)
    creation.action = .recreate
    creation.reason = .differs
    creation.changes = []
    creation.disruption = .dataLoss
    creation.blocked = removal.blocked ?? creation.blocked
    removal.blocked = creation.blocked
    return [removal, creation]
  }

  private static func differences(
    _ object: DesiredObject, _ wanted: Record, _ observed: ObservedVolume, _ view: HostView
  ) -> [Difference] {
    let all = Difference.between(wanted, observed.spec, .volumeDocument)
    if object.spec["image"] == nil || renews(object, view) { return all }
    // A disk stays on the image that it was made from: the plan has a note of it.
    return all.filter { !["backingPath", "backingFormat"].contains($0.path) }
  }

  /// Whether a disk is to be made from what its image is now, which was allowed for it by name.
  private static func renews(_ object: DesiredObject, _ view: HostView) -> Bool {
    view.options.ceiling >= .dataLoss && view.options.renewed?.contains(object.id.name) == true
  }

  /// A copy that a run has died over, before a guest could use it.
  private static func clonedAnew(_ object: DesiredObject, _ view: HostView) -> Step? {
    guard object.spec["image"] != nil, ContentPlanner.isOwed(object, view) else { return nil }
    var step = created(object, view)
    guard case .cloneVolume(let spec, let pool, let volume, _)? = step.operation else { return nil }
    step.operation = .cloneVolume(spec: spec, pool: pool, volume: volume, replaces: true)
    step.reason = .unfinished
    step.changes = []
    return step
  }

  /// Why a volume cannot be made anew; nil when it can.
  ///
  /// - Parameter below: the volumes that it lies over, from which the question came.
  private static func obstacle(
    toRemaking object: DesiredObject, _ observed: ObservedVolume, _ view: HostView,
    below: Set<String> = []
  ) -> Blockage? {
    if object.isProtected {
      return Blockage(
        .protected, "its manifest says 'lifecycle: {protect: true}'",
        remedy: "declare a volume with another name, or apply without 'protect' first")
    }
    if let (guest, disk) = view.guest(runningWith: observed.path) {
      return Blockage(
        .recreate, "running guest '\(guest)' has it open as disk \(disk)",
        remedy: "stop the guest first, with 'power: stopped' and --allow restart")
    }
    for pool in view.observed.pools {
      for other in pool.volumes where other.spec.string("backingPath") == observed.path {
        let name = pool.name + "/" + other.name
        // One that is made anew itself goes before, and comes back after.
        if isRemade(name, view, below: below.union([object.id.name])) { continue }
        return Blockage(
          .recreate, "it is the backing volume of volume '\(name)', which would be broken",
          remedy: "remove the overlay first, or declare a volume with another name")
      }
    }
    return nil
  }

  /// Whether a volume that is there is taken away and made anew by the plan.
  static func isRemade(_ name: String, _ view: HostView) -> Bool {
    isRemade(name, view, below: [])
  }

  private static func isRemade(_ name: String, _ view: HostView, below: Set<String>) -> Bool {
    guard view.options.ceiling >= .dataLoss, !below.contains(name),
      let object = view.object(.volume, name), !object.isExternal, let observed = view.volume(name),
      view.blockage(of: object, owner: view.ledgerOwner(.volume, name)) == nil,
      excess(object, observed, view) == nil,
      differences(object, document(object, view, asDeclared: true), observed, view)
        .contains(where: { $0.path != "capacity" })
    else { return false }
    return obstacle(toRemaking: object, observed, view, below: below) == nil
  }

  private static func comparable(_ object: DesiredObject, _ wanted: Record) -> DesiredObject {
    DesiredObject(id: object.id, spec: wanted, source: object.source)
  }

  /// The volume in libvirt's terms: what is compared.
  ///
  /// - Parameter asDeclared: whether the volume below has what its manifest says, whatever the plan makes of it.
  private static func document(
    _ object: DesiredObject, _ view: HostView, asDeclared: Bool = false
  ) -> Record {
    var record = Record()
    record["capacity"] = object.spec["capacity"]
    // A volume group or an iSCSI target knows no formats.
    let pool = object.id.poolAndVolume?.pool ?? ""
    record["format"] = view.isBlockPool(pool) ? nil : object.spec["format"]
    if let image = ImageDisk(object, view), !image.isCopy {
      record["backingPath"] = image.path.map(Value.string)
      record["backingFormat"] = image.format.map(Value.string)
    } else if let (path, format) = backing(of: object, view, asDeclared: asDeclared) {
      record["backingPath"] = .string(path)
      record["backingFormat"] = format.map(Value.string)
    }
    return record
  }

  private static func backing(
    of object: DesiredObject, _ view: HostView, asDeclared: Bool
  ) -> (path: String, format: String?)? {
    guard let backing = object.spec.record("backing") else { return nil }
    if let path = backing.string("path") { return (path, backing.string("format")) }
    guard let name = backing.string("volume"), let pool = backing.string("pool"),
      let path = view.path(ofVolume: name, in: pool)
    else { return nil }
    let format = backing.string("format")
    return (path, format ?? view.format(ofVolume: name, in: pool, asDeclared: asDeclared))
  }

  private static func created(_ object: DesiredObject, _ view: HostView) -> Step {
    let pool = object.id.poolAndVolume?.pool ?? ""
    var spec = Record([("name", .string(object.id.poolAndVolume?.volume ?? ""))]).overlaid(
      with: document(object, view))
    if spec["format"] == nil, !view.isBlockPool(pool) {
      spec["format"] = .string(view.defaultFormat(of: pool))
    }
    if spec["capacity"] == nil {
      spec["capacity"] = capacityOfBacking(object, view).map(Value.integer)
    }
    let image = ImageDisk(object, view)
    if spec["capacity"] == nil { spec["capacity"] = (image?.size).map(Value.integer) }
    // Thin where the format can: without it libvirt takes the whole capacity at once.
    spec["allocation"] =
      object.spec["allocation"] ?? ([nil, "raw"].contains(spec["format"]) ? nil : 0)
    spec["permissions"] = object.spec["permissions"]
    spec["xml"] = object.spec["xml"]
    var step = Step(
      object: object.id, action: .create, operation: .createVolume(spec: spec), reason: .missing,
      changes: changes(Difference.between(spec, Record(), .volumeDocument), .defined) { _ in
        .manifest
      })
    if let image { return image.created(step, spec) }
    if spec["capacity"] == nil {
      step.blocked = Blockage(
        .incomplete,
        "\(object.id.reference) has no capacity, and that of its backing volume is not known",
        remedy: "add 'capacity' to the volume")
    }
    return step
  }

  private static func capacityOfBacking(_ object: DesiredObject, _ view: HostView) -> Int64? {
    guard let backing = object.spec.record("backing"), let name = backing.string("volume"),
      let pool = backing.string("pool")
    else { return nil }
    let id = pool + "/" + name
    return view.object(.volume, id)?.spec.integer("capacity") ?? view.volume(id)?.spec.integer(
      "capacity")
      ?? view.object(.volume, id).flatMap { capacityOfBacking($0, view) }
  }

  private static func change(
    _ difference: Difference, _ object: DesiredObject, _ observed: ObservedVolume,
    _ origin: (String) -> Origin,
    _ view: HostView
  ) -> Step {
    let shown = changes([difference], .defined, origin)
    guard difference.path == "capacity", let bytes = object.spec.integer("capacity") else {
      return Step(
        object: object.id, action: .recreate, operation: nil, reason: .differs, changes: shown,
        disruption: .dataLoss,
        blocked: Blockage(
          .recreate, "\(difference.path) of a volume cannot change without losing what is in it",
          remedy:
            "declare a volume with another name, copy the data, and let the guest use that one; or apply with --allow data-loss to make it anew, empty"
        ))
    }
    if view.isBlockPool(object.id.poolAndVolume?.pool ?? "") {
      // None of the backends has a resizeVol (libvirt's storage_backend_logical.c, _iscsi.c, _disk.c, …).
      return Step(
        object: object.id, action: .resize, operation: nil, reason: .differs, changes: shown,
        blocked: Blockage(
          .unknown, "libvirt cannot grow the volumes of this kind of pool",
          remedy: "grow it on the host (lvextend), then 'virsh pool-refresh' the pool"))
    }
    // QEMU holds a lock on the image of a running guest: the guest resizes its disk itself.
    if let (guest, disk) = view.guest(runningWith: observed.path) {
      return Step(
        object: object.id, action: .resize,
        operation: .resizeGuestDisk(guest: guest, disk: disk, bytes: bytes), reason: .differs,
        changes: shown, disruption: .live,
        blocked: view.guest(guest).flatMap { BlockJobs.blockage($0, disk) })
    }
    return Step(
      object: object.id, action: .resize, operation: .resizeVolume(bytes: bytes), reason: .differs,
      changes: shown)
  }

  /// The volumes of a pool that is not active are unknown, not absent. One that a guest is defined to use is
  /// there; of another one a run may have died before it was made.
  private static func unknown(_ object: DesiredObject, _ view: HostView) -> [Step] {
    guard let (pool, name) = object.id.poolAndVolume, !object.isExternal,
      view.object(.pool, pool)?.power == "running",
      view.path(ofVolume: name, in: pool).flatMap(view.guest(definedWith:)) == nil
    else { return [] }
    var step = created(object, view)
    // The ledger tells whether a copy is whole, and so whether it is there.
    if case .cloneVolume(let spec, let pool, let volume, _)? = step.operation {
      if !ContentPlanner.isOwed(object, view) { return [] }
      step.operation = .cloneVolume(spec: spec, pool: pool, volume: volume, replaces: true)
    }
    if case .createVolume(let spec, _)? = step.operation {
      step.operation = .createVolume(spec: spec, unlessThere: true)
    }
    return [step]
  }

  /// A volume that is gone while a guest is defined to use it was lost, or its storage is not mounted: an
  /// empty one in its place is nothing to make without being told.
  private static func lost(_ creation: Step, _ view: HostView) -> Step {
    guard let (pool, name) = creation.object.poolAndVolume, creation.blocked == nil,
      let user = view.path(ofVolume: name, in: pool).flatMap({ stayingUser(of: $0, view) })
    else { return creation }
    var step = creation
    step.disruption = .dataLoss
    if view.options.ceiling < .dataLoss {
      step.blocked = Blockage(
        .absent, "guest '\(user)' uses it, and it is gone; a new one would be empty",
        remedy:
          "bring it back (is the storage mounted?), or apply with --allow data-loss to make it anew"
      )
    }
    return step
  }

  /// A guest that the plan leaves, and that is defined to use what is at a path.
  private static func stayingUser(of path: String, _ view: HostView) -> String? {
    // The first question is cheap, and mostly all.
    guard view.guest(definedWith: path) != nil else { return nil }
    return view.observed.guests.first { guest in
      guest.spec.records("disks").contains { $0.diskPath == path }
        && !RemovalPlanner.takesAway(guest, view)
    }?.name
  }

  /// A volume that is larger than declared by more than the host's rounding. LVM gives whole extents, which
  /// are 4 MiB unless the group was made with others; image files are whole sectors.
  private static func excess(
    _ object: DesiredObject, _ observed: ObservedVolume, _ view: HostView
  ) -> Step? {
    guard let bytes = object.spec.integer("capacity"),
      let current = observed.spec.integer("capacity")
    else { return nil }
    let isBlock = view.isBlockPool(object.id.poolAndVolume?.pool ?? "")
    guard current - bytes >= (isBlock ? 64 << 20 : 512) else { return nil }
    let entry = view.ledgerEntry(.volume, object.id.name)
    return Step(
      object: object.id, action: .resize, operation: nil, reason: .differs,
      changes: [
        FieldChange(
          path: "capacity", from: .integer(current), to: .integer(bytes), side: .defined,
          origin: view.threeWay(object, entry?.ownership, .volumeDocument).origin(of: "capacity"),
          unit: .bytes)
      ],
      disruption: .dataLoss,
      blocked: Blockage(
        .shrink, "the volume has \(Quantity.sizeText(current)); shrinking it would cut data off",
        remedy:
          "set the size to \(Quantity.sizeText(current)), or copy the data to a smaller volume"))
  }
}
