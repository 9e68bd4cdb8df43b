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
