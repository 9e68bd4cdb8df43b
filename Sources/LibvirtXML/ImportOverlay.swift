import Model

extension LibvirtDocument {
  /// The document without what libvirt, or virtspec, gives by itself, and without passwords.
  public func withoutGenerated() throws(XMLProblem) -> XMLElement {
    let copy = try LibvirtDocument(parsing: serialized())
    Generated.remove(from: copy.root, path: [rootName])
    return copy.element()
  }

  /// The overlay that adds to a document made of fields what this one has besides; nil when that is nothing.
  /// Where an overlay should not say something, that is left as a remainder.
  func overlay(over written: consuming LibvirtDocument, of kind: Kind) throws(XMLProblem)
    -> LeftoverOverlay?
  {
    let own = try withoutGenerated()
    let fields = written.element()
    guard let text = Leftover.of(own, beyond: fields)?.indented,
      let overlay = try? Overlay(text, of: kind)
    else { return nil }
    written.lay(overlay)
    var rest: [Remainder] = []
    Remainders.collect(root, written.root, path: [rootName], into: &rest)
    return LeftoverOverlay(text: text, fields: fields, rest: rest)
  }
}

extension Generated {
  /// Takes out what is made up, and what would not fit an object that is made anew.
  fileprivate static func remove(from node: Node, path: [String]) {
    for (name, value) in node.localAttributes
    where name == "passwd" || isAttribute(name, value, of: node, at: path) {
      node.removeAttribute(name)
    }
    for element in node.elements {
      if isElement(element, at: path) || isBound(element, at: path) {
        element.remove()
      } else {
        remove(from: element, path: path + [element.localName + Remainders.label(element)])
      }
    }
  }

  /// What goes with this very object, or with its places on the PCI bus.
  private static func isBound(_ element: Node, at path: [String]) -> Bool {
    switch element.localName {
    // libvirt compares it with the UUID, which a new guest has of its own.
    case "entry":
      path.count == 3 && path[1].hasPrefix("sysinfo") && element.attribute("name") == "uuid"
    case "controller": path == ["domain", "devices"] && element.attribute("type") == "pci"
    case "alias":
      path.count == 3 && path[1] == "devices"
        && element.attribute("name")?.hasPrefix("ua-") != true
    default: false
    }
  }
}

extension Remainders {
  /// Puts what older definitions have in the disk, and newer ones in its source, where the document has it.
  static func align(_ written: Node, with source: Node) {
    let own = source.elements.filter { $0.localName == "disk" }
    for disk in written.elements where disk.localName == "disk" {
      guard let theirs = own.first(where: { label($0) == label(disk) }) else { continue }
      for name in ["auth", "encryption"] where theirs.descendant(XMLPath(name)) != nil {
        if let moved = disk.descendant(XMLPath("source/" + name)) { disk.adopt(moved) }
      }
    }
  }
}
