import Model

/// Turns what manifests want and what hosts have into a plan. Pure and deterministic: the same input gives
/// the same plan.
///
/// The passes, in order: every host is planned on its own (`HostPlanner`), what must not happen is blocked
/// (`Guarding`), and the rest is put in order (`Ordering`).
public enum Planner {
  /// The plan.
  ///
  /// - Parameters:
  ///   - desired: in the long form that `Lowering` gives.
  ///   - secrets: what could be read of the declared secrets' values.
  public static func plan(
    _ desired: Desired, readings: [String: HostReading], secrets: [ObjectID: SecretReading] = [:],
    options: PlanOptions
  ) -> Plan {
    var steps: [Step] = []
    var uses: [ObjectID: Set<ObjectID>] = [:]
    var unreadable: [UnreadableHost] = []
    var compared = 0
    var notes: [PlanNote] = []
    for host in desired.hosts {
      guard let reading = readings[host.name] else { continue }
      switch reading {
      case .unreadable(let reason):
        unreadable.append(UnreadableHost(host: host.name, uri: host.uri, reason: reason))
      case .read(let observed):
        let view = HostView(
          host: host, stack: desired.stack, options: options,
          desired: desired.objects(on: host.name),
          observed: observed, secrets: secrets)
        compared += view.desired.count
        notes += ImageNotes.of(view)
        notes += view.firstBoots.values.flatMap(\.notes)
        let found = HostPlanner.steps(view)
        // Where there is nothing to do there is nothing to put in order.
        if found.isEmpty { continue }
        steps += found
        uses.merge(Uses.of(view)) { $0.union($1) }
      }
    }
    let starts = StartOrder(
      options.destroy || steps.isEmpty ? nil : desired, unreadable: unreadable)
    var plan = Plan(
      stack: desired.stack, hosts: desired.hosts,
      steps: Guarding.dependents(
        Ordering.ordered(
          starts.guarded(Guarding.ceiling(steps, options)), uses: uses, starts: starts.after)),
      unreadable: unreadable, compared: compared)
    plan.notes = notes.sorted { $0.object < $1.object }
    return plan
  }

  /// What must be read of a host for the plan.
  public static func request(_ desired: Desired, host: String) -> ObservationRequest {
    var shapes: [Kind: [String: Shape]] = [:]
    let objects = desired.objects(on: host)
    let found = Concurrent.map(objects) { $0.map(ShapeOfInterest.of) }.flatMap { $0 }
    for (object, shape) in zip(objects, found) {
      shapes[object.id.kind, default: [:]][object.id.name] = shape
      if let name = object.previousName, shapes[object.id.kind]?[name] == nil {
        shapes[object.id.kind]?[name] = shape
      }
    }
    return ObservationRequest(
      stack: desired.stack, shapes: shapes, undeclaredGuest: ShapeOfInterest.undeclaredGuest,
      undeclaredVolume: ShapeOfInterest.undeclaredVolume,
      undeclaredFilter: ShapeOfInterest.undeclaredFilter,
      undeclaredPool: ShapeOfInterest.undeclaredPool,
      secretUsages: Set(
        objects.filter { $0.id.kind == .secret }.compactMap { SecretUsage($0.spec) }))
  }
}

/// The passes over one host.
enum HostPlanner {
  private static let passes: [@Sendable (HostView) -> [Step]] = [
    SecretPlanner.steps, FilterPlanner.steps, NetworkPlanner.steps, PoolPlanner.steps,
    VolumePlanner.steps, GuestPlanner.steps, RemovalPlanner.steps,
  ]

  static func steps(_ view: HostView) -> [Step] {
    let available = Availability.guarded(passes.flatMap { $0(view) }, view)
    let steps = Requirements.guarded(CapabilityGuard.guarded(available, view), view)
    return steps + LedgerPlanner.steps(view, after: steps)
  }
}

/// What a reader must bring back of an object: what is declared, and what a decision needs besides.
enum ShapeOfInterest {
  private static let secretReference: Value = ["usage": "", "uuid": ""]

  /// Enough to see which volumes, networks, filters and secrets a guest uses that is to be removed.
  static let undeclaredGuest = Shape(of: undeclaredGuestRecord)

