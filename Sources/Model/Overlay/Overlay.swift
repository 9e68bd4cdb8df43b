/// Libvirt XML that a manifest lays over what its fields say: `xml:`.
///
/// What it declares must be there, and equal; everything else is left alone.
public struct Overlay: Sendable {
  /// The document's root element with what is declared in it.
  public let root: XMLElement

  /// Reads an overlay: the root element of the kind's documents, or children of it.
  public init(_ text: String, of kind: Kind) throws(XMLFragmentProblem) {
    let name = XMLName(Self.rootName(of: kind))
    let elements = try XMLFragmentParser.parse(text)
    guard let first = elements.first else {
      throw XMLFragmentProblem(message: "there is no element in it", offset: 0)
    }
    if first.name == name {
      if elements.count > 1 {
        throw XMLFragmentProblem(
          message: "<\(name.local)> has an element beside it", offset: elements[1].place)
      }
      root = first
    } else {
      if let inner = elements.first(where: { $0.name == name }) {
        throw XMLFragmentProblem(
          message: "<\(name.local)> has an element beside it", offset: inner.place)
      }
      root = XMLElement(name, children: elements, place: first.place)
    }
  }

  /// Of an element that is one already.
  public init(root: XMLElement) { self.root = root }

  /// The root element of a kind's documents.
  public static func rootName(of kind: Kind) -> String {
    switch kind {
    case .guest, .guestClass: "domain"
    case .networkFilter: "filter"
    case .stack, .host, .secret, .network, .pool, .image, .volume: kind.word
    }
  }
}

/// One thing that an overlay declares and a document lacks.
public struct OverlayDifference: Sendable {
  /// `devices/hostdev[net0]/@managed`.
  public var path: String
  /// The element, counted in the order of the overlay's text from 0, the root.
  public var node: Int
  /// The attribute or text that differs; nil when the whole element is missing.
  public var part: ElementPart?
  /// What the document has; nil for nothing.
  public var from: String?
  /// What is declared.
  public var to: String
}

extension Overlay {
  /// What the overlay declares and the document lacks.
  public func differences(to document: XMLElement) -> [OverlayDifference] {
    var found: [OverlayDifference] = []
    var node = 0
    Self.compare(root, document, path: "", node: &node, into: &found)
    return found
  }

  private static func compare(
    _ declared: XMLElement, _ document: XMLElement, path: String, node: inout Int,
    into found: inout [OverlayDifference]
  ) {
    for part in declared.missingValues(in: document) {
      found.append(
        OverlayDifference(
          path: join(path, part.label), node: node, part: part, from: document.value(of: part),
          to: declared.value(of: part) ?? ""))
    }
    node += 1
    let places = ElementMatching.children(of: declared, in: document)
    var counts: [XMLName: Int] = [:]
    for (child, place) in zip(declared.children, places) {
      let index = counts[child.name, default: 0]
      counts[child.name] = index + 1
      let label = child.label(in: declared.name, index: index, prefix: child.prefix)
      let inner = join(path, label)
      if let place {
        compare(child, document.children[place], path: inner, node: &node, into: &found)
      } else {
        found.append(
          OverlayDifference(path: inner, node: node, part: nil, from: nil, to: child.compact))
        node += child.count
      }
    }
  }

  static func join(_ path: String, _ label: String) -> String {
    path.isEmpty ? label : label.isEmpty ? path : path + "/" + label
  }
}

extension ElementPart {
  var label: String {
    switch self {
    case .attribute(let name): "@" + name.local
    case .text: ""
    }
  }
}

extension XMLElement {
  /// The element with everything that another declares, which goes before.
  public func merged(with declared: XMLElement) -> XMLElement {
    var result = self
    for attribute in declared.attributes {
      if let index = result.attributes.firstIndex(where: { $0.name == attribute.name }) {
        result.attributes[index] = attribute
      } else {
        result.attributes.append(attribute)
      }
    }
    if declared.children.isEmpty, !declared.text.isEmpty {
      result.text = declared.text
      result.children = []
    }
    let places = ElementMatching.children(of: declared, in: self)
    for (child, place) in zip(declared.children, places) {
      if let place {
        result.children[place] = result.children[place].merged(with: child)
      } else {
        result.children.append(child)
      }
    }
    return result
  }
}
