import Model

/// A guest's declared fields in the terms of its host: MACs known, volumes turned into paths, limits filled in.
///
/// A class, because it goes through every pass over a guest, and a copy would retain some fifty values.
final class GuestSpec: Sendable {
  let object: DesiredObject
  let view: HostView
  let observed: ObservedGuest?

  /// What is compared.
  let compared: Record
  /// What the host has, in the same terms.
  let current: Record
  /// What the running guest has, in the same terms; nil when it does not run.
  let running: Record?
  /// What a guest that follows its operating system's profile has of it.
  let profiled: [GuestProfile.Default]

  convenience init(_ object: DesiredObject, _ view: HostView) {
    self.init(object, view, observed: view.guest(for: object))
  }

  init(_ object: DesiredObject, _ view: HostView, observed: ObservedGuest?) {
    self.object = object
    self.view = view
    self.observed = observed
    var spec = object.spec
    if spec["interfaces"] != nil {
      spec["interfaces"] = .list(Interfaces.identified(object, view).map(Value.record))
    }
    if let disks = spec["disks"]?.list {
      spec["disks"] = .list(disks.map { $0.record.map { .record(Self.located($0, view)) } ?? $0 })
    }
    var profiled: [GuestProfile.Default] = []
    if observed != nil, spec.followsProfile, let profile = object.profile {
      (spec, profiled) = spec.filled(profile.defaults.filter(\.isComparable))
    }
    self.profiled = profiled
    spec = Self.limited(spec, "cpus", "count", "max", observed)
    spec = Self.limited(spec, "memory", "size", "max", observed)
    // A new guest gets what it says of them; from then on they are somebody else's.
    compared = observed == nil ? spec : spec.ignoring(object.ignored, .guest)
    current = observed.map { Self.normalized($0.spec, view) } ?? Record()
    running = observed?.live.map { Reattachment.settled(Self.normalized($0, view)) }
  }

  /// The same with limits taken back that former specs had, in the terms that are compared.
  func takingBack(_ limits: LimitsTakenBack) -> GuestSpec {
    limits.applied == nil && limits.started == nil ? self : GuestSpec(self, limits)
  }

  private init(_ full: GuestSpec, _ limits: LimitsTakenBack) {
    (object, view, observed, profiled) = (full.object, full.view, full.observed, full.profiled)
    let compared = limits.declared(full.compared)
    let former = full.observed?.former
    self.compared = compared
    current = limits.observed(full.current, as: compared, read: former?.defined)
    running = full.running.map { limits.observed($0, as: compared, read: former?.running) }
  }

  /// The record for a definition: items that the host does not have yet are complete.
  func definition(_ differences: [Difference]) -> Record {
    var spec = compared
    // A maximum that nobody declared follows the size: the guest starts with what it is to have, and need
    // not give memory back first.
    for (name, inUse) in [("memory", "size"), ("cpus", "count")]
    where differences.contains(where: { $0.path == name + "." + inUse })
      && object.spec.record(name)?["max"] == nil
    {
      guard var record = spec.record(name) else { continue }
      record["max"] = record[inUse]
      spec[name] = .record(record)
    }
    if differences.isEmpty { return spec }
    return completed(spec, .guest, over: current, differences.filter(\.isMissingItem))
  }

  /// The record with all that a new item needs in the items that are missing, and what a new element needs where the
  /// host has none.
  private func completed(
    _ record: Record, _ table: Table, over current: Record, _ missing: [Difference]
  ) -> Record {
    var result = record
    for field in table.fields {
      switch (field.type, record[field.name]) {
      case (.record(let inner, _), .record(let nested)?):
        let known = current.record(field.name)
        // What every guest gets is there, or somebody has taken it out.
        let isNew = known == nil && !field.isSpread && field.implied == nil
        let whole = isNew ? inner.completed(nested) : nested
        result[field.name] = .record(completed(whole, inner, over: known ?? Record(), missing))
      case (.list(.record(let inner, _), let key), .list(let items)?):
        let known = current.records(field.name)
        result[field.name] = .list(
          items.enumerated().map { index, item in
            guard let record = item.record else { return item }
            let isMissing = missing.contains { $0.isMissing(record, in: field.name) }
            let own =
              key.isEmpty
              ? known.dropFirst(index).first
              : known.first { field.identifies($0, as: record, by: key, in: inner) }
            guard !isMissing, let own else {
              return .record(inner.completed(newItem(record, in: field.name)))
            }
            return .record(completed(record, inner, over: own, missing))
          })
      default: break
      }
    }
    return result
  }

