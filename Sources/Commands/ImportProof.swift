import Manifest
import Model
import Planning

/// Tries imported manifests before anybody relies on them: they must be valid, and plan nothing but adoption.
struct ImportProof {
  /// Whether they can be planned.
  let isValid: Bool
  /// What is to be known of them, for people.
  let messages: [String]

  init(_ files: [Importer.File], _ observed: ObservedHost, stack: String) {
    var loaded = LoadedManifests()
    for file in files {
      ManifestLoader.add(Array(ManifestText.render(file.drafts).utf8), file: file.name, to: &loaded)
    }
    let desired = Lowering.lower(ManifestBuilder.build(&loaded, stack: stack))
    isValid = loaded.isValid
    guard loaded.isValid else {
      messages = [
        DiagnosticText.render(loaded.diagnostics, sources: loaded.sources),
        "The manifests say what the host has, and cannot be planned as they are: change them where it says so.",
      ]
      return
    }
    let readings = Dictionary(desired.hosts.map { ($0.name, HostReading.read(observed)) }) { $1 }
    let plan = Planner.plan(
      desired, readings: readings, options: PlanOptions(ceiling: .dataLoss, adopt: true))
    // What else the stack owns is no matter of these manifests.
    let own = Set(desired.objects.map(\.id))
    messages = plan.steps.filter { own.contains($0.object) }.compactMap(Self.note)
  }

  /// A guest that runs otherwise than it is defined would be restarted, say.
  private static func note(_ step: Step) -> String? {
    // What another stack owns is said in the manifest itself.
    if step.blocked?.code == .otherStack { return nil }
    guard step.action != .adopt || !step.changes.isEmpty else { return nil }
    if step.action == .record, step.changes.isEmpty { return nil }
    let changes = step.changes.map(\.path).joined(separator: ", ")
    return "note: the first plan would \(step.action.rawValue) \(step.object.reference)"
      + (changes.isEmpty ? "" : ": \(changes)")
  }
}
