import CLibXML2
import Model

extension Node: IdentifiableElement {
  var name: XMLName { XMLName(raw.pointee.name, raw.pointee.ns) }

  var children: [Node] { elements }

  var attributeNames: [XMLName] {
    attributes.map { XMLName($0.pointee.name, $0.pointee.ns) }
  }

  func attribute(_ name: XMLName) -> String? {
    if name.namespace.isEmpty { return attribute(name.local) }
    guard let value = xmlGetNsProp(raw, name.local, name.namespace) else { return nil }
    defer { virtspec_xml_free(value) }
    return String(cString: value)
  }

  private var attributes: [UnsafeMutablePointer<xmlAttr>] {
    var result: [UnsafeMutablePointer<xmlAttr>] = []
    var next = raw.pointee.properties
    while let current = next {
      result.append(current)
      next = current.pointee.next
    }
    return result
  }

  /// The element as a plain value.
  var value: XMLElement {
    let children = elements.map(\.value)
    return XMLElement(
      name, prefix: raw.pointee.ns?.pointee.prefix.map { String(cString: $0) } ?? "",
      attributes: attributeNames.map {
        XMLElement.Attribute(name: $0, value: attribute($0) ?? "")
      },
      text: children.isEmpty ? text : "", children: children)
  }
}

extension XMLName {
  fileprivate init(_ local: UnsafePointer<xmlChar>?, _ namespace: xmlNsPtr?) {
    self.init(
      local.map { String(cString: $0) } ?? "",
      in: namespace?.pointee.href.map { String(cString: $0) } ?? "")
  }
}

extension LibvirtDocument {
  /// The whole document as a plain value, for what overlays are compared with.
  public func element() -> XMLElement { root.value }

  /// Lays an overlay over the document: attributes and texts replace, elements that are missing are added.
  public mutating func lay(_ overlay: Overlay) { root.lay(overlay.root) }

  /// Takes out what an overlay had added, and gives back what it had replaced.
  public mutating func withdraw(_ entries: [OverlayTrace.Entry], of applied: Overlay) {
    if entries.isEmpty { return }
    var found: [(node: Node, entry: OverlayTrace.Entry)] = []
    var number = 0
    root.find(entries, applied.root, &number, into: &found)
    for (node, entry) in found where entry.part != nil { node.withdraw(entry) }
    // From the end, so that no element is gone before what is inside.
    for (node, entry) in found.reversed() where entry.part == nil { node.remove() }
  }
}

extension Node {
  fileprivate func lay(_ declared: XMLElement) {
    // What means the same stays as libvirt spells it.
    for part in declared.missingValues(in: self) {
      guard let value = declared.value(of: part) else { continue }
      switch part {
      case .text: setText(value)
      case .attribute(let name): set(XMLElement.Attribute(name: name, value: value))
      }
    }
    let present = elements
    let places = ElementMatching.children(of: declared, in: self)
    var previous: Node?
    for (child, place) in zip(declared.children, places) {
      if let place {
        present[place].lay(child)
        previous = present[place]
      } else if let made = insert(child, after: previous) {
        made.lay(child)
        previous = made
      }
    }
  }

  private func set(_ attribute: XMLElement.Attribute) {
    let name = attribute.name
    if name.namespace.isEmpty {
      return setAttribute(name.local, attribute.value)
    }
    var space = xmlSearchNsByHref(raw.pointee.doc, raw, name.namespace)
    if space?.pointee.prefix == nil {
      space = xmlNewNs(raw, name.namespace, freePrefix)
    }
    xmlSetNsProp(raw, space, name.local, attribute.value)
  }

  /// A prefix that stands for nothing here.
  private var freePrefix: String {
    var number = 1
    while xmlSearchNs(raw.pointee.doc, raw, "ns\(number)") != nil { number += 1 }
    return "ns\(number)"
  }

  /// A new element behind a sibling, else behind the last of its name, else at the end.
  private func insert(_ declared: XMLElement, after sibling: Node?) -> Node? {
    guard let made = xmlNewDocNode(raw.pointee.doc, nil, declared.name.local, nil) else {
      return nil
    }
    let isSame = sibling?.name == declared.name
    let neighbour = isSame ? sibling : elements.last { $0.name == declared.name } ?? sibling
    if let neighbour {
      xmlAddNextSibling(neighbour.raw, made)
    } else {
      xmlAddChild(raw, made)
    }
    if !declared.name.namespace.isEmpty {
      let space = xmlSearchNsByHref(raw.pointee.doc, made, declared.name.namespace)
      made.pointee.ns =
        space
        ?? xmlNewNs(
          made, declared.name.namespace, declared.prefix.isEmpty ? nil : declared.prefix)
    }
    return Node(raw: made)
  }

  /// The nodes that entries speak of.
  fileprivate func find(
    _ entries: [OverlayTrace.Entry], _ applied: XMLElement, _ number: inout Int,
    into found: inout [(node: Node, entry: OverlayTrace.Entry)]
  ) {
    for entry in entries where entry.node == number { found.append((self, entry)) }
    number += 1
    let present = elements
    let places = ElementMatching.children(of: applied, in: self)
    for (child, place) in zip(applied.children, places) {
      if let place {
        present[place].find(entries, child, &number, into: &found)
      } else {
        number += child.count
      }
    }
  }

  fileprivate func withdraw(_ entry: OverlayTrace.Entry) {
    switch (entry.part, entry.former) {
    case (nil, _): break
    case (.text?, let former): setText(former ?? "")
    case (.attribute(let name)?, let former?):
      set(XMLElement.Attribute(name: name, value: former))
    case (.attribute(let name)?, nil):
      guard !name.namespace.isEmpty else { return removeAttribute(name.local) }
      if let attribute = xmlHasNsProp(raw, name.local, name.namespace) { xmlRemoveProp(attribute) }
    }
  }
}

extension LibvirtDocument {
  /// Brings the document from one overlay to the next, with the fields laid over it in between: what fields
  /// declare now is theirs.
  ///
  /// An overlay that cannot be read changes nothing: manifests are checked before.
  public mutating func write(
    _ spec: Record, _ table: Table, clearing: [FieldPath] = [], overlay: OverlayEdit?, of kind: Kind
  ) {
    // A new document has no defaults yet.
    let isGuest = kind == .guest && root.descendant("devices") != nil
    let defaults = isGuest ? StaleDefaults(of: root) : nil
    if let edit = overlay, let text = edit.applied, let applied = try? Overlay(text, of: kind) {
      withdraw(edit.withdrawn, of: applied)
    }
    write(spec, table, clearing: clearing, defaults: defaults)
    if let text = overlay?.text, let overlay = try? Overlay(text, of: kind) { lay(overlay) }
  }
}
