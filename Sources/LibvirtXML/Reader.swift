import CLibXML2
import Model

extension LibvirtDocument {
  /// The fields of a table as the document has them. `shape` limits them to what somebody declared; nil
  /// reads all.
  public func read(_ table: Table, shape: Shape? = nil) -> Record {
    Reader.record(table, at: root, shape: shape)
  }
}

/// The table's rows, read off an element.
enum Reader {
  static func record(
    _ table: Table, at node: (some ReadableElement)?, shape: Shape?
  ) -> Record {
    var record = Record()
    if let shape {
      for entry in shape.entries {
        guard let field = table[entry.name] else { continue }
        record[entry.name] = value(of: field, at: node, shape: entry.shape)
      }
    } else {
      for field in table.fields { record[field.name] = value(of: field, at: node, shape: nil) }
    }
    return record
  }

  static func value(
    of field: Field, at node: (some ReadableElement)?, shape: Shape?
  ) -> Value? {
    guard let node else { return absentValue(of: field) }
    guard field.when.allSatisfy({ text(at: $0.path, from: node) == $0.value }) else { return nil }
    switch field.xml {
    case .none: return nil
    case .value(let path, let spelling, let fallback, let absent):
      if let found = scalar(field.type, spelling, at: path, from: node) { return found }
      if let fallback, let found = scalar(field.type, spelling, at: fallback, from: node) {
        return found
      }
      return absent.map { Self.absent($0, field.type) }
    case .nested(let path, let fallback):
      guard case .record(let table, _) = field.type else { return nil }
      if field.isWhole {
        // libvirt spreads one over several elements where others come between its attributes.
        let parts = elements(at: path, from: node).map { record(table, at: $0, shape: nil) }
        return parts.isEmpty
          ? nil : .record(parts.reduce(Record()) { $0.overlaid(with: $1) })
      }
      let inner = record(table, at: node.nested(path, fallback), shape: shape)
      return inner.isEmpty ? nil : .record(inner)
    case .repeated(let path):
      return list(of: field, at: path, from: node, shape: field.isWhole ? nil : shape)
    case .codec(let path, let codec):
      guard let element = node.descendant(path) else { return nil }
      switch codec {
      case .cidr: return CIDRCodec.read(element).map(Value.string)
      case .pciAddress, .usbID, .usbAddress, .scsiAddress:
        return DeviceAddressCodec.read(codec, element).map(Value.string)
      // Who reads everything has the controllers themselves.
      case .freeRootPorts:
        return shape == nil ? nil : .integer(Int64(RootPorts.free(in: element)))
      }
    }
  }

  private static func absent(_ word: String, _ type: FieldType) -> Value {
    if case .boolean = type { .boolean(word == "true") } else { .string(word) }
  }

  /// A field inside an element that is not there can still mean something: no `forward` is `isolated`. Only
  /// a field that its record cannot be without speaks for the whole of it.
  private static func absentValue(of field: Field) -> Value? {
    switch field.xml {
    case .value(_, _, _, let absent?) where field.required: return Self.absent(absent, field.type)
    case .nested:
      guard case .record(let table, _) = field.type, !field.isWhole else { return nil }
      let inner = record(table, at: Node?.none, shape: nil)
      return inner.isEmpty ? nil : .record(inner)
    default: return nil
    }
  }

  private static func list(
    of field: Field, at path: XMLPath, from node: some ReadableElement, shape: Shape?
  ) -> Value? {
    guard case .list(let type, let key) = field.type else { return nil }
    let elements = Self.elements(at: path, from: node)
    var items: [Value] = []
    for element in elements {
      switch type {
      case .record(let table, _):
        var wanted = shape
        for name in key { wanted?.insert(field: name) }
        items.append(.record(record(table, at: element, shape: wanted)))
      default:
        let inner = XMLPath(attribute: path.attribute)
        if let value = scalar(type, .plain, at: inner, from: element) { items.append(value) }
      }
    }
    return items.isEmpty ? nil : .list(items)
  }

  /// The elements that a repeated path stands for.
  static func elements<Element: ReadableElement>(
    at path: XMLPath, from node: Element
  ) -> [Element] {
    guard let last = path.steps.last else { return [] }
    var parent = node
    for step in path.steps.dropLast() {
      guard let next = parent.child(step) else { return [] }
      parent = next
    }
    return parent.children(last)
  }

  static func text(at path: XMLPath, from node: some ReadableElement) -> String? {
    guard let element = node.descendant(path) else { return nil }
    if let attribute = path.attribute { return element.attribute(attribute) }
    return element.text
  }

  private static func scalar(
    _ type: FieldType, _ spelling: Spelling, at path: XMLPath, from node: some ReadableElement
  ) -> Value? {
    guard let element = node.descendant(path) else {
      return nil
    }
    if spelling == .presence { return .boolean(true) }
    let found: String
    if let attribute = path.attribute {
      guard let text = element.attribute(attribute) else { return nil }
      found = text
    } else {
      // Free text keeps its line breaks; anything else has none that matter.
      if case .text(.text) = type { found = element.content } else { found = element.text }
      // An element that only carries attributes or children says nothing by its text.
      if found.isEmpty { return nil }
    }
    if case .words(let pairs) = spelling {
      return .string(pairs.first { $0.libvirt == found }?.manifest ?? found)
    }
    switch type {
    case .boolean:
      switch found {
      case "yes", "on", "1", "true": return .boolean(true)
      case "no", "off", "0", "false": return .boolean(false)
      default: return nil
      }
    case .integer, .duration:
      return integer(found).map(Value.integer)
    case .size:
      return LibvirtUnit.bytes(found, unit: element.attribute("unit"), spelling: spelling)
        .map(Value.integer)
    case .text, .choice, .list, .record, .map:
      return .string(found)
    }
  }

  private static func integer(_ text: String) -> Int64? {
    if text.hasPrefix("0x") { return Int64(text.dropFirst(2), radix: 16) }
    return Int64(text)
  }
}

extension XMLPath {
  /// The element itself, or one of its attributes.
  init(attribute: String?) { self.init(attribute.map { "@" + $0 } ?? "") }
}
