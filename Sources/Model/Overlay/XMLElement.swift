/// The name of an element or attribute: what it is called in which namespace. Prefixes are only spelling.
public struct XMLName: Sendable, Hashable, Codable {
  /// Without the prefix.
  public var local: String
  /// The namespace's URI; empty for none.
  public var namespace: String

  public init(_ local: String, in namespace: String = "") {
    self.local = local
    self.namespace = namespace
  }
}

/// An XML element as a plain value: names, attributes, children, text. Comments and white space between elements
/// are not part of it.
public struct XMLElement: Sendable {
  /// An attribute, and where its maker finds it again.
  public struct Attribute: Sendable {
    public var name: XMLName
    public var value: String
    /// What the maker of the element means by it: the parser, the byte where it begins.
    public var place: Int

    public init(name: XMLName, value: String, place: Int = 0) {
      self.name = name
      self.value = value
      self.place = place
    }
  }

  public var name: XMLName
  /// The prefix as it was written, for showing the element; empty for none.
  public var prefix: String
  public var attributes: [Attribute]
  /// The text of an element without children, without white space around it.
  public var text: String
  public var children: [XMLElement]
  /// What the maker of the element means by it: the parser, the byte where it begins.
  public var place: Int

  public init(
    _ name: XMLName, prefix: String = "", attributes: [Attribute] = [], text: String = "",
    children: [XMLElement] = [], place: Int = 0
  ) {
    self.name = name
    self.prefix = prefix
    self.attributes = attributes
    self.text = text
    self.children = children
    self.place = place
  }

  /// The value of an attribute.
  public func attribute(_ name: XMLName) -> String? {
    attributes.first { $0.name == name }?.value
  }

  /// The elements in the order of the text, this one first.
  public var preorder: [XMLElement] { [self] + children.flatMap(\.preorder) }

  /// How many elements it is made of, itself included.
  public var count: Int { children.reduce(1) { $0 + $1.count } }
}

/// An element that can be told from its siblings, whichever tree it stands in.
public protocol IdentifiableElement {
  var name: XMLName { get }
  /// The elements right inside, in their order.
  var children: [Self] { get }
  /// The text inside, without white space around it.
  var text: String { get }
  /// The names of the attributes.
  var attributeNames: [XMLName] { get }
  /// The value of an attribute.
  func attribute(_ name: XMLName) -> String?
}

extension XMLElement: IdentifiableElement {
  public var attributeNames: [XMLName] { attributes.map(\.name) }
}

extension IdentifiableElement {
  /// The first child of a name.
  public func child(_ name: XMLName) -> Self? { children.first { $0.name == name } }

  /// The text or attribute at a short path of names without a namespace: `target/@dev`, `key`.
  func value(at path: String) -> String? {
    var element = self
    for part in path.split(separator: "/") {
      if part.hasPrefix("@") { return element.attribute(XMLName(String(part.dropFirst()))) }
      guard let next = element.child(XMLName(String(part))) else { return nil }
      element = next
    }
    return element.text
  }
}
