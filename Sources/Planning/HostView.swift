import Model

/// What is wanted and what is there on one host, with look-ups for the passes. A class, because much
/// holds it that is copied.
final class HostView: Sendable {
  let host: DesiredHost
  let stack: String
  let options: PlanOptions
  /// The wanted objects in the long form.
  let desired: [DesiredObject]
  let observed: ObservedHost

  /// The declared guests that the host has under the names that they had before, by these names.
  let renames: [String: DesiredObject]
  /// The values of the declared secrets.
  let secrets: [ObjectID: SecretReading]
  /// What first boots need, by guest.
  let firstBoots: [ObjectID: FirstBoot]
  /// Volumes that first boots make anew, as `POOL/VOLUME`.
  let remade: Set<String>

  // Places, because objects are large, and there may be thousands.
  private let desiredByID: [ObjectID: Int]
  private let guestsByName: [String: Int]
  private let filtersByName: [String: ObservedFilter]
  private let networksByName: [String: ObservedNetwork]
  private let poolsByName: [String: ObservedPool]
  private let volumesByName: [String: ObservedVolume]
  private let ledgerByID: [ObjectID: Ledger.Entry]
  private let foreignByID: [ObjectID: Ownership]
  private let disks: Once<DiskUsers>
  private let imagesByName: Once<[String: DesiredObject]>
  private let addressed: Once<[DesiredObject]>

  init(
    host: DesiredHost, stack: String, options: PlanOptions, desired: [DesiredObject],
    observed: ObservedHost, secrets: [ObjectID: SecretReading] = [:]
  ) {
    self.host = host
    self.stack = stack
    self.secrets = secrets
    self.options = options
    let declared = options.destroy ? desired.filter(\.isExternal) : desired
    self.observed = observed
    let guests = observed.guests.places(\.name)
    guestsByName = guests
    firstBoots = FirstBootPlanner(
      stack: stack, host: host.name, observed: observed, secrets: secrets, options: options,
      fromImages: Set(declared.filter(\.isFromImage).map(\.id.name)),
      guest: {
        (guests[$0.id.name] ?? $0.previousName.flatMap { guests[$0] }).map { observed.guests[$0] }
      }
    ).settled(declared)
    remade = firstBoots.values.reduce(into: []) { $0.formUnion($1.remade) }
    self.desired = FirstBoot.objects(declared, firstBoots)
    let byID = self.desired.places(\.id)
    desiredByID = byID
    let renamed = self.desired.compactMap { object -> (String, DesiredObject)? in
      guard let name = object.previousName, guests[name] != nil, guests[object.id.name] == nil,
        byID[ObjectID(host: host.name, kind: .guest, name: name)] == nil
      else { return nil }
      return (name, object)
    }
    renames = Dictionary(renamed) { first, _ in first }
    filtersByName = Dictionary(observed.filters.map { ($0.name, $0) }) { first, _ in first }
    networksByName = Dictionary(observed.networks.map { ($0.name, $0) }) { first, _ in first }
    poolsByName = Dictionary(observed.pools.map { ($0.name, $0) }) { first, _ in first }
    var volumes: [String: ObservedVolume] = [:]
    for pool in observed.pools {
      for volume in pool.volumes { volumes[pool.name + "/" + volume.name] = volume }
    }
    volumesByName = volumes
    func identified(_ ledger: Ledger?) -> [(ObjectID, Ledger.Entry)] {
      (ledger?.entries ?? []).map { (ObjectID(host: host.name, kind: $0.kind, name: $0.name), $0) }
    }
    ledgerByID = Dictionary(identified(observed.ledger)) { first, _ in first }
    foreignByID = Dictionary(
      observed.otherLedgers.flatMap(identified).map { ($0, $1.ownership) }
    ) { first, _ in first }
    disks = Once { DiskUsers(observed.guests) }
    let wanted = self.desired
    addressed = Once {
      wanted.filter { object in
        object.id.kind == .guest
          && object.spec["interfaces"]?.list?.contains { $0.record?["ip"] != nil } == true
      }
    }
    imagesByName = Once {
      Dictionary(wanted.compactMap { object in object.imageName.map { ($0, object) } }) {
        first, _ in
        first
      }
    }
  }

