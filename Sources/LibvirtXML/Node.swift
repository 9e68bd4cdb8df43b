import CLibXML2
import Model

/// A borrowed libxml2 element. It lives no longer than its document and never leaves the function that
/// holds the document.
struct Node: ReadableElement {
  let raw: xmlNodePtr

  /// The first child element of this name (no namespace) with these attributes.
  func child(_ step: XMLPath.Step) -> Node? {
    var next = raw.pointee.children
    while let current = next {
      let node = Node(raw: current)
      if node.matches(step) { return node }
      next = current.pointee.next
    }
    return nil
  }

  /// Every child element of this name with these attributes.
  func children(_ step: XMLPath.Step) -> [Node] {
    var result: [Node] = []
    var next = raw.pointee.children
    while let current = next {
      let node = Node(raw: current)
      if node.matches(step) { result.append(node) }
      next = current.pointee.next
    }
    return result
  }

  /// The element's name, without its prefix.
  var localName: String { string(raw.pointee.name) }

  /// Those of others are in a namespace.
  func isNamed(_ name: String) -> Bool {
    raw.pointee.ns == nil && equal(raw.pointee.name, name)
  }

  /// Every child element, whatever its name.
  var elements: [Node] {
    var result: [Node] = []
    var next = raw.pointee.children
    while let current = next {
      if current.pointee.type == XML_ELEMENT_NODE { result.append(Node(raw: current)) }
      next = current.pointee.next
    }
    return result
  }

  private func matches(_ step: XMLPath.Step) -> Bool {
    guard raw.pointee.type == XML_ELEMENT_NODE, raw.pointee.ns == nil,
      equal(raw.pointee.name, step.name)
    else { return false }
    return step.admits(attribute)
  }

  /// The element at the end of the path's steps, made where it is missing.
  func ensured(_ path: XMLPath) -> Node? {
    var node = self
    for step in path.steps {
      if let next = node.child(step) {
        node = next
      } else {
        guard let made = node.append(step) else { return nil }
        node = made
      }
    }
    return node
  }

  /// Adds a child element at the end.
  func append(_ step: XMLPath.Step) -> Node? {
    guard let made = xmlNewChild(raw, nil, step.name, nil) else { return nil }
    // A child inherits its parent's namespace pointer when none is given; libvirt's elements have none.
    if raw.pointee.ns == nil { made.pointee.ns = nil }
    let node = Node(raw: made)
    for attribute in step.attributes { node.setAttribute(attribute.name, attribute.value) }
    return node
  }

  /// An attribute's value.
  func attribute(_ name: String) -> String? {
    var next = raw.pointee.properties
    while let current = next {
      if current.pointee.ns == nil, equal(current.pointee.name, name) {
        guard let text = current.pointee.children?.pointee.content else { return "" }
        return string(text)
      }
      next = current.pointee.next
    }
    return nil
  }

  /// Sets an attribute.
  func setAttribute(_ name: String, _ value: String) { xmlSetProp(raw, name, value) }

  /// Removes an attribute if it is there.
  func removeAttribute(_ name: String) { xmlUnsetProp(raw, name) }

  /// The element's text as it is.
  var content: String {
    guard let only = raw.pointee.children else { return "" }
    if only.pointee.next == nil, only.pointee.type == XML_TEXT_NODE,
      let content = only.pointee.content
    {
      return string(content)
    }
    guard let content = xmlNodeGetContent(raw) else { return "" }
    defer { virtspec_xml_free(content) }
    return string(content)
  }

  /// Replaces the element's content by text.
  func setText(_ text: String) {
    while let child = raw.pointee.children {
      xmlUnlinkNode(child)
      xmlFreeNode(child)
    }
    if let node = xmlNewText(text) { xmlAddChild(raw, node) }
  }

  /// Takes an element of the same document in, behind the others.
  func adopt(_ element: Node) {
    xmlUnlinkNode(element.raw)
    xmlAddChild(raw, element.raw)
  }

  /// Takes the element out of its document.
  func remove() {
    xmlUnlinkNode(raw)
    xmlFreeNode(raw)
  }

  /// libxml2 writes the name of a namespace as it keeps it, with every `&` still escaped but not the `<`
  /// (xmlNsDumpOutput, 2.9.14), and could not read the result. What libvirt's users put into metadata is theirs.
  func escapeNamespaceNames() {
    var next = raw.pointee.nsDef
    while let current = next {
      if let name = current.pointee.href.map(string), name.utf8.contains(UInt8(ascii: "<")) {
        let escaped = name.split(separator: "<", omittingEmptySubsequences: false).joined(
          separator: "&lt;")
        virtspec_xml_free(UnsafeMutablePointer(mutating: current.pointee.href))
        current.pointee.href = UnsafePointer(xmlStrdup(escaped))
      }
      next = current.pointee.next
    }
    for element in elements { element.escapeNamespaceNames() }
  }

  /// Whether it has neither attributes nor children.
  var isBare: Bool { raw.pointee.properties == nil && raw.pointee.children == nil }

  /// Whether it has no children, and no attributes but these.
  func isBare(apartFrom names: [String]) -> Bool {
    guard raw.pointee.children == nil else { return false }
    var next = raw.pointee.properties
    while let current = next {
      if !names.contains(where: { equal(current.pointee.name, $0) }) { return false }
      next = current.pointee.next
    }
    return true
  }

  /// The element's XML.
  var serialized: String {
    guard let buffer = xmlBufferCreate() else { return "" }
    defer { xmlBufferFree(buffer) }
    guard xmlNodeDump(buffer, raw.pointee.doc, raw, 0, 1) >= 0,
      let content = xmlBufferContent(buffer)
    else { return "" }
    return string(content)
  }
}

/// Whether a C string is this text; the first byte decides most comparisons.
private func equal(_ left: UnsafePointer<xmlChar>?, _ right: String) -> Bool {
  guard let left, left.pointee == right.utf8.first else { return false }
  return xmlStrEqual(left, right) != 0
}

private func string(_ text: UnsafePointer<xmlChar>) -> String { String(cString: text) }
