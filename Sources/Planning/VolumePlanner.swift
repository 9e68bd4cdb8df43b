import Model

/// Steps that bring the declared volumes about. A volume only ever grows: everything else would lose data.
enum VolumePlanner {
  static func steps(_ view: HostView) -> [Step] {
    view.desired.filter { $0.id.kind == .volume }.flatMap { steps($0, view) }
  }

  private static func steps(_ object: DesiredObject, _ view: HostView) -> [Step] {
    guard let (pool, _) = object.id.poolAndVolume else { return [] }
    guard let observed = view.volume(object.id.name) else {
      // The volumes of a pool that is not active are unknown, not absent.
      if let pool = view.pool(pool), !pool.active, view.ledgerEntry(.volume, object.id.name) != nil
      {
        return []
      }
      return object.isExternal ? [absent(object)] : [created(object, view)]
    }
    if object.isExternal { return [] }
    let entry = view.ledgerEntry(.volume, object.id.name)
    let wanted = document(object, view)
    if let blockage = view.blockage(of: object, owner: entry?.ownership) {
      return [refusal(comparable(object, wanted), observed.spec, Table.volumeDocument, blockage)]
    }
    let differences = Difference.between(wanted, observed.spec, .volumeDocument)
    if differences.isEmpty {
      if entry != nil { return [] }
      return [Step(object: object.id, action: .adopt, operation: nil, reason: .unowned)]
    }
    let origin = view.origin(object, entry?.ownership)
    return differences.map { change($0, object, observed, origin, view) }
  }

  private static func comparable(_ object: DesiredObject, _ wanted: Record) -> DesiredObject {
    DesiredObject(id: object.id, spec: wanted, source: object.source)
  }

  /// The volume in libvirt's terms: what is compared.
  private static func document(_ object: DesiredObject, _ view: HostView) -> Record {
    var record = Record()
    record["capacity"] = object.spec["capacity"]
    record["format"] = object.spec["format"]
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
    if spec["format"] == nil { spec["format"] = .string(view.defaultFormat(of: pool)) }
    if spec["capacity"] == nil {
      spec["capacity"] = capacityOfBacking(object, view).map(Value.integer)
    }
    // Thin where the format can: without it libvirt takes the whole capacity at once.
    spec["allocation"] = object.spec["allocation"] ?? (spec["format"] == "raw" ? nil : 0)
    spec["permissions"] = object.spec["permissions"]
    var step = Step(
      object: object.id, action: .create, operation: .createVolume(spec: spec), reason: .missing,
      changes: changes(Difference.between(spec, Record(), .volumeDocument), .defined, .manifest))
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
    _ difference: Difference, _ object: DesiredObject, _ observed: ObservedVolume, _ origin: Origin,
    _ view: HostView
  ) -> Step {
    let shown = changes([difference], .defined, origin)
    guard difference.path == "capacity", let bytes = object.spec.integer("capacity"),
      let current = observed.spec.integer("capacity")
    else {
      return Step(
        object: object.id, action: .recreate, operation: nil, reason: .differs, changes: shown,
        disruption: .dataLoss,
        blocked: Blockage(
          .recreate, "\(difference.path) of a volume cannot change without losing what is in it",
          remedy:
            "declare a volume with another name, copy the data, and let the guest use that one"))
    }
    if bytes < current {
      return Step(
        object: object.id, action: .resize, operation: nil, reason: .differs, changes: shown,
        disruption: .dataLoss,
        blocked: Blockage(
          .shrink, "the volume has \(Quantity.sizeText(current)); shrinking it would cut data off",
          remedy:
            "set 'capacity: \(Quantity.sizeText(current))', or copy the data to a smaller volume"))
    }
    // QEMU holds a lock on the image of a running guest: the guest resizes its disk itself.
    if let (guest, disk) = runningUser(of: observed.path, view) {
      return Step(
        object: object.id, action: .resize,
        operation: .resizeGuestDisk(guest: guest, disk: disk, bytes: bytes), reason: .differs,
        changes: shown, disruption: .live)
    }
    return Step(
      object: object.id, action: .resize, operation: .resizeVolume(bytes: bytes), reason: .differs,
      changes: shown)
  }

  private static func runningUser(of path: String, _ view: HostView) -> (
    guest: String, disk: String
  )? {
    for guest in view.observed.guests where guest.power.isActive {
      for disk in (guest.live ?? guest.spec).records("disks")
      where disk.string("file") == path || disk.string("block") == path {
        if let name = disk.string("name") { return (guest.name, name) }
      }
    }
    return nil
  }
}
