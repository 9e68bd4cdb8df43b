import Model

/// Which objects need which others: guests their networks, filters and volumes, volumes their pool and backing
/// volume, filters those that they include.
enum Uses {
  static func of(_ view: HostView) -> [ObjectID: Set<ObjectID>] {
    var uses: [ObjectID: Set<ObjectID>] = [:]
    let secrets = view.desired.filter { $0.id.kind == .secret }
    for object in view.desired { uses[object.id] = needs(object, secrets, view) }
    // A guest is shut down under its old name before it gets the new one.
    for (name, object) in view.renames {
      uses[object.id, default: []].insert(
        ObjectID(host: view.host.name, kind: .guest, name: name))
    }
    var pathOwners: [String: ObjectID] = [:]
    for pool in view.observed.pools {
      for volume in pool.volumes {
        pathOwners[volume.path] = .volume(host: view.host.name, pool: pool.name, name: volume.name)
      }
    }
    // A volume that is lost, or not there yet, is where its guests look for it.
    for object in view.desired where object.id.kind == .volume {
      if view.volume(object.id.name) != nil { continue }
      guard let (pool, name) = object.id.poolAndVolume,
        let path = view.path(ofVolume: name, in: pool)
      else { continue }
      pathOwners[path] = pathOwners[path] ?? object.id
    }
    for guest in view.observed.guests {
      // One that is to be adopted is changed like one that is the stack's already.
      guard guest.ownership?.stack == view.stack || view.isDeclared(.guest, guest.name) else {
        continue
      }
      let id = ObjectID(host: view.host.name, kind: .guest, name: guest.name)
      var found: Set<ObjectID> = []
      // Both sides: what runs may still use what the definition no longer mentions.
      for side in [guest.spec, guest.live ?? Record()] {
        for disk in side.records("disks") {
          if let owner = disk.diskPath.flatMap({ pathOwners[$0] }) {
            found.insert(owner)
          }
        }
        for interface in side.records("interfaces") {
          if let network = interface.string("network") {
            found.insert(ObjectID(host: view.host.name, kind: .network, name: network))
          }
        }
        for name in side.interfaceFilters {
          found.insert(ObjectID(host: view.host.name, kind: .networkFilter, name: name))
        }
      }
      uses[id, default: []].formUnion(found)
    }
    for filter in view.observed.filters {
      let included = filter.spec.includedFilters.map {
        ObjectID(host: view.host.name, kind: .networkFilter, name: $0)
      }
      if included.isEmpty { continue }
      let id = ObjectID(host: view.host.name, kind: .networkFilter, name: filter.name)
      uses[id, default: []].formUnion(included)
    }
    for entry in view.observed.ledger?.entries ?? [] where entry.kind == .volume {
      let id = ObjectID(host: view.host.name, kind: .volume, name: entry.name)
      guard let pool = id.poolAndVolume?.pool else { continue }
      uses[id, default: []].insert(ObjectID(host: view.host.name, kind: .pool, name: pool))
      if let path = view.volume(entry.name)?.spec.string("backingPath"),
        let backing = pathOwners[path]
      {
        uses[id, default: []].insert(backing)
      }
    }
    return withChains(uses)
  }

  /// Guests and volumes need the whole chain of volumes below: one that is there may lie over one that is to come again.
  private static func withChains(
    _ uses: [ObjectID: Set<ObjectID>]
  ) -> [ObjectID: Set<ObjectID>] {
    uses.reduce(into: uses) { result, entry in
      guard [.guest, .volume].contains(entry.key.kind) else { return }
      var found = entry.value
      var open = entry.value.filter { $0.kind == .volume }
      while let volume = open.popFirst() {
        for below in uses[volume] ?? [] where below.kind == .volume {
          if below != entry.key, found.insert(below).inserted { open.insert(below) }
        }
      }
      if found.count > entry.value.count { result[entry.key] = found }
    }
  }

  /// The declared secrets that an object names, by what they are for or by the UUID that they get.
  private static func secrets(
    of object: DesiredObject, _ declared: [DesiredObject], _ view: HostView
  ) -> [ObjectID] {
    if declared.isEmpty { return [] }
    let references = object.spec.secretReferences(of: object.id.kind)
    if references.isEmpty { return [] }
    return declared.filter { secret in
      let usage = SecretUsage(secret.spec)?.id
      let uuids = SecretIdentity.uuids(secret.id, stack: view.stack, view.observed.ledger)
      return references.contains { reference in
        reference.usage.map { $0 == usage } == true
          || reference.uuid.map { uuids.contains($0.lowercased()) } == true
      }
    }.map(\.id)
  }

  private static func needs(
    _ object: DesiredObject, _ secrets: [DesiredObject], _ view: HostView
  ) -> Set<ObjectID> {
    let host = object.id.host
    var needs = Set(self.secrets(of: object, secrets, view))
    switch object.id.kind {
    case .guest:
      for disk in object.spec.records("disks") {
        guard let pool = disk.string("pool") else { continue }
        needs.insert(ObjectID(host: host, kind: .pool, name: pool))
        if let volume = disk.string("volume") {
          needs.insert(.volume(host: host, pool: pool, name: volume))
          // The disk may be there already, while what it lies over is to come again.
          let image = view.object(.volume, pool + "/" + volume)?.spec.string("image")
          if let image = image.flatMap(view.image) { needs.insert(image.id) }
        }
      }
      for disc in view.firstBoots[object.id]?.discs ?? [] {
        needs.insert(disc.id)
        if let pool = disc.id.poolAndVolume?.pool {
          needs.insert(ObjectID(host: host, kind: .pool, name: pool))
        }
      }
      for medium in ["iso", "drivers"].compactMap({ object.spec.record("install")?.record($0) }) {
        guard let pool = medium.string("pool") else { continue }
        needs.insert(ObjectID(host: host, kind: .pool, name: pool))
        if let volume = medium.string("volume") {
          needs.insert(.volume(host: host, pool: pool, name: volume))
        }
      }
      for interface in object.spec.records("interfaces") {
        if let network = interface.string("network") {
          needs.insert(ObjectID(host: host, kind: .network, name: network))
        }
      }
      for name in object.spec.interfaceFilters {
        needs.insert(ObjectID(host: host, kind: .networkFilter, name: name))
      }
    case .networkFilter:
      for name in object.spec.includedFilters {
        needs.insert(ObjectID(host: host, kind: .networkFilter, name: name))
      }
    case .volume:
      if let pool = object.id.poolAndVolume?.pool {
        needs.insert(ObjectID(host: host, kind: .pool, name: pool))
      }
      if let image = object.spec.string("image").flatMap(view.image) { needs.insert(image.id) }
      if let backing = object.spec.record("backing"), let pool = backing.string("pool"),
        let name = backing.string("volume")
      {
        needs.insert(.volume(host: host, pool: pool, name: name))
      }
    case .secret, .pool, .network, .image, .stack, .host, .guestClass: break
    }
    return needs
  }
}
