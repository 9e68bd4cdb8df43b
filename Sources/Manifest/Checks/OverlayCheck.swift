import Model

/// An overlay is well-formed, holds no password, touches nothing that virtspec itself keeps, and says nothing that a field of the
/// same object says.
enum OverlayCheck: Check {
  static func run(_ manifests: ManifestSet) -> [Diagnostic] {
    var found: [Diagnostic] = []
    for document in manifests.documents {
      guard let text = document.spec.string("xml"),
        let place = document.overlayPlace(text, manifests.sources)
      else { continue }
      do throws(XMLFragmentProblem) {
        found += forbidden(try Overlay(text, of: document.kind), document.kind, place)
      } catch {
        let root = Overlay.rootName(of: document.kind)
        found.append(
          Diagnostic(
            code: "malformed-xml", "'xml' cannot be read: \(error.message)",
            at: place.place(at: error.offset),
            expected: "<\(root)>…</\(root)>, or elements that belong into it"))
      }
    }
    for object in manifests.placed { found += conflicts(object, manifests) }
    return found
  }

  /// What the manifest's envelope says, and what virtspec writes itself.
  private static func forbidden(_ overlay: Overlay, _ kind: Kind, _ place: OverlayPlace)
    -> [Diagnostic]
  {
    var found: [Diagnostic] = []
    for child in overlay.root.children where child.name.namespace.isEmpty {
      switch child.name.local {
      case "name", "uuid":
        found.append(
          Diagnostic(
            code: "overlay-conflict", "'xml' cannot set the \(child.name.local) of the object",
            at: place.place(at: child.place),
            expected: child.name.local == "name"
              ? "the name in 'metadata'" : "no <uuid>: virtspec gives one and keeps it"))
      case "metadata":
        for element in child.children where element.name.namespace == Ownership.namespace {
          found.append(
            Diagnostic(
              code: "overlay-conflict", "'xml' cannot set virtspec's own metadata",
              at: place.place(at: element.place), expected: "metadata in other namespaces"))
        }
      default: break
      }
    }
    for element in overlay.root.preorder {
      for attribute in element.attributes where attribute.name == XMLName("passwd") {
        found.append(
          Diagnostic(
            code: "overlay-secret", "'xml' cannot hold a password",
            at: place.place(at: attribute.place),
            expected: "no password: it would stand in plans and in the object's metadata"))
      }
    }
    return found
  }

  private static func conflicts(_ object: Placed, _ manifests: ManifestSet) -> [Diagnostic] {
    guard let text = object.spec.string("xml"), let place = object.overlayPlace(manifests.sources),
      let overlay = try? Overlay(text, of: object.id.kind)
    else { return [] }
    return conflicts(of: overlay, with: object.spec, object.id.kind).map { conflict in
      let path = written(conflict.field, object)
      let name = spelled(path)
      let message =
        conflict.isListItem
        ? "'xml' adds \(conflict.path), and '\(name)' is the complete list"
        : "'xml' sets \(conflict.path), and so does '\(name)'"
      return Diagnostic(
        code: "overlay-conflict", message, at: place.place(at: conflict.offset),
        expected: conflict.isListItem ? "an item of '\(name)'" : "one of the two"
      ).related(to: self.place(path, object), "'\(name)' is here")
    }
  }

  /// What an overlay says that fields of a manifest say.
  static func conflicts(of overlay: Overlay, with spec: Record, _ kind: Kind) -> [OverlayConflict] {
    overlay.conflicts(
      with: DeclaredXML(long(spec), Table.spec(of: kind), root: Overlay.rootName(of: kind)))
  }

  /// The spec with its short forms in the place of the long ones, as far as they stand in libvirt's XML.
  static func long(_ spec: Record) -> Record {
    var result = spec
    if let address = spec["address"], spec["addresses"] == nil {
      var item = Record([("address", address)])
      item["dhcp"] = spec["dhcp"]
      result["addresses"] = .list([.record(item)])
    }
    if var cpus = spec.record("cpus"), let model = cpus["model"], cpus["mode"] == nil {
      let isMode = ["host-passthrough", "host-model", "maximum"].contains(model.string)
      cpus["mode"] = isMode ? model : "custom"
      result["cpus"] = .record(cpus)
    }
    return result
  }

  /// The path in the manifest's own, short form.
  private static func written(_ path: [FieldStep], _ object: Placed) -> [FieldStep] {
    if path.first == .field("addresses"), object.spec["addresses"] == nil {
      return path.contains(.field("dhcp")) ? [.field("dhcp")] : [.field("address")]
    }
    if path == [.field("cpus"), .field("mode")], object.spec.record("cpus")?["mode"] == nil {
      return [.field("cpus"), .field("model")]
    }
    return path
  }

  private static func spelled(_ path: [FieldStep]) -> String {
    path.reduce("") { text, step in
      switch step {
      case .field(let name): text.isEmpty ? name : text + "." + name
      case .index(let index): text + "[\(index)]"
      }
    }
  }

  private static func place(_ path: [FieldStep], _ object: Placed) -> Place {
    let parts = path.map { step -> PathPart in
      switch step {
      case .field(let name): .field(name)
      case .index(let index): .index(index)
      }
    }
    if let first = parts.first, !object.document.writes([first]), let other = object.classDocument,
      other.writes([first])
    {
      return other.place(of: parts)
    }
    return object.document.place(of: parts)
  }
}
