import Execution
import LibvirtXML
import Model
import Planning

/// A run of the journal, the hosts as they are, and the steps back.
struct RollbackSession: RunSession {
  let hosts: [DesiredHost]
  let fleet: Fleet
  let rollback: Rollback

  private let run: PastRun
  private let options: RollbackOptions
  private let desired: Desired

  init(_ run: PastRun, _ options: RollbackOptions, _ connecting: ConnectionOptions) async {
    self.run = run
    self.options = options
    hosts = run.hosts
    desired = Desired(
      stack: run.stack, hosts: run.hosts,
      objects: run.touched.map { touched in
        // A secret has no name on its host: it is found by what it is for.
        let spec = touched.object.kind == .secret ? touched.before?.spec : nil
        return DesiredObject(id: touched.object, spec: spec ?? Record(), source: "")
      })
    let request = Self.request(run)
    fleet = await Fleet.read(
      desired, hosts: hosts, opener: connecting.opener(readsOnly: false),
      parallelism: connecting.parallelism, request: { _ in request })
    rollback = RollbackPlanner.plan(run, readings: fleet.readings, options: options)
  }

  var plan: Plan { rollback.plan }
  var seen: [Sighting]? { nil }
  /// What runs may not be what was laid back.
  var isVerified: Bool { false }
  var unmet: [UnmetRequirement] { [] }

  func readAgain() async -> [String: HostReading] {
    let request = Self.request(run)
    return await fleet.readAgain(hosts: hosts, request: { _ in request })
  }

  func plan(_ readings: [String: HostReading]) -> Plan {
    RollbackPlanner.plan(run, readings: readings, options: options).plan
  }

  func sightings(_ readings: [String: HostReading]) -> [Sighting] {
    Sighting.all(desired, readings)
  }

  /// All fields, since nobody declares any here.
  private static func request(_ run: PastRun) -> ObservationRequest {
    ObservationRequest(stack: run.stack, everything: true)
  }
}

extension RecordedRun {
  /// What is known of the run's objects; complains where the journal is damaged.
  func past(in store: JournalStore) throws -> PastRun {
    do {
      return try past(
        text: { try store.text($0, of: header.id) }, spec: { try KeptDefinition.spec($0.kind, $1) })
    } catch let problem as FileProblem {
      throw complaint("the journal cannot be read: \(problem)")
    } catch let problem as XMLProblem {
      throw complaint("the journal is damaged: \(problem.message)")
    }
  }
}
