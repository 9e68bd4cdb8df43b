import Model

/// What one call of tuning is about: differences of the same target go into one call.
enum TuningTarget: Hashable {
  case disk(String)
  case scheduler
  case memory
  case blockIO
  case numaNodes
  case processor(Int64, cpuset: String)
  case emulator(cpuset: String)
  case iothread(Int64, cpuset: String)
  case iothreads
  /// Of the interface with the MAC address.
  case traffic(String)
}

/// The calls that tune a running guest, made of the differences that they are for.
struct TuningPlan {
  /// A call, and what it changes.
  struct Call {
    var operation: Operation
    var changes: [FieldChange]
  }

  private let guest: RunningGuest
  private var targets: [TuningTarget] = []
  private var found: [TuningTarget: (differences: [Difference], changes: [FieldChange])] = [:]

  init(_ guest: RunningGuest) { self.guest = guest }

  mutating func add(_ difference: Difference, _ change: FieldChange, to target: TuningTarget) {
    if found[target] == nil { targets.append(target) }
    found[target, default: ([], [])].differences.append(difference)
    found[target, default: ([], [])].changes.append(change)
  }

  /// The calls in the order in which they are made, and what only a restart brings.
  func calls() -> (calls: [Call], restart: [FieldChange]) {
    var calls: [Call] = []
    var last: [Call] = []
    var restart: [FieldChange] = []
    for target in targets {
      guard let (differences, changes) = found[target] else { continue }
      guard target != .iothreads else {
        let threads = IOThreads(guest)
        if let note = threads.obstacle {
          restart += changes.map { $0.noted(note) }
          continue
        }
        // Threads are there before they are pinned, and go when nothing else is left to do.
        calls += threads.added.map {
          Call(operation: .tuneGuest(.addIOThread(number: $0)), changes: [])
        }
        last += threads.removed.map {
          Call(operation: .tuneGuest(.removeIOThread(number: $0)), changes: [])
        }
        if !threads.added.isEmpty {
          calls[calls.count - threads.added.count].changes = changes
        } else if !last.isEmpty {
          last[0].changes = changes
        }
        continue
      }
      calls.append(Call(operation: operation(target, differences), changes: changes))
    }
    return (calls + last, restart)
  }

  private func operation(_ target: TuningTarget, _ differences: [Difference]) -> Operation {
    switch target {
    case .disk(let name): .tuneGuest(.diskLimits(disk: name, limits: diskLimits(name)))
    case .scheduler: .tuneGuest(.scheduler(limits: values(differences)))
    case .memory: .tuneGuest(.memoryLimits(limits: values(differences)))
    case .blockIO:
      .tuneGuest(.blockIO(limits: guest.wanted.record("blkioTune") ?? Record()))
    case .numaNodes:
      .tuneGuest(.numaNodes(nodeset: values(differences).string("nodeset") ?? ""))
    case .processor(let number, let cpuset):
      .tuneGuest(.pinProcessor(number: number, cpuset: cpuset))
    case .emulator(let cpuset): .tuneGuest(.pinEmulator(cpuset: cpuset))
    case .iothread(let number, let cpuset):
      .tuneGuest(.pinIOThread(number: number, cpuset: cpuset))
    case .traffic(let mac):
      .updateDevice(
        list: "interfaces",
        item: Record([("mac", .string(mac))]).overlaid(with: bandwidth(mac)))
    // It is more than one call: see above.
    case .iothreads: .tuneGuest(.addIOThread(number: 0))
    }
  }

  private func bandwidth(_ mac: String) -> Record {
    let wanted = guest.wanted.records("interfaces").first { $0.string("mac") == mac }
    return Record([("bandwidth", wanted?["bandwidth"] ?? .record(Record()))])
  }

  /// The fields that differ.
  private func values(_ differences: [Difference]) -> Record {
    Record(
      differences.compactMap { difference in
        guard case .value(_, let value) = difference.change else { return nil }
        return (difference.field.name, value)
      })
  }

  /// All limits that the disk is to have. libvirt takes those of one measure together: what is not told with the
  /// others ends.
  private func diskLimits(_ name: String) -> Record {
    func limits(_ side: Record) -> Record {
      side.records("disks").first { $0.string("name") == name }?.record("ioTune") ?? Record()
    }
    let wanted = limits(guest.wanted)
    let current = limits(guest.fields)
    var result = current.overlaid(with: wanted)
    for field in Table.guestDiskTune.fields where wanted[field.name] ?? 0 != 0 {
      for other in field.excludes where wanted[other] ?? 0 == 0 && result[other] != nil {
        result[other] = 0
      }
    }
    // QEMU refuses to know how long a burst lasts that there is none of.
    for field in Table.guestDiskTune.fields where field.name.hasSuffix("MaxLength") {
      let burst = String(field.name.dropLast("Length".count))
      if result[burst] ?? 0 == 0, result[field.name] != nil { result[field.name] = 0 }
    }
    return result
  }
}

/// The iothreads that a running guest gets and loses.
struct IOThreads {
  let added: [Int64]
  let removed: [Int64]
  /// Why it cannot lose them.
  let obstacle: String?

  init(_ guest: RunningGuest) {
    let wanted = Self.numbers(guest.wanted)
    let present = Self.numbers(guest.fields)
    added = wanted.filter { !present.contains($0) }
    let removed = present.filter { !wanted.contains($0) }
    self.removed = removed
    let used = guest.fields.records("disks").first { disk in
      disk.integer("iothread").map(removed.contains) ?? false
    }
    obstacle = used.map { "disk \($0.string("name") ?? "") uses the iothread" }
  }

  /// Threads without numbers of their own are numbered from 1.
  static func numbers(_ side: Record) -> [Int64] {
    let own = side.records("iothreadIDs").compactMap { $0.integer("id") }
    if !own.isEmpty { return own }
    let count = side.integer("iothreads") ?? 0
    return count > 0 ? Array(1...min(count, 65_536)) : []
  }
}

extension FieldChange {
  /// With why it is not made while the object runs.
  func noted(_ note: String?) -> FieldChange {
    var copy = self
    copy.note = note
    return copy
  }
}
