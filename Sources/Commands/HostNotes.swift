import Manifest
import Model
import Planning

/// Says where hosts are not what their manifests require.
enum RequirementNotes {
  static func tell(
    _ unmet: [UnmetRequirement], _ hosts: [DesiredHost], _ loaded: LoadedManifests?
  ) {
    if unmet.isEmpty { return }
    let diagnostics = unmet.map { requirement -> Diagnostic in
      let source = hosts.first { $0.name == requirement.host }?.source
      let document = loaded?.documents.first {
        $0.kind == .host && $0.place.description == source
      }
      return Diagnostic(
        code: "requirement",
        "host '\(requirement.host)' is not as required: \(requirement.message)",
        at: document?.place(ofField: "requires." + requirement.path)
          ?? source.flatMap(Place.init(text:)),
        expected: requirement.remedy)
    }
    Console.current.note(
      DiagnosticText.render(diagnostics, sources: loaded?.sources ?? [:]) + "\n")
  }
}

/// Finds the places in manifests of what hosts cannot do.
enum CapabilityPlaces {
  /// The plan with the place of the field in each refusal.
  static func located(_ plan: Plan, _ desired: Desired, _ loaded: LoadedManifests) -> Plan {
    if !plan.steps.contains(where: { $0.blocked?.path != nil }) { return plan }
    let sources = Dictionary(
      desired.objects.map { ($0.id, $0.source) }, uniquingKeysWith: { first, _ in first })
    var result = plan
    for (index, step) in plan.steps.enumerated() {
      guard let path = step.blocked?.path, let source = sources[step.object] else { continue }
      result.steps[index].blocked?.place =
        place(path, source, loaded.documents)?.description ?? source
    }
    return result
  }

  /// In the guest's own manifest, or in its class.
  private static func place(
    _ path: String, _ source: String, _ documents: [Document]
  ) -> Place? {
    guard let document = documents.first(where: { $0.place.description == source }) else {
      return nil
    }
    if document.writes(field: path) { return document.place(ofField: path) }
    let name = document.spec.string("class")
    let classDocument = documents.first { $0.kind == .guestClass && $0.name == name }
    if let classDocument, classDocument.writes(field: path) {
      return classDocument.place(ofField: path)
    }
    return document.place
  }
}
