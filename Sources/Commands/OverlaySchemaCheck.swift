import LibvirtXML
import Manifest
import Model
import Planning

/// Checks the XML of objects with an overlay against libvirt's own schemas, where these are installed: offline,
/// and with the place in the manifest, before a daemon refuses the definition.
enum OverlaySchemaCheck {
  /// Adds what is wrong to the loaded manifests.
  ///
  /// - Parameter desired: in the long form.
  static func run(_ desired: Desired, _ loaded: inout LoadedManifests) {
    let ids = Set(desired.objects.filter { $0.spec["xml"] != nil }.map(\.id))
    if ids.isEmpty || !loaded.isValid { return }
    let documents = loaded
    let found = Log.timed("overlays checked") {
      SchemaValidator.with { validator in
        steps(desired, ids).compactMap { complaint($0, desired, documents, &validator) }
      }
    }
    guard let found else {
      return Log.detail(
        "libvirt's schemas are not installed (\(SchemaValidator.folders[0])); overlays are not checked"
      )
    }
    var seen: Set<Place?> = []
    // Guests of one class share its overlay.
    loaded.diagnostics += found.filter { seen.insert($0.place).inserted }
  }

  /// The steps that would create the objects on empty hosts.
  private static func steps(_ desired: Desired, _ ids: Set<ObjectID>) -> [Step] {
    let objects = desired.objects.filter { $0.id.kind != .guest || ids.contains($0.id) }
    let narrowed = Desired(stack: desired.stack, hosts: desired.hosts, objects: objects)
    let readings = Dictionary(
      desired.hosts.map { ($0.name, HostReading.read(ObservedHost())) }
    ) { first, _ in first }
    let plan = Planner.plan(narrowed, readings: readings, options: PlanOptions(ceiling: .dataLoss))
    return plan.steps.filter { ids.contains($0.object) && $0.action == .create }
  }

  private static func complaint(
    _ step: Step, _ desired: Desired, _ loaded: LoadedManifests, _ validator: inout SchemaValidator
  ) -> Diagnostic? {
    guard let (spec, text, table) = content(step),
      let object = desired.objects.first(where: { $0.id == step.object }),
      let place = loaded.overlayPlace(of: object),
      let overlay = try? Overlay(text, of: object.id.kind)
    else { return nil }
    let kind = object.id.kind
    let verdict = try? validator.judge(overlay, of: kind) { () throws(XMLProblem) in
      var document = try LibvirtDocument(root: Overlay.rootName(of: kind))
      document.setText(object.id.poolAndVolume?.volume ?? object.id.name, at: "name")
      document.write(spec, table)
      return document
    }
    switch verdict {
    case .accepted?: return nil
    case .unknown?, nil:
      Log.detail("\(object.id): its overlay cannot be checked, since the rest is not complete")
      return nil
    case .refused(let complaint)?:
      let uri = desired.hosts.first { $0.name == object.id.host }?.uri ?? ""
      return Diagnostic(
        // Another machine may have another libvirt, which knows more.
        HostLocality.isHere(uri) ? .error : .warning, code: "against-schema",
        "libvirt's schema does not allow \(complaint.part)", at: place.place(at: complaint.offset),
        expected: "what \(validator.path(of: kind)) describes")
    }
  }

  private static func content(_ step: Step) -> (spec: Record, text: String, table: Table)? {
    switch step.operation {
    case .defineGuest(let definition), .defineNetwork(let definition), .definePool(let definition):
      var spec = definition.spec
      // A guest that exists is adopted without it; a new one is refused for other reasons.
      if step.object.kind == .guest, spec["memory"] == nil {
        spec["memory"] = ["size": .integer(1 << 30), "max": .integer(1 << 30)]
      }
      return definition.overlay?.text.map { (spec, $0, Table.spec(of: step.object.kind)) }
    case .createVolume(let spec, _):
      return spec.string("xml").map { (spec, $0, .volumeDocument) }
    default: return nil
    }
  }
}

/// Whether a libvirt URI leads to the machine that virtspec runs on.
enum HostLocality {
  static func isHere(_ uri: String) -> Bool {
    let parts = uri.split(separator: ":", maxSplits: 1)
    guard parts.count == 2, !parts[0].contains("+") || parts[0].hasSuffix("+unix") else {
      return false
    }
    return !parts[1].hasPrefix("//") || parts[1].hasPrefix("///")
  }
}