  private static let undeclaredGuestRecord = Record([
    (
      "disks",
      [
        [
          "name": "", "file": "", "block": "", "auth": ["secret": secretReference],
          "encryption": ["secret": secretReference],
        ]
      ]
    ),
    ("interfaces", [["mac": "", "network": "", "filter": ["name": ""]]]),
  ])

  /// Enough to see which volumes lie over which.
  static let undeclaredVolume = Shape(of: volume)

  /// A new overlay takes its capacity after the volume below, and a disk its format.
  private static let volume = Record([
    ("capacity", 0), ("format", ""), ("backingPath", ""), ("backingFormat", ""),
  ])

  /// Enough to see which filters others need.
  static let undeclaredFilter = Shape(of: Record([("filters", [["name": ""]])]))

  /// Enough to see which secret a pool is opened with.
  static let undeclaredPool = Shape(of: Record([("source", ["auth": .record(poolSecret)])]))

  private static let poolSecret = Record([("secretUsage", ""), ("secretUUID", "")])

  static func of(_ object: DesiredObject) -> Shape {
    var record = object.spec
    if FirstBoot.fields.contains(where: { record[$0] != nil }) {
      if record["install"] != nil { record["onReboot"] = record["onReboot"] ?? "" }
      for name in FirstBoot.fields { record[name] = nil }
      append(["readOnly": true, "format": ""], to: "disks", of: &record)
      append(["type": "", "index": 0, "model": ""], to: "controllers", of: &record)
    }
    switch object.id.kind {
    case .guest:
      // Matching needs the source of interfaces, hot-plugging needs the bus and kind of devices.
      // What a guest uses must not be taken from under it, also where its manifest does not say what that is.
      if record["disks"] == nil {
        record["disks"] = undeclaredGuestRecord["disks"]
      } else {
        append(
          ["bus": "", "device": "", "file": "", "block": "", "pool": "", "volume": ""], to: "disks",
          of: &record)
        // libvirt takes the limits of a disk together.
        if record.records("disks").contains(where: { $0["ioTune"] != nil }) {
          append(["ioTune": .record(everyLimit)], to: "disks", of: &record)
        }
      }
      if record["iothreads"] != nil || record["iothreadIDs"] != nil {
        append(["id": 0], to: "iothreadIDs", of: &record)
        if record["disks"] != nil { append(["iothread": 0], to: "disks", of: &record) }
      }
      if record.record("numaTune")?["nodeset"] != nil {
        record["numaTune"] = .record(
          Record([("mode", "")]).overlaid(with: record.record("numaTune") ?? Record()))
      }
      if record["interfaces"] == nil {
        record["interfaces"] = undeclaredGuestRecord["interfaces"]
      } else {
        append(
          ["mac": "", "network": "", "bridge": "", "model": "", "filter": ["name": ""]],
          to: "interfaces", of: &record)
      }
      record["cpus"] = .record(
        Record([("max", 0), ("count", 0)]).overlaid(with: record.record("cpus") ?? Record()))
      record["memory"] = .record(
        Record([("max", 0), ("size", 0)]).overlaid(with: record.record("memory") ?? Record()))
      if record.followsProfile {
        record = ProfileChanges.interest.overlaid(with: record)
        append(["bus": ""], to: "disks", of: &record)
        append(["model": ""], to: "interfaces", of: &record)
      }
    case .network:
      // Guests' fixed addresses become reservations that the manifest itself does not mention.
      if record["addresses"] != nil {
        append(
          ["address": "", "dhcp": ["reservations": [["mac": "", "name": "", "address": ""]]]],
          to: "addresses", of: &record)
      }
    case .pool:
      record = Record([
        ("type", ""), ("path", ""), ("source", ["name": "", "auth": .record(poolSecret)]),
      ]).overlaid(with: record)
    case .volume:
      // In libvirt's terms, since that is what is compared.
      record = volume
    case .networkFilter:
      // What it refers to must not go before it.
      append(["name": ""], to: "filters", of: &record)
    case .secret, .stack, .host, .image, .guestClass: break
    }
    return Shape(of: record)
  }

  private static let everyLimit = Record(
    unique: Table.guestDiskTune.fields.map { Record.Entry(name: $0.name, value: 0) })

  private static func append(_ item: Value, to list: String, of record: inout Record) {
    record[list] = .list((record[list]?.list ?? []) + [item])
  }
}
