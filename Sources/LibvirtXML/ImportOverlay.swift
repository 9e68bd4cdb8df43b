import Model

extension LibvirtDocument {
  /// The overlay that adds to a document made of fields what this one has besides; nil when that is nothing.
  /// Where an overlay cannot say something, that is left as a remainder.
  func overlay(over written: consuming LibvirtDocument, of kind: Kind) throws(XMLProblem)
    -> LeftoverOverlay?
  {
    let own = try LibvirtDocument(parsing: serialized())
    Generated.remove(from: own.root, path: [rootName])
    guard let text = own.leftover(beyond: written), let overlay = try? Overlay(text, of: kind) else {
      return nil
    }
    written.lay(overlay)
    var rest: [Remainder] = []
    Remainders.collect(root, written.root, path: [rootName], into: &rest)
    return LeftoverOverlay(text: text, rest: rest)
  }
}

extension Generated {
  /// Takes out what is made up, and passwords, which no manifest may hold.
  fileprivate static func remove(from node: Node, path: [String]) {
    for (name, value) in node.localAttributes
    where name == "passwd" || isAttribute(name, value, of: node, at: path) {
      node.removeAttribute(name)
    }
    for element in node.elements {
      if isElement(element, at: path) {
        element.remove()
      } else {
        remove(from: element, path: path + [element.localName + Remainders.label(element)])
      }
    }
  }
}
