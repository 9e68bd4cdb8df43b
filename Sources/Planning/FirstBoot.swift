import Model

/// What a guest's first boot needs, settled with what the host has: the disc in its drive, and what a change of its
/// configuration comes to.
struct FirstBoot: Sendable {
  /// The guest with the drive among its disks, and with what was applied in the place of the texts.
  var guest: DesiredObject
  /// The discs as volumes.
  var discs: [DesiredObject] = []
  /// What changed of the configuration.
  var changes: [FieldChange] = []
  /// Whether a running guest takes the disc up only when it starts anew.
  var takesRestart = false
  /// Volumes of the guest that are made anew from their images, as `POOL/VOLUME`.
  var remade: Set<String> = []
  /// What recreation would change, where it does not happen, and why not: nil where it was only not allowed.
  var refused: (changes: [FieldChange], blockage: Blockage?)?
  /// What is not applied, and how it would be.
  var notes: [PlanNote] = []
  /// How the installation of the guest goes on; nil where there is none to make.
  var installation: InstallationState?
  /// Why it cannot be told what is wanted.
  var blockage: Blockage?
}

extension FirstBoot {
  /// The fields of a guest that say what happens at its first boot.
  static let fields = ["cloudInit", "combustion", "ignition", "install"]

  /// The objects with guests settled and their discs beside them.
  static func objects(
    _ declared: [DesiredObject], _ firstBoots: [ObjectID: FirstBoot]
  ) -> [DesiredObject] {
    if firstBoots.isEmpty { return declared }
    let discs = firstBoots.values.flatMap(\.discs).sorted { $0.id < $1.id }
    return declared.map { firstBoots[$0.id]?.guest ?? $0 } + discs
  }
}

/// Settles first boots. A guest is configured once: what a later change does is what `onChange` says, and by itself
/// no change makes a guest boot for the first time again.
///
/// What was applied stands in the guest's ownership, under `cloudInit`: digests of the texts, and under `disc` which
/// content and instance the disc in the drive has.
struct FirstBootPlanner: Sendable {
  let stack: String
  let host: String
  let observed: ObservedHost
  let secrets: [ObjectID: SecretReading]
  let options: PlanOptions
  /// The declared volumes that are made of images, as `POOL/VOLUME`.
  let fromImages: Set<String>
  /// What the host has of the guest, maybe under the name that it had before.
  let guest: @Sendable (DesiredObject) -> ObservedGuest?

  func settled(_ objects: [DesiredObject]) -> [ObjectID: FirstBoot] {
    let found = Concurrent.map(objects) {
      $0.compactMap { object in
        settled(object).map { (object.id, $0) }
      }
    }.flatMap { $0 }
    return Dictionary(found) { first, _ in first }
  }

  /// The declared first boot of a guest; nil where nothing is declared.
  func settled(_ object: DesiredObject) -> FirstBoot? {
    guard object.id.kind == .guest else { return nil }
    let fields = ["cloudInit", "combustion", "ignition"].filter { object.spec[$0] != nil }
    if fields.isEmpty, object.spec["install"] == nil { return nil }
    let known = guest(object)
    let owner = known?.ownership.flatMap { $0.stack == stack ? $0 : nil }
    let applied = owner.flatMap { Record(canonicalJSON: $0.appliedSpec) }
    var result = FirstBoot(guest: object)
    if object.spec["install"] != nil {
      result = installed(result, known, owner)
    }
    for field in fields {
      let next = settled(field, result.guest, known, applied?.record(field))
      result.guest = next.guest
      result.discs += next.discs
      result.changes += next.changes
      result.takesRestart = result.takesRestart || next.takesRestart
      result.notes += next.notes
      result.remade.formUnion(next.remade)
      result.refused = result.refused ?? next.refused
      result.blockage = result.blockage ?? next.blockage
    }
    return result
  }

  private func settled(
    _ field: String, _ object: DesiredObject, _ known: ObservedGuest?, _ applied: Record?
  ) -> FirstBoot {
    let spec = object.spec.record(field) ?? Record()
    var texts = SecretTexts()
    if field == "cloudInit", CloudInit.hasReferences(spec) {
      switch secrets[object.id] {
      case .value(let value, _): texts = SecretTexts(value) ?? texts
      case .failed(let reason): return unreadable(object, field, applied, reason)
      case .unread:
        var result = unreadable(object, field, applied, "its values were not read")
        // What the host has is taken for right.
        if known != nil { result.blockage = nil }
        return result
      case nil: return unreadable(object, field, applied, "its values were not read")
      }
    }
    let wanted = Wanted(field, object, spec, texts, self)
    guard let known else { return made(wanted, instance: firstInstance(object.id)) }
    return settled(wanted, known, applied)
  }

