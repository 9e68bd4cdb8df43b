import CLibXML2
import Model

extension LibvirtDocument {
  /// Lays the fields over the document: elements and attributes that no field names stay as they are, so
  /// that addresses, MACs, NVRAM paths and aliases survive a redefinition.
  ///
  /// - Parameter clearing: fields that return to libvirt's default, and items that go.
  public mutating func write(_ spec: Record, _ table: Table, clearing: [FieldPath] = []) {
    write(spec, table, clearing: clearing, defaults: nil)
  }

  /// - Parameter defaults: of the definition before any change, so that they stay defaults.
  mutating func write(
    _ spec: Record, _ table: Table, clearing: [FieldPath], defaults: StaleDefaults?
  ) {
    for path in clearing { Writer.clear(path.steps[...], in: table, at: root) }
    Completion.prepare(root, for: spec)
    Writer.record(spec, table, to: root)
    defaults?.remove(from: root, declared: spec)
    Completion.complete(root)
  }
}

/// The table's rows, written to an element.
enum Writer {
  static func record(_ record: Record, _ table: Table, to node: Node) {
    for field in table.fields {
      guard let value = record[field.name] else { continue }
      write(value, field, in: table, to: node)
    }
  }

  private static func write(_ value: Value, _ field: Field, in table: Table, to node: Node) {
    if case .none = field.xml { return }
    for name in field.excludes {
      // Only what applies is taken out: a bridge's source, say, is also where a network's would stand.
      guard let other = table[name],
        other.when.allSatisfy({ Reader.text(at: $0.path, from: node) == $0.value })
      else { continue }
      clear(other, at: node)
    }
    for condition in field.when {
      guard let element = node.ensured(condition.path) else { continue }
      if let attribute = condition.path.attribute {
        element.setAttribute(attribute, condition.value)
      } else {
        element.setText(condition.value)
      }
    }
    switch field.xml {
    case .none: break
    case .value(let path, let spelling, _, let absent):
      if let absent, value == .string(absent) || value.boolean.map(String.init) == absent {
        clear(field, at: node)
      } else {
        scalar(value, spelling, field.type, at: path, to: node)
      }
    case .nested(let path, let fallback):
      guard case .record(let inner, _) = field.type, case .record(let record) = value,
        let element = node.nested(path, fallback) ?? node.ensured(path)
      else { return }
      Self.record(record, inner, to: element)
    case .repeated(let path):
      list(value, field, at: path, to: node)
    case .codec(let path, let codec):
      guard let element = node.ensured(path) else { return }
      if codec == .freeRootPorts {
        if let count = value.integer { RootPorts.ensure(Int(clamping: count), in: element) }
        return
      }
      guard let text = value.string else { return }
      switch codec {
      case .freeRootPorts: break
      case .cidr: CIDRCodec.write(text, to: element)
      case .pciAddress, .usbID, .usbAddress, .scsiAddress:
        DeviceAddressCodec.write(text, codec, to: element)
      }
    }
  }

  private static func scalar(
    _ value: Value, _ spelling: Spelling, _ type: FieldType, at path: XMLPath, to node: Node
  ) {
    if spelling == .presence {
      if value.boolean == true {
        _ = node.ensured(path)
      } else {
        node.descendant(path)?.remove()
      }
      return
    }
    guard let element = node.ensured(path) else { return }
    let text = spelling.text(of: value)
    if let attribute = path.attribute {
      element.setAttribute(attribute, text)
    } else {
      element.setText(text)
    }
    switch spelling {
    case .kibibytes: element.setAttribute("unit", "KiB")
    case .bytes: element.setAttribute("unit", "bytes")
    default: break
    }
  }

