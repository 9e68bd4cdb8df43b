/// An overlay that says what a field of the same manifest says.
public struct OverlayConflict: Sendable {
  /// Where it stands in libvirt's XML: `devices/disk[vda]/driver/@cache`.
  public var path: String
  /// The byte of the overlay's text.
  public var offset: Int
  /// The field.
  public var field: [FieldStep]
  /// The field is a list that names all there are, and the overlay adds one.
  public var isListItem: Bool
}

extension Overlay {
  /// What the overlay sets although fields do.
  public func conflicts(with fields: DeclaredXML) -> [OverlayConflict] {
    var found: [OverlayConflict] = []
    Self.compare(root, fields.root, fields, path: "", names: "", identity: [], into: &found)
    return found
  }

  private static func compare(
    _ declared: XMLElement, _ other: XMLElement, _ fields: DeclaredXML, path: String,
    names: String, identity: Set<String>, into found: inout [OverlayConflict]
  ) {
    func check(_ part: ElementPart, _ theirs: String, offset: Int, place: Int) {
      guard fields.sources.indices.contains(place), !identity.contains(part.label) else { return }
      let source = fields.sources[place]
      if source.isCondition, declared.value(of: part) == theirs { return }
      found.append(
        OverlayConflict(
          path: join(path, part.label), offset: offset, field: source.path, isListItem: false))
    }
    for attribute in declared.attributes {
      guard let theirs = other.attributes.first(where: { $0.name == attribute.name }) else {
        continue
      }
      check(
        .attribute(attribute.name), theirs.value, offset: attribute.place, place: theirs.place)
    }
    if declared.value(of: .text) != nil, let theirs = other.value(of: .text) {
      check(.text, theirs, offset: declared.place, place: other.place)
    }
    let places = ElementMatching.children(of: declared, in: other)
    var counts: [XMLName: Int] = [:]
    for (child, place) in zip(declared.children, places) {
      let index = counts[child.name, default: 0]
      counts[child.name] = index + 1
      let inner = join(path, child.label(in: declared.name, index: index, prefix: child.prefix))
      let innerNames = join(names, child.name.namespace.isEmpty ? child.name.local : "\u{0}")
      if let list = fields.lists[innerNames], place == nil {
        found.append(
          OverlayConflict(
            path: inner, offset: child.place, field: fields.sources[list].path,
            isListItem: true))
        continue
      }
      guard let place else { continue }
      // What an element is found by is no contradiction; it stands in the element or in one inside.
      var paths = Set((child.identity(in: declared.name) ?? []).map(\.path))
      for path in identity where path.hasPrefix(child.name.local + "/") {
        paths.insert(String(path.dropFirst(child.name.local.count + 1)))
      }
      compare(
        child, other.children[place], fields, path: inner, names: innerNames, identity: paths,
        into: &found)
    }
  }
}