  func object(_ kind: Kind, _ name: String) -> DesiredObject? {
    desiredByID[ObjectID(host: host.name, kind: kind, name: name)].map { desired[$0] }
  }
  /// The declared guests that have a fixed address.
  var guestsWithAddresses: [DesiredObject] { addressed.value }
  /// Whether a manifest is about an object.
  func isDeclared(_ kind: Kind, _ name: String) -> Bool {
    desiredByID[ObjectID(host: host.name, kind: kind, name: name)] != nil
  }
  func guest(_ name: String) -> ObservedGuest? { guestsByName[name].map { observed.guests[$0] } }
  /// What the host has of a declared guest, maybe under the name that it had before.
  func guest(for object: DesiredObject) -> ObservedGuest? {
    if let guest = guest(object.id.name) { return guest }
    guard let name = object.previousName, renames[name]?.id == object.id else { return nil }
    return guest(name)
  }
  func filter(_ name: String) -> ObservedFilter? { filtersByName[name] }
  /// The volume that holds an image.
  func image(_ name: String) -> DesiredObject? { imagesByName.value[name] }
  func network(_ name: String) -> ObservedNetwork? { networksByName[name] }
  func pool(_ name: String) -> ObservedPool? { poolsByName[name] }
  /// A volume by `POOL/VOLUME`.
  func volume(_ name: String) -> ObservedVolume? { volumesByName[name] }
  /// The object of a ledger's entry.
  func id(of entry: Ledger.Entry) -> ObjectID {
    ObjectID(host: host.name, kind: entry.kind, name: entry.name)
  }
  /// The ledger's entry of an object without metadata.
  func ledgerEntry(_ kind: Kind, _ name: String) -> Ledger.Entry? {
    ledgerByID[ObjectID(host: host.name, kind: kind, name: name)]
  }
  /// Who owns an object without metadata, by the ledgers of all stacks.
  func ledgerOwner(_ kind: Kind, _ name: String) -> Ownership? {
    ledgerEntry(kind, name)?.ownership
      ?? foreignByID[ObjectID(host: host.name, kind: kind, name: name)]
  }
  /// A guest that is defined to use what is at a path.
  func guest(definedWith path: String) -> String? { disks.value.defined[path] }
  /// A volume of a pool that the ledger of some stack has.
  func recordedVolume(in pool: String) -> String? {
    (Array(ledgerByID.keys) + Array(foreignByID.keys)).filter {
      $0.kind == .volume && $0.name.hasPrefix(pool + "/")
    }.map(\.name).min()
  }

  /// A disk in a folder, and the guest that is defined to use it.
  func disk(in folder: String) -> (path: String, guest: String)? {
    let prefix = folder.hasSuffix("/") ? folder : folder + "/"
    return disks.value.defined.filter { $0.key.hasPrefix(prefix) }.min { $0.key < $1.key }
      .map { ($0.key, $0.value) }
  }

  /// A running guest that has what is at a path open, and the name of the disk.
  func guest(runningWith path: String) -> (guest: String, disk: String)? {
    disks.value.running[path]
  }

  /// Whether a volume, or one below it, lies over what is at a path.
  func overlays(_ path: String, of base: String) -> Bool {
    var backings: [String: String] = [:]
    for pool in observed.pools {
      for volume in pool.volumes { backings[volume.path] = volume.spec.string("backingPath") }
    }
    var current = path
    var seen: Set<String> = []
    while let below = backings[current], seen.insert(current).inserted {
      if below == base { return true }
      current = below
    }
    return false
  }

  /// What virtspec writes into the object's metadata.
  ///
  /// - Parameter overlay: what the object's overlay will have added.
  func ownership(of object: DesiredObject, overlay: String = "") -> Ownership {
    let text = object.spec.canonicalJSON
    return Ownership(
      stack: stack, source: object.source, digest: Digest.sha256(text, length: 32),
      appliedSpec: text,
      onRemove: object.onRemove, protected: object.isProtected, overlay: overlay)
  }

  /// Whether the object may be changed: it is the stack's own, or is taken over; else why not.
  func blockage(of object: DesiredObject, owner: Ownership?) -> Blockage? {
    guard let owner else {
      if options.adopt { return nil }
      return Blockage(
        .adopt, "\(object.id.reference) exists already and no stack owns it",
        remedy:
          "apply with --adopt to take it over, or declare it with 'external: true' or under another name"
      )
    }
    if owner.stack == stack { return nil }
    return Blockage(
      .otherStack,
      "\(object.id.reference) belongs to stack '\(owner.stack)' (from \(owner.source)), not to '\(stack)'",
      remedy: "remove it from one of the two stacks")
  }

