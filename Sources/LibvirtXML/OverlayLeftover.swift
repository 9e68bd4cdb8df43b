import Model

extension LibvirtDocument {
  /// What this document has beyond another one, as the smallest overlay that makes up for it; nil when nothing is
  /// left. What the other has beyond this one is not told: no overlay takes away.
  ///
  /// Left out is what libvirt gives by itself: addresses and aliases of devices, PCI controllers, the identity
  /// of the object, and virtspec's own metadata.
  ///
  /// - Parameter generated: what a manifest without an overlay stands for.
  public func leftover(beyond generated: borrowing LibvirtDocument) -> String? {
    Leftover.of(element().withoutGenerated, beyond: generated.element())?.indented
  }
}

/// What is left of a document when its fields are read: the overlay that a manifest with these fields needs.
public func leftoverOverlay(of document: borrowing LibvirtDocument, fields: Record, kind: Kind)
  throws(XMLProblem) -> String?
{
  var generated = try LibvirtDocument(root: Overlay.rootName(of: kind))
  generated.write(fields, Table.spec(of: kind))
  return document.leftover(beyond: generated)
}

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

  /// The document without what libvirt, or virtspec, gives by itself.
  public var withoutGenerated: XMLElement {
    var result = self
    result.attributes.removeAll { $0.name == XMLName("id") }
    result.children.removeAll {
      ["name", "uuid"].contains($0.name.local) && $0.name.namespace.isEmpty
    }
    for index in result.children.indices {
      switch result.children[index].name.local {
      case "metadata":
        result.children[index].children.removeAll { $0.name.namespace == Ownership.namespace }
      case "devices":
        result.children[index].children.removeAll {
          $0.name.local == "controller" && $0.attribute(XMLName("type")) == "pci"
        }
        for device in result.children[index].children.indices {
          result.children[index].children[device].children.removeAll { part in
            part.name.local == "address"
              || part.name.local == "alias"
                && part.attribute(XMLName("name"))?.hasPrefix("ua-") != true
          }
        }
      default: break
      }
    }
    result.children.removeAll {
      $0.name.local == "metadata" && $0.children.isEmpty && $0.attributes.isEmpty
    }
    return result
  }
}