  private func settled(_ wanted: Wanted, _ known: ObservedGuest, _ applied: Record?) -> FirstBoot {
    let object = wanted.object
    guard let applied, let disc = applied.record("disc"), let instance = disc.string("instance")
    else {
      // It has booted without.
      if wanted.policy == "ignore" {
        var result = FirstBoot(guest: object.replacing(wanted.field, nil))
        result.notes = [
          PlanNote(
            object: object.id, "\(wanted.field) is not applied to a guest that was there before it",
            remedy: wanted.field == "cloudInit"
              ? "say 'onChange: newInstance' there to have the guest configured by it"
              : "remove the guest and make it anew to have it configured by it")
        ]
        return result
      }
      var result = made(wanted, instance: firstInstance(object.id))
      result.takesRestart = true
      return result
    }
    if disc.string("content") == wanted.content {
      var result = made(wanted, instance: instance, drive: disc.string("drive"))
      result.takesRestart = wanted.isAnew
      return result
    }
    let changes = Self.changes(wanted.field, from: applied, to: wanted.condensed)
    guard wanted.policy != "ignore" else { return kept(wanted, applied, disc, changes) }
    let own = wanted.policy == "recreate" ? volumes(of: object) : []
    if !own.isEmpty, let refusal = refusal(object, known) {
      var result = kept(wanted, applied, disc, [])
      result.notes = []
      result.refused = (changes, refusal.blockage)
      return result
    }
    let next =
      wanted.isAnew
      ? Digest.uuid(stack: stack, kind: .guest, name: instance + "/" + wanted.content) : instance
    var result = made(wanted, instance: next, drive: disc.string("drive"))
    result.changes = changes
    result.takesRestart = wanted.isAnew
    result.remade = own
    return result
  }

  /// The guest's own disks that are made of images.
  private func volumes(of guest: DesiredObject) -> Set<String> {
    Set(
      guest.spec.records("disks").compactMap { disk in
        guard let pool = disk.string("pool"), let volume = disk.string("volume") else { return nil }
        return pool + "/" + volume
      }
    ).intersection(fromImages)
  }

  /// Why the guest's disks are not made anew: nothing of the change is applied then, or they never would be.
  private func refusal(
    _ object: DesiredObject, _ known: ObservedGuest
  ) -> (blockage: Blockage?, Void)? {
    if object.isProtected {
      let blockage = Blockage(
        .protected,
        "its disks would be made anew, and its manifest says 'lifecycle: {protect: true}'",
        remedy: "remove 'protect', or say another 'onChange'")
      return (blockage, ())
    }
    if options.ceiling < .dataLoss { return (nil, ()) }
    if known.power.isActive {
      let blockage = Blockage(
        .recreate, "its disks are to be made anew, and it runs",
        remedy: "stop it first, with 'power: stopped' and --allow restart")
      return (blockage, ())
    }
    return nil
  }

  /// The guest with the disc of an instance.
  private func made(_ wanted: Wanted, instance: String, drive: String? = nil) -> FirstBoot {
    let object = wanted.object
    let disc = wanted.disc(instance)
    let digest = disc.digest(salt: wanted.salt)
    let name = "\(object.id.name)-\(wanted.purpose)-\(digest.prefix(16)).iso"
    let drive = DiscDrive(
      object, bus: wanted.spec.string("bus"), name: wanted.spec.string("drive"), applied: drive)
    var state = Record([
      ("content", .string(wanted.content)), ("instance", .string(instance)),
      ("pool", .string(wanted.pool)), ("volume", .string(name)), ("drive", .string(drive.name)),
    ])
    var condensed = wanted.condensed
    condensed["disc"] = .record(state)
    state["guest"] = .string(object.id.name)
    var volume = DesiredObject(
      id: .volume(host: host, pool: wanted.pool, name: name),
      spec: Record([
        ("pool", .string(wanted.pool)), ("disc", .record(state)),
        ("lifecycle", ["onRemove": "delete"]),
      ]), source: object.source)
    volume.content = .disc(disc)
    return FirstBoot(
      guest: object.replacing(
        wanted.field, condensed, drive: drive, pool: wanted.pool, volume: name),
      discs: [volume])
  }

  /// The guest as it was configured, with the disc that it has.
  private func kept(
    _ wanted: Wanted, _ applied: Record, _ disc: Record, _ changes: [FieldChange]
  ) -> FirstBoot {
    let object = wanted.object
    guard let pool = disc.string("pool"), let volume = disc.string("volume"),
      let instance = disc.string("instance")
    else { return FirstBoot(guest: object.replacing(wanted.field, applied)) }
    let id = ObjectID.volume(host: host, pool: pool, name: volume)
    let pools = observed.pools.first { $0.name == pool }
    let isGone = pools?.active == true && pools?.volumes.contains { $0.name == volume } == false
    let note = PlanNote(
      object: object.id,
      "\(Self.list(changes)) changed, which is not applied: the guest has had its first boot",
      remedy: wanted.field == "cloudInit"
        ? "'onChange: nextBoot' gives it the new disc, 'newInstance' has it configured anew, 'recreate' also makes its disks from images anew"
        : "it is read at the first boot only: remove the guest and make it anew, or change it from within"
    )
    var result: FirstBoot
    if isGone {
      // What it was made of is not known any more; the guest cannot start without a disc.
      result = made(wanted, instance: instance, drive: disc.string("drive"))
    } else {
      var kept = applied
      kept["onChange"] = wanted.spec["onChange"]
      let drive = DiscDrive(
        object, bus: wanted.spec.string("bus"), name: wanted.spec.string("drive"),
        applied: disc.string("drive"))
      result = FirstBoot(
        guest: object.replacing(wanted.field, kept, drive: drive, pool: pool, volume: volume),
        discs: recorded(id, object))
    }
    result.notes = [note]
    return result
  }