  private static func list(_ value: Value, _ field: Field, at path: XMLPath, to node: Node) {
    guard case .list(let type, let key) = field.type, case .list(let items) = value,
      let last = path.steps.last
    else { return }
    let parentPath = path.parent
    guard case .record(let table, _) = type else {
      removeItems(at: path, from: node)
      guard !items.isEmpty, let parent = node.ensured(parentPath) else { return }
      for item in items {
        guard let element = parent.append(last) else { continue }
        scalar(item, .plain, type, at: XMLPath(attribute: path.attribute), to: element)
      }
      return
    }
    var existing = Reader.elements(at: path, from: node)
    if field.isWhole {
      for element in existing { element.remove() }
      existing = []
    }
    if items.isEmpty && existing.isEmpty { return }
    guard let parent = node.ensured(parentPath) else { return }
    for item in items.compactMap(\.record) {
      if let index = index(of: item, in: field, table, key: key, elements: existing) {
        record(item, table, to: existing.remove(at: index))
      } else if let element = parent.append(last) {
        record(item, table, to: element)
      }
    }
    // Lists that libvirt extends by itself keep what the manifest does not name.
    if field.complete { for element in existing { element.remove() } }
    prune(parent, below: node)
  }

  /// The element that an item stands for: the one with equal key fields; without a key, the next one.
  static func index(
    of item: Record, in field: Field, _ table: Table, key: [String], elements: [Node]
  ) -> Int? {
    if key.isEmpty { return elements.isEmpty ? nil : 0 }
    var wanted = Shape()
    for name in key { wanted.insert(field: name) }
    return elements.firstIndex { element in
      field.identifies(
        Reader.record(table, at: element, shape: wanted), as: item, by: key, in: table)
    }
  }

  /// Takes a field or an item out of the document, so that libvirt's default applies.
  static func clear(_ path: ArraySlice<FieldPath.Step>, in table: Table, at node: Node) {
    guard case .field(let name)? = path.first, let field = table[name] else { return }
    let rest = path.dropFirst()
    switch (field.type, field.xml, rest.first) {
    case (_, _, nil): clear(field, at: node)
    case (.record(let inner, _), .nested(let place, let fallback), .field):
      guard let element = node.nested(place, fallback) else { return }
      clear(rest, in: inner, at: element)
      prune(element, below: node, madeWith: place.steps.last?.attributes ?? [])
    case (.list(.record(let inner, _), let key), .repeated(let place), let step?):
      let elements = Reader.elements(at: place, from: node)
      let index: Int? =
        switch step {
        case .item(let item): self.index(of: item, in: field, inner, key: key, elements: elements)
        case .place(let index): elements.indices.contains(index) ? index : nil
        case .field: nil
        }
      guard let index else { return }
      if rest.count > 1 { return clear(rest.dropFirst(), in: inner, at: elements[index]) }
      elements[index].remove()
      if let parent = node.descendant(place.parent) { prune(parent, below: node) }
    default: break
    }
  }

  /// Takes an element out that has lost all it had: libvirt refuses some that are empty, such as `numa`. The
  /// element that holds the record stays.
  private static func prune(
    _ element: Node, below node: Node, madeWith attributes: [XMLPath.Attribute] = []
  ) {
    if element.raw != node.raw, element.isBare(apartFrom: attributes.map(\.name)) {
      element.remove()
    }
  }

  /// Takes every item of a list out, and the element around them when nothing else is in it.
  private static func removeItems(at path: XMLPath, from node: Node) {
    for element in Reader.elements(at: path, from: node) { element.remove() }
    if let parent = node.descendant(path.parent) {
      prune(parent, below: node)
    }
  }

  private static func clear(_ field: Field, at node: Node) {
    switch field.xml {
    case .none: break
    case .value(let path, _, _, _):
      guard let element = node.descendant(path) else { return }
      if let attribute = path.attribute {
        element.removeAttribute(attribute)
        if element.isBare, !path.steps.isEmpty { element.remove() }
      } else if !path.steps.isEmpty {
        element.remove()
      }
    case .nested(let path, let fallback):
      if path.steps.isEmpty {
        guard case .record(let table, _) = field.type else { return }
        for inner in table.fields { clear(inner, at: node) }
      } else {
        node.descendant(path)?.remove()
        if let fallback { node.descendant(fallback)?.remove() }
      }
    case .repeated(let path): removeItems(at: path, from: node)
    // What is plugged into ports is no longer known to be more than needed: they stay.
    case .codec(_, .freeRootPorts): break
    case .codec(let path, let codec):
      guard !path.steps.isEmpty, let element = node.descendant(path) else { return }
      // Some share their element with other fields.
      let parts = codec.elements
      for name in parts { element.descendant(XMLPath(name))?.remove() }
      if parts.isEmpty || element.isBare { element.remove() }
    }
  }
}
