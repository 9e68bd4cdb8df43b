import Model

enum Leftover {
  /// The part of an element that another lacks, with what is needed to find it again; nil for none.
  static func of(_ element: XMLElement, beyond other: XMLElement) -> XMLElement? {
    var result = XMLElement(element.name, prefix: element.prefix)
    for part in element.missingValues(in: other) {
      switch part {
      case .text: result.text = element.text
      case .attribute(let name):
        result.attributes += element.attributes.filter { $0.name == name }
      }
    }
    result.children = children(of: element, beyond: other)
    let isNothing = result.attributes.isEmpty && result.children.isEmpty && result.text.isEmpty
    return isNothing ? nil : result
  }

  private static func children(of element: XMLElement, beyond other: XMLElement) -> [XMLElement] {
    let places = ElementMatching.children(of: element, in: other)
    var parts = zip(element.children, places).map { child, place in
      place.map { of(child, beyond: other.children[$0]) } ?? child
    }
    for (index, child) in element.children.enumerated() {
      switch ElementIdentity.of(child.name, in: element.name) {
      case .ordered:
        // A command line is given whole.
        let isTouched = element.children.indices.contains {
          element.children[$0].name == child.name && parts[$0] != nil
        }
        if isTouched { parts[index] = child }
      case .keys, .place:
        if parts[index] == nil {
          // Those before one that goes by its place hold theirs.
          let isNeeded = element.children.indices.contains {
            $0 > index && element.children[$0].name == child.name && parts[$0] != nil
              && element.children[$0].identity(in: element.name) == nil
          }
          if isNeeded, child.identity(in: element.name) == nil {
            parts[index] = XMLElement(child.name, prefix: child.prefix)
          }
        } else if places[index] != nil {
          parts[index]?.identify(as: child, in: element.name)
        }
      }
    }
    return parts.compactMap { $0 }
  }
}

extension XMLElement {
  /// Adds that by which an element is told from its siblings, in front.
  fileprivate mutating func identify(as element: XMLElement, in parent: XMLName) {
    for (path, value) in (element.identity(in: parent) ?? []).reversed() {
      set(path.split(separator: "/")[...], to: value)
    }
  }

  private mutating func set(_ path: ArraySlice<Substring>, to value: String) {
    guard let first = path.first else {
      text = value
      return
    }
    if first.hasPrefix("@") {
      let name = XMLName(String(first.dropFirst()))
      if attribute(name) == nil { attributes.insert(Attribute(name: name, value: value), at: 0) }
      return
    }
    let name = XMLName(String(first))
    if !children.contains(where: { $0.name == name }) { children.insert(XMLElement(name), at: 0) }
    for index in children.indices where children[index].name == name {
      return children[index].set(path.dropFirst(), to: value)
    }
  }
}
