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
  static func run(
    _ desired: Desired, _ loaded: inout LoadedManifests,
    folders: [String] = SchemaValidator.folders
  ) {
    let objects = desired.objects.filter { $0.spec["xml"] != nil }
    if objects.isEmpty || !loaded.isValid { return }
    let byID = Dictionary(objects.map { ($0.id, $0) }) { first, _ in first }
    let found = Log.timed("overlays checked") {
      SchemaValidator.with(folders: folders) { validator in
        complaints(steps(desired, Set(byID.keys)), &validator)
      }
    }
    guard let found else {
      return Log.detail(
        "libvirt's schemas are not installed; overlays are not checked against them")
    }
    var seen: Set<Place?> = []
    for (id, complaint, schema) in found {
      guard let object = byID[id], let place = loaded.overlayPlace(of: object) else { continue }
      let uri = desired.hosts.first { $0.name == id.host }?.uri ?? ""
      let diagnostic = Diagnostic(
        // Another machine may have another libvirt, which knows more.
        HostLocality.isHere(uri) ? .error : .warning, code: "against-schema",
        "libvirt's schema does not allow \(complaint.part)", at: place.place(at: complaint.offset),
        expected: "what \(schema) describes")
      // Guests of one class share its overlay.
      if seen.insert(diagnostic.place).inserted { loaded.diagnostics.append(diagnostic) }
    }
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

  /// What is judged once for all objects of one structure: the schema is about structure, and the values of fields
  /// are checked elsewhere.
  private struct Structure: Hashable {
    var kind: Kind
    var overlay: String
    var fields: Shape
  }

  private static func complaints(
    _ steps: [Step], _ validator: inout SchemaValidator
  ) -> [(ObjectID, SchemaComplaint, schema: String)] {
    var verdicts: [Structure: SchemaValidator.Verdict] = [:]
    var found: [(ObjectID, SchemaComplaint, schema: String)] = []
    for step in steps {
      guard let content = Content(step) else { continue }
      let kind = step.object.kind
      let structure = Structure(
        kind: kind, overlay: content.overlay, fields: Shape(of: content.spec))
      let verdict = verdicts[structure] ?? content.judge(step.object, &validator)
      verdicts[structure] = verdict
      switch verdict {
      case .accepted: break
      case .refused(let complaint):
        found.append((step.object, complaint, validator.path(of: kind)))
      case .unknown:
        Log.detail(
          "the overlay of \(step.object) cannot be checked against libvirt's schema, which does not allow the rest either"
        )
      }
    }
    return found
  }
}

/// What a new object would be made of.
private struct Content {
  var spec: Record
  var overlay: String
  var table: Table

  init?(_ step: Step) {
    switch step.operation {
    case .defineGuest(let definition), .defineNetwork(let definition), .definePool(let definition):
      guard let text = definition.overlay?.text else { return nil }
      spec = definition.spec
      overlay = text
      table = Table.spec(of: step.object.kind)
      // A manifest may say nothing of the memory of a guest that exists.
      if step.object.kind == .guest, spec["memory"] == nil {
        spec["memory"] = .record(Record([("max", .integer(1 << 30))]))
      }
    case .createVolume(let volume, _):
      guard let text = volume.string("xml") else { return nil }
      spec = volume
      overlay = text
      table = .volumeDocument
    default: return nil
    }
  }

  func judge(_ id: ObjectID, _ validator: inout SchemaValidator) -> SchemaValidator.Verdict {
    guard let overlay = try? Overlay(overlay, of: id.kind) else { return .unknown }
    let verdict = try? validator.judge(overlay, of: id.kind) { () throws(XMLProblem) in
      var document = try LibvirtDocument(root: Overlay.rootName(of: id.kind))
      document.setText(id.poolAndVolume?.volume ?? id.name, at: "name")
      document.write(spec, table)
      return document
    }
    return verdict ?? .unknown
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
