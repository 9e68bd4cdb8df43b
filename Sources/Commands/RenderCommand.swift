import ArgumentParser
import LibvirtXML
import Model
import Planning

/// `render`: the libvirt XML that manifests stand for, without talking to any host.
struct RenderCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "render", _superCommandName: Virtspec.name,
    abstract: "Print the libvirt XML that manifests stand for, as for a host that is empty.")

  @OptionGroup var manifests: ManifestOptions

  @Option(help: "Only this object, as KIND/NAME; may be repeated.")
  var target: [String] = []

  func run() async throws {
    let session = try ManifestSession(manifests)
    var desired = session.desired
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
      Console.current.write("<!-- \(step.object) -->\n\(document)")
    }
    for step in plan.steps where targets.isEmpty || targets.contains(step.object.target) {
      guard case .installGuest(let start) = step.operation,
        let definition = definitions[step.object]
      else { continue }
      let document = try installerXML(step.object, definition, start)
      Console.current.write("<!-- \(step.object): its installer -->\n\(document)")
    }
  }

  private func document(_ step: Step) throws -> String? {
    switch step.operation {
    case .defineGuest(let definition), .defineSecret(let definition), .defineFilter(let definition),
      .defineNetwork(let definition), .definePool(let definition):
      try definitionXML(step.object, definition)
    case .createVolume(let spec, _): try volumeXML(spec)
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
