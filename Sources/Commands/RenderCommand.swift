import ArgumentParser
import Execution
import LibvirtXML
import Model
import Planning
import Reporting

/// `render`: the libvirt XML that manifests stand for, without talking to any host.
struct RenderCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "render", _superCommandName: Virtspec.name,
    abstract: "Print the libvirt XML that manifests stand for, as for a host that is empty.")

  @OptionGroup var manifests: ManifestOptions

  @Option(help: "Only this object, as KIND/NAME; may be repeated.")
  var target: [String] = []

  @Flag(help: "Tell in comments what no manifest says, and why the guest gets it.")
  var explain = false

  func run() async throws {
    let session = try ManifestSession(manifests)
    var desired = try profiled(session)
    if desired.stack.isEmpty { desired.stack = "unnamed" }
    let readings = Dictionary(
      desired.hosts.map { ($0.name, HostReading.read(ObservedHost())) }
    ) { first, _ in first }
    let plan = Planner.plan(desired, readings: readings, options: PlanOptions(ceiling: .dataLoss))
    let targets = try Targets.parse(target)
    try Targets.check(targets, desired, plan)
    var definitions: [ObjectID: Definition] = [:]
    for step in plan.steps {
      if case .defineGuest(let definition) = step.operation {
        definitions[step.object] = definition
      }
      guard targets.isEmpty || targets.contains(step.object.target),
        let document = try document(step)
      else { continue }
      let reasons = explain ? comments(step.object, desired) : ""
      Console.current.write("<!-- \(step.object) -->\n\(reasons)\(document)")
    }
    for step in plan.steps where targets.isEmpty || targets.contains(step.object.target) {
      guard case .installGuest(let start) = step.operation,
        let definition = definitions[step.object]
      else { continue }
      let document = try installerXML(step.object, definition, start)
      Console.current.write("<!-- \(step.object): its installer -->\n\(document)")
    }
  }

  /// With what guests get by their operating systems on hosts of which only the URI is known.
  private func profiled(_ session: ManifestSession) throws -> Desired {
    let guests = session.desired.objects.filter { $0.id.kind == .guest && $0.spec.wantsProfile }
    if guests.isEmpty { return session.desired }
    let catalog = OperatingSystems.catalog(of: guests.compactMap(\.spec.osID))
    try OperatingSystems.check(session.loaded, catalog)
    let uris = Dictionary(session.desired.hosts.map { ($0.name, $0.uri) }) { first, _ in first }
    return session.desired.profiled(
      Dictionary(
        uniqueKeysWithValues: guests.map { guest in
          (
            guest.id,
            GuestProfiler.profile(
              of: guest.spec, catalog[guest], database: catalog.database,
              uri: uris[guest.id.host] ?? "", capabilities: HostCapabilities())
          )
        }))
  }

  private func comments(_ id: ObjectID, _ desired: Desired) -> String {
    guard let object = desired.objects.first(where: { $0.id == id }), let profile = object.profile
    else { return "" }
    return GuestExplanation.sentences(object.spec, profile).map { sentence in
      // Two hyphens would end the comment.
      var text = ""
      for character in sentence {
        text += character == "-" && text.hasSuffix("-") ? " -" : String(character)
      }
      return "<!-- \(text) -->\n"
    }.joined()
  }

  private func document(_ step: Step) throws -> String? {
    switch step.operation {
    case .defineGuest(let definition), .defineSecret(let definition), .defineFilter(let definition),
      .defineNetwork(let definition), .definePool(let definition):
      try definitionXML(step.object, definition)
    case .createVolume(let spec, _), .cloneVolume(let spec, _, _, _): try volumeXML(spec)
    default: nil
    }
  }

  private func definitionXML(_ object: ObjectID, _ definition: Definition) throws -> String {
    var document = try LibvirtDocument(
      root: Overlay.rootName(of: object.kind), name: object.name, uuid: definition.uuid)
    document.write(
      definition.spec, Table.spec(of: object.kind), overlay: definition.overlay, of: object.kind)
    // What a run still owes the object is no part of it.
    document.setOwnership(definition.ownership?.owingStart(false))
    return document.serialized()
  }

  /// What runs when a guest is installed.
  private func installerXML(
    _ object: ObjectID, _ definition: Definition, _ start: GuestInstallation
  ) throws -> String {
    var document = try LibvirtDocument(root: "domain", name: object.name, uuid: definition.uuid)
    document.write(definition.spec, .guest, overlay: definition.overlay, of: .guest)
    document.write(start.spec, .guest, clearing: start.cleared, overlay: nil, of: .guest)
    document.setOwnership(start.ownership)
    return document.serialized()
  }

  private func volumeXML(_ spec: Record) throws -> String {
    var document = try LibvirtDocument(root: "volume")
    document.write(
      spec, .volumeDocument, overlay: spec.string("xml").map { OverlayEdit(text: $0) },
      of: .volume)
    return document.serialized()
  }
}