  /// The record of a guest that the host does not have at all.
  func creation() -> Record {
    var spec = compared.filled(object.profile?.defaults ?? []).record
    spec = Self.limited(spec, "cpus", "count", "max", observed)
    spec = Self.limited(spec, "memory", "size", "max", observed)
    for name in ["disks", "interfaces"] {
      guard let items = spec[name]?.list else { continue }
      spec[name] = .list(items.map { $0.record.map { .record(newItem($0, in: name)) } ?? $0 })
    }
    if spec["cpus"] == nil { spec["cpus"] = ["count": 1, "max": 1] }
    // A guest without any console cannot be looked into when it does not come up.
    if spec["serials"] == nil, spec["consoles"] == nil { spec["serials"] = [["type": "pty"]] }
    return Table.guest.completed(spec)
  }

  /// What a new device gets from its surroundings: a disk its format and bus.
  func newItem(_ record: Record, in list: String) -> Record {
    if observed != nil, ["disks", "interfaces"].contains(list) {
      return profiledItem(record, in: list)
    }
    return newDisk(record, in: list)
  }

  /// A new device of an existing guest is like those that the guest got when it was made.
  private func profiledItem(_ record: Record, in list: String) -> Record {
    let defaults = (recordedProfile?.fields.entries ?? []).filter {
      $0.name.hasPrefix(list + "[].")
    }
    let filled = Record([(list, .list([.record(record)]))]).filled(
      defaults.map { GuestProfile.Default(path: $0.name, value: $0.value, reason: "") })
    return newDisk(filled.record.records(list).first ?? record, in: list)
  }

  /// What the guest got when it was made.
  private var recordedProfile: AppliedProfile? {
    observed?.ownership?.profile.flatMap(AppliedProfile.init(text:))
  }

  /// A field of the guest that decides on others: as declared, else as the profile has it.
  private func decisive(_ name: String) -> String? {
    object.spec.string(name)
      ?? (observed == nil
      ? object.profile?.defaults.first { $0.path == name }?.value : recordedProfile?[name])?.string
  }

  private func newDisk(_ record: Record, in list: String) -> Record {
    guard list == "disks" else { return record }
    var disk = record
    let declared = object.spec.records("disks").first { $0["name"] == record["name"] }
    if disk["format"] == nil, let pool = declared?.string("pool"),
      let volume = declared?.string("volume")
    {
      disk["format"] = .string(view.format(ofVolume: volume, in: pool))
    }
    if disk["bus"] == nil {
      disk["bus"] = .string(
        DiskBus.implied(
          device: disk.string("device"), name: disk.string("name") ?? "",
          machine: decisive("machine") ?? "q35"))
    }
    if disk.string("device") == "cdrom", disk["readOnly"] == nil { disk["readOnly"] = true }
    if disk["driver"] == nil, isQEMU { disk["driver"] = "qemu" }
    if disk["format"] == nil, isQEMU { disk["format"] = "raw" }
    return disk
  }

  private var isQEMU: Bool { ["kvm", "qemu"].contains(decisive("virtType") ?? "kvm") }

  /// The disk with its volume as the path where the guest finds it: a security driver that confines guests by
  /// path cannot resolve `type='volume'` (https://gitlab.com/libvirt/libvirt/-/issues/546).
  static func located(_ disk: Record, _ view: HostView) -> Record {
    guard let pool = disk.string("pool"), let volume = disk.string("volume"),
      let path = view.path(ofVolume: volume, in: pool)
    else { return disk }
    var result = disk
    result["pool"] = nil
    result["volume"] = nil
    result[view.isBlockPool(pool) ? "block" : "file"] = .string(path)
    return result
  }

  /// The maximum is compared only when it is declared, but it is never below what is in use.
  private static func limited(
    _ spec: Record, _ name: String, _ inUse: String, _ maximum: String, _ observed: ObservedGuest?
  ) -> Record {
    guard var record = spec.record(name), let wanted = record.integer(inUse), record[maximum] == nil
    else {
      return spec
    }
    let current = observed?.spec.record(name)?.integer(maximum) ?? 0
    if current >= wanted { return spec }
    record[maximum] = .integer(wanted)
    var result = spec
    result[name] = .record(record)
    return result
  }

  /// Observed disks by path, even where the definition names a volume.
  private static func normalized(_ record: Record, _ view: HostView) -> Record {
    guard let disks = record["disks"]?.list else { return record }
    var result = record
    result["disks"] = .list(disks.map { $0.record.map { .record(located($0, view)) } ?? $0 })
    return result
  }
}

extension Difference {
  fileprivate var isMissingItem: Bool { if case .missingItem = change { true } else { false } }

  /// Whether it says that this item of this list is missing.
  func isMissing(_ record: Record, in list: String) -> Bool {
    guard case .missingItem(let item) = change else { return false }
    return field.name == list && item == record
  }
}