  /// The third side of an object without metadata.
  func threeWay(_ object: DesiredObject, _ owner: Ownership?, _ table: Table) -> ThreeWay {
    ThreeWay.of(object.spec, owner: owner, now: ownership(of: object), table) { $0 }
  }
}

extension HostView {
  /// The folder or device tree that a pool's volumes stand in, by its manifest or as the host reports it.
  private func poolSpec(_ name: String) -> Record {
    var spec = (pool(name)?.spec ?? Record()).overlaid(with: object(.pool, name)?.spec ?? Record())
    // A pool that has something does not move.
    if let observed = pool(name), let path = observed.spec["path"], path != spec["path"],
      PoolPlanner.content(of: observed, self) != nil
    {
      spec["path"] = path
    }
    return spec
  }

  /// Where a guest finds a volume; nil when only libvirt can say (network pools, volumes still unknown).
  func path(ofVolume name: String, in poolName: String) -> String? {
    if let volume = volume(poolName + "/" + name), volume.path.hasPrefix("/") { return volume.path }
    let spec = poolSpec(poolName)
    switch spec.string("type") {
    case "dir", "fs", "netfs":
      return spec.string("path").map {
        ($0.hasSuffix("/") ? String($0.dropLast()) : $0) + "/" + name
      }
    case "logical":
      let group = spec.record("source")?.string("name")
      return (spec.string("path") ?? group.map { "/dev/" + $0 }).map { $0 + "/" + name }
    default: return nil
    }
  }

  /// Whether guests see the pool's volumes as block devices.
  func isBlockPool(_ name: String) -> Bool {
    PoolType.holdsDevices(poolSpec(name).string("type"))
  }

  /// The format of a volume: as observed where it stays the volume that it is, else as declared, else what new
  /// volumes of the pool get.
  ///
  /// - Parameter asDeclared: whether a volume that is declared with another format is taken for one that gets it.
  func format(
    ofVolume name: String, in poolName: String, asDeclared: Bool = false
  ) -> String {
    let id = poolName + "/" + name
    let declared = object(.volume, id)?.spec.string("format")
    guard let present = volume(id)?.spec.string("format") else {
      return declared ?? defaultFormat(of: poolName)
    }
    guard let declared, declared != present else { return present }
    return asDeclared || VolumePlanner.isRemade(id, self) ? declared : present
  }

  /// Folders hold image files; everything else holds raw devices.
  func defaultFormat(of poolName: String) -> String {
    ["dir", "fs", "netfs"].contains(poolSpec(poolName).string("type")) ? "qcow2" : "raw"
  }
}

extension Array {
  /// Where each is by a key; the first of those with the same.
  fileprivate func places<Key: Hashable>(_ key: (Element) -> Key) -> [Key: Int] {
    var places: [Key: Int] = [:]
    places.reserveCapacity(count)
    for index in indices {
      let key = key(self[index])
      if places[key] == nil { places[key] = index }
    }
    return places
  }
}

/// Something that is worked out once somebody asks for it.
private final class Once<Value: Sendable>: Sendable {
  private let known = Lock<Value?>(nil)
  private let work: @Sendable () -> Value

  init(_ work: @escaping @Sendable () -> Value) { self.work = work }

  var value: Value {
    known.withLock { known in
      if let known { return known }
      let value = work()
      known = value
      return value
    }
  }
}

/// Which guests use what is at a path.
private struct DiskUsers: Sendable {
  private(set) var defined: [String: String] = [:]
  private(set) var running: [String: (guest: String, disk: String)] = [:]

  init(_ guests: [ObservedGuest]) {
    for guest in guests {
      for disk in guest.spec.records("disks") {
        if let path = disk.diskPath { defined[path] = defined[path] ?? guest.name }
      }
      guard guest.power.isActive else { continue }
      for disk in (guest.live ?? guest.spec).records("disks") {
        guard let path = disk.diskPath, let name = disk.string("name") else { continue }
        running[path] = running[path] ?? (guest.name, name)
      }
    }
  }
}

extension Record {
  /// Where a disk's content is: a file or a device.
  var diskPath: String? { string("file") ?? string("block") }
}
