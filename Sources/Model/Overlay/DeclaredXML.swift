/// One part of the way to a field's value: `disks`, then `[1]`, then `pool`.
public enum FieldStep: Sendable, Hashable {
  case field(String)
  case index(Int)
}

/// What the fields of a manifest say in libvirt's XML, as far as elements and attributes go: where an overlay may
/// not stand.
public struct DeclaredXML: Sendable {
  /// Where a part of the tree comes from.
  public struct Source: Sendable {
    public var path: [FieldStep]
    /// It is written only so that another field applies; saying the same is no contradiction.
    public var isCondition = false
  }

  /// The places of elements and attributes are indices of `sources`.
  public private(set) var root: XMLElement
  public private(set) var sources: [Source] = []
  /// Lists that an overlay cannot add to, by the names of their elements from the root, `devices/disk`, with the
  /// place of the source.
  public private(set) var lists: [String: Int] = [:]

  /// The place of what stands for no field.
  static let nowhere = -1

  public init(_ record: Record, _ table: Table, root name: String) {
    root = XMLElement(XMLName(name), place: Self.nowhere)
    var root = root
    write(record, table, path: [], names: "", to: &root)
    self.root = root
  }

  private mutating func source(_ path: [FieldStep], isCondition: Bool = false) -> Int {
    sources.append(Source(path: path, isCondition: isCondition))
    return sources.count - 1
  }

  private mutating func write(
    _ record: Record, _ table: Table, path: [FieldStep], names: String, to element: inout XMLElement
  ) {
    for field in table.fields {
      guard let value = record[field.name] else { continue }
      write(value, field, path: path + [.field(field.name)], names: names, to: &element)
    }
  }

  private mutating func write(
    _ value: Value, _ field: Field, path: [FieldStep], names: String, to element: inout XMLElement
  ) {
    if case .none = field.xml { return }
    for condition in field.when {
      let place = source(path, isCondition: true)
      element.set(condition.path, to: condition.value, place: place)
    }
    switch field.xml {
    case .none: break
    case .value(let place, let spelling, _, let absent):
      if let absent, value == .string(absent) || value == false && absent == "false" { return }
      if spelling == .presence {
        if value == true { element.change(place, place: source(path)) { _ in } }
      } else {
        element.set(place, to: spelling.text(of: value), place: source(path))
      }
    case .nested(let place, _):
      guard case .record(let table, _) = field.type, case .record(let record) = value else {
        return
      }
      var inner = element.descendant(place) ?? XMLElement(XMLName(""))
      write(record, table, path: path, names: Overlay.join(names, place.names), to: &inner)
      element.change(place, place: Self.nowhere) {
        $0.attributes = inner.attributes
        $0.children = inner.children
        $0.text = inner.text
      }
    case .repeated(let place):
      list(value, field, at: place, path: path, names: names, to: &element)
    case .codec(let place, let codec):
      let values = codec.values(of: value.string ?? "")
      if values.isEmpty { return }
      let number = source(path)
      element.change(place, place: number) { element in
        for (path, value) in values { element.set(path, to: value, place: number) }
      }
    }
  }

  private mutating func list(
    _ value: Value, _ field: Field, at place: XMLPath, path: [FieldStep], names: String,
    to element: inout XMLElement
  ) {
    guard case .list(let type, _) = field.type, case .list(let items) = value,
      let last = place.steps.last
    else { return }
    var isScalar = true
    if case .record = type { isScalar = false }
    if field.complete || isScalar {
      lists[Overlay.join(names, place.names)] = source(path)
    }
    for (index, item) in items.enumerated() {
      let path = path + [.index(index)]
      var inner = XMLElement(XMLName(last.name), place: source(path))
      for attribute in last.attributes {
        inner.attributes.append(
          XMLElement.Attribute(name: XMLName(attribute.name), value: attribute.value))
      }
      if case .record(let table, _) = type, let record = item.record {
        write(record, table, path: path, names: Overlay.join(names, place.names), to: &inner)
      } else {
        inner.set(
          XMLPath(place.attribute.map { "@" + $0 } ?? ""), to: Spelling.plain.text(of: item),
          place: inner.place)
      }
      element.change(place.parent, place: Self.nowhere) { $0.children.append(inner) }
    }
  }
}

extension XMLElement {
  fileprivate func descendant(_ path: XMLPath) -> XMLElement? {
    var element = self
    for step in path.steps {
      guard let next = element.children.first(where: { $0.matches(step) }) else { return nil }
      element = next
    }
    return element
  }

  private func matches(_ step: XMLPath.Step) -> Bool {
    name == XMLName(step.name)
      && step.attributes.allSatisfy { attribute(XMLName($0.name)) == $0.value }
  }

  /// Changes the element at a path, which is made where it is missing.
  fileprivate mutating func change(
    _ path: XMLPath, place: Int, _ body: (inout XMLElement) -> Void
  ) {
    change(path.steps[...], place: place, body)
  }

  private mutating func change(
    _ steps: ArraySlice<XMLPath.Step>, place: Int, _ body: (inout XMLElement) -> Void
  ) {
    guard let first = steps.first else { return body(&self) }
    if !children.contains(where: { $0.matches(first) }) {
      var made = XMLElement(XMLName(first.name), place: place)
      for attribute in first.attributes {
        made.attributes.append(
          Attribute(name: XMLName(attribute.name), value: attribute.value, place: place))
      }
      children.append(made)
    }
    for index in children.indices where children[index].matches(first) {
      return children[index].change(steps.dropFirst(), place: place, body)
    }
  }

  /// Sets the text or attribute at a path.
  fileprivate mutating func set(_ path: XMLPath, to value: String, place: Int) {
    change(path, place: DeclaredXML.nowhere) { element in
      guard let name = path.attribute.map({ XMLName($0) }) else {
        element.text = value
        element.place = place
        return
      }
      element.attributes.removeAll { $0.name == name }
      element.attributes.append(Attribute(name: name, value: value, place: place))
    }
  }
}

extension XMLPath {
  /// The names of the elements: `devices/disk`.
  fileprivate var names: String { steps.map(\.name).joined(separator: "/") }

  /// Without the last element.
  public var parent: XMLPath {
    XMLPath(steps.dropLast().map(\.text).joined(separator: "/"))
  }
}
