import ArgumentParser
import Manifest
import Model
import Planning

/// The values of the secrets of a saved plan, read anew where its manifests said. They must be those that the plan
/// was made with.
struct SavedSecrets {
  /// With the salts of the plan's digests, so that planning again gives the same digests.
  let readings: [ObjectID: SecretReading]
  private let saved: SavedPlan
  private let problems: [ObjectID: Diagnostic]

  init(_ saved: SavedPlan) async {
    self.saved = saved
    let hosts = Set(saved.hosts.map(\.name))
    // Where nothing is wanted, no value is.
    let wanted =
      saved.options.destroy ? [] : saved.desired.objects.filter { hosts.contains($0.id.host) }
    let found = await SecretSources.read(wanted, [])
    readings = Dictionary(
      uniqueKeysWithValues: found.readings.map { id, reading in
        guard case .value(let value, _) = reading, let salt = saved.digest(of: id)?.salt else {
          return (id, reading)
        }
        return (id, .value(value, salt: salt))
      })
    problems = found.diagnostics
  }

  /// Ends the command where a value that the plan needs cannot be read, or is another one.
  func check(_ readings: [String: HostReading]) throws {
    let needed = Set(saved.plan.steps.map(\.object))
    let isNeeded = { (id: ObjectID) in saved.targets.isEmpty || needed.contains(id) }
    var complaints = problems.filter { isNeeded($0.key) }
    for (id, reading) in self.readings where isNeeded(id) {
      guard case .value(let value, _) = reading,
        let digest = saved.digest(of: id) ?? Self.applied(id, readings), !digest.matches(value)
      else { continue }
      let source = saved.desired.objects.first { $0.id == id }?.source
      complaints[id] = Diagnostic(
        code: "secret-changed",
        "the value of \(id.reference) is another one than the plan was made with",
        at: source.flatMap(Place.init(text:)),
        expected: "the same value; for this one, plan again with 'virtspec plan -o FILE'")
    }
    if complaints.isEmpty { return }
    var seen: Set<Diagnostic> = []
    let unique = complaints.sorted { $0.key < $1.key }.map(\.value)
      .filter { seen.insert($0).inserted }
    let console = Console.current
    console.note(DiagnosticText.render(unique, sources: [:]) + "\n")
    console.note("\(ManifestSession.count(unique).dropLast()); nothing was done\n")
    throw ExitCode(1)
  }

  /// What was set last, for a secret that the plan has nothing to do to.
  private static func applied(
    _ id: ObjectID, _ readings: [String: HostReading]
  ) -> SecretDigest? {
    guard case .read(let observed) = readings[id.host] else { return nil }
    return observed.ledger?[.secret, id.name]?.valueDigest
  }
}