  private func unreadable(
    _ object: DesiredObject, _ field: String, _ applied: Record?, _ reason: String
  ) -> FirstBoot {
    var result = FirstBoot(guest: object.replacing(field, applied))
    if let disc = applied?.record("disc"), let pool = disc.string("pool"),
      let volume = disc.string("volume")
    {
      let drive = DiscDrive(object, name: nil, applied: disc.string("drive"))
      result.guest = object.replacing(field, applied, drive: drive, pool: pool, volume: volume)
      result.discs = recorded(.volume(host: host, pool: pool, name: volume), object)
    }
    result.blockage = Blockage(.incomplete, reason, remedy: "see '\(field)' in its manifest")
    return result
  }

  /// A disc as it was made before.
  private func recorded(_ id: ObjectID, _ guest: DesiredObject) -> [DesiredObject] {
    guard let entry = observed.ledger?[.volume, id.name],
      let spec = Record(canonicalJSON: entry.ownership.appliedSpec)
    else { return [] }
    return [DesiredObject(id: id, spec: spec, source: entry.ownership.source)]
  }

  /// The same on every run, so that a run that dies before the guest is there is taken up by the next one.
  private func firstInstance(_ id: ObjectID) -> String {
    Digest.uuid(stack: stack, kind: .guest, name: id.host + "/" + id.name + "/first-boot")
  }

  /// The fields that differ, as they are written down.
  private static func changes(
    _ field: String, from applied: Record, to wanted: Record
  ) -> [FieldChange] {
    let own: Set<String> = ["disc", "onChange", "pool", "drive", "bus"]
    let names =
      wanted.entries.map(\.name) + applied.entries.map(\.name).filter { wanted[$0] == nil }
    return names.filter { !own.contains($0) && applied[$0] != wanted[$0] }.map {
      FieldChange(
        path: field + "." + $0, from: applied[$0], to: wanted[$0], side: .defined,
        origin: .manifest)
    }
  }

  private static func list(_ changes: [FieldChange]) -> String {
    // What a reference leads to has no field that tells.
    changes.isEmpty
      ? "a text that cloudInit refers to" : changes.map(\.path).joined(separator: ", ")
  }
}

extension FirstBootPlanner {
  /// What a manifest declares of one way to configure a guest.
  private struct Wanted {
    let field: String
    let object: DesiredObject
    let spec: Record
    let pool: String
    let salt: String
    let condensed: Record
    /// What tells one configuration from another, whichever instance it is of.
    let content: String
    private let texts: SecretTexts

    init(
      _ field: String, _ object: DesiredObject, _ spec: Record, _ texts: SecretTexts,
      _ planner: FirstBootPlanner
    ) {
      self.field = field
      self.object = object
      self.spec = spec
      self.texts = texts
      pool = spec.string("pool") ?? object.spec.firstPool ?? ""
      salt = planner.stack + "/" + object.id.host + "/" + object.id.name
      condensed = CloudInit.condensed(spec)
      content = Self.files(field, object, spec, texts, "").digest(salt: salt)
    }

    func disc(_ instance: String) -> GeneratedDisc {
      var disc = Self.files(field, object, spec, texts, instance)
      disc.guest = object.id.name
      disc.instance = instance
      return disc
    }

    private static func files(
      _ field: String, _ object: DesiredObject, _ spec: Record, _ texts: SecretTexts,
      _ instance: String
    ) -> GeneratedDisc {
      switch field {
      case "combustion": .combustion(spec.string("text") ?? "")
      case "ignition": .ignition(spec.string("text") ?? "")
      default: CloudInit(spec, guest: object.id.name, values: texts).disc(instance: instance)
      }
    }

    /// The word in the names of its discs.
    var purpose: String { field == "cloudInit" ? "seed" : field }
    var policy: String { spec.string("onChange") ?? "ignore" }
    /// Whether a change is a new instance.
    var isAnew: Bool { policy == "newInstance" || policy == "recreate" }
  }
}

extension DesiredObject {
  /// The guest with what was applied in the place of the configuration, and with a drive.
  fileprivate func replacing(
    _ field: String, _ applied: Record?, drive: DiscDrive? = nil, pool: String = "",
    volume: String = ""
  ) -> DesiredObject {
    var copy = self
    copy.spec[field] = applied.map(Value.record)
    if let drive { copy.spec = drive.added(to: copy.spec, pool: pool, volume: volume) }
    return copy
  }
}

extension Record {
  /// The pool of a guest's first disk that lies in one.
  var firstPool: String? {
    let disks = records("disks").filter { $0["pool"] != nil }
    return (disks.first { [nil, "disk"].contains($0.string("device")) } ?? disks.first)?
      .string("pool")
  }
}
