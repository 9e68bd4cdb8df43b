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
    let differences = Difference.between(wanted, observed.spec, .volumeDocument)
    if differences.isEmpty {
      if entry != nil { return [] }
      return [Step(object: object.id, action: .adopt, operation: nil, reason: .unowned)]
    }
    let origin = ThreeWay.of(
      wanted, owner: entry?.ownership, now: view.ownership(of: object), .volumeDocument
    ) { applied in document(comparable(object, applied), view) }.origin
    if differences.contains(where: { $0.path != "capacity" }), view.options.ceiling >= .dataLoss {
      return remade(object, observed, changes(differences, .defined, origin), view)
    }
    return differences.map { change($0, object, observed, origin, view) }
  }

  /// The volume made anew and empty, which was allowed.
  private static func remade(
    _ object: DesiredObject, _ observed: ObservedVolume, _ shown: [FieldChange], _ view: HostView
  ) -> [Step] {
    var removal = Step(
      object: object.id, action: .recreate, operation: .removeVolume, reason: .differs,
      changes: shown, disruption: .dataLoss)
    if object.isProtected {
      removal.blocked = Blockage(
        .protected, "its manifest says 'lifecycle: {protect: true}'",
        remedy: "declare a volume with another name, or apply without 'protect' first")
    } else if let (guest, disk) = view.guest(runningWith: observed.path) {
      removal.blocked = Blockage(
        .recreate, "running guest '\(guest)' has it open as disk \(disk)",
        remedy: "stop the guest first, with 'power: stopped' and --allow restart")
    } else if let overlay = view.overlay(of: observed.path) {
      removal.blocked = Blockage(
        .recreate, "it is the backing volume of volume '\(overlay)', which would be broken",
        remedy: "remove the overlay first, or declare a volume with another name")
    }
    var creation = created(object, view)
    creation.action = .recreate
    creation.reason = .differs
    creation.changes = []
    creation.disruption = .dataLoss
    creation.blocked = removal.blocked ?? creation.blocked
    removal.blocked = creation.blocked
    return [removal, creation]
  }

  private static func comparable(_ object: DesiredObject, _ wanted: Record) -> DesiredObject {
    DesiredObject(id: object.id, spec: wanted, source: object.source)
  }

  /// The volume in libvirt's terms: what is compared.
  private static func document(_ object: DesiredObject, _ view: HostView) -> Record {
    var record = Record()
    record["capacity"] = object.spec["capacity"]
    // A volume group or an iSCSI target knows no formats.
    let pool = object.id.poolAndVolume?.pool ?? ""
    record["format"] = view.isBlockPool(pool) ? nil : object.spec["format"]
    if let (path, format) = backing(of: object, view) {
      record["backingPath"] = .string(path)
      record["backingFormat"] = format.map(Value.string)
    }
    return record
  }

  private static func backing(of object: DesiredObject, _ view: HostView) -> (
    path: String, format: String?
  )? {
    guard let backing = object.spec.record("backing") else { return nil }
    if let path = backing.string("path") { return (path, backing.string("format")) }
    guard let name = backing.string("volume"), let pool = backing.string("pool"),
      let path = view.path(ofVolume: name, in: pool)
    else { return nil }
    return (path, backing.string("format") ?? view.format(ofVolume: name, in: pool))
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
    if case .createVolume(let spec, _)? = step.operation {
      step.operation = .createVolume(spec: spec, unlessThere: true)
    }
    return [step]
  }

  /// A volume that is gone while a guest is defined to use it was lost, or its storage is not mounted: an
  /// empty one in its place is nothing to make without being told.
  private static func lost(_ creation: Step, _ view: HostView) -> Step {
    guard let (pool, name) = creation.object.poolAndVolume, creation.blocked == nil,
      let user = view.path(ofVolume: name, in: pool).flatMap(view.guest(definedWith:))
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
