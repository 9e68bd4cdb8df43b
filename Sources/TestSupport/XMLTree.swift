import CLibXML2
import Glibc
import LibvirtXML

/// An XML element as a plain value: what the simulated libvirt keeps. It is made apart from the reader and the
/// writer under test.
public struct XMLTree: Sendable, Hashable {
  /// A name and a value.
  public struct Attribute: Sendable, Hashable {
    public var name: String
    public var value: String
  }

  /// With its prefix where it has one.
  public var name: String
  /// Namespace declarations are among them.
  public var attributes: [Attribute] = []
  /// Child elements.
  public var children: [XMLTree] = []
  /// The text of an element without children.
  public var text = ""

  /// An element with attributes, and one child or text.
  public init(
    _ name: String, _ attributes: [(String, String)] = [], text: String = "",
    _ children: [XMLTree] = []
  ) {
    self.name = name
    self.attributes = attributes.map { Attribute(name: $0.0, value: $0.1) }
    self.text = text
    self.children = children
  }

  /// An attribute; nil removes it.
  public subscript(attribute: String) -> String? {
    get { attributes.first { $0.name == attribute }?.value }
    set {
      let index = attributes.firstIndex { $0.name == attribute }
      switch (index, newValue) {
      case (let index?, let value?): attributes[index].value = value
      case (let index?, nil): attributes.remove(at: index)
      case (nil, let value?): attributes.append(Attribute(name: attribute, value: value))
      case (nil, nil): break
      }
    }
  }

  /// The first child of a name.
  public func child(_ name: String) -> XMLTree? { children.first { $0.name == name } }
  /// Every child of a name.
  public func all(_ name: String) -> [XMLTree] { children.filter { $0.name == name } }

  /// The text or attribute at a path of first children: `os/type/@machine`.
  public func text(_ path: String) -> String? {
    let parts = path.split(separator: "/")
    var element = self
    for part in parts {
      if part.hasPrefix("@") { return element[String(part.dropFirst())] }
      guard let next = element.child(String(part)) else { return nil }
      element = next
    }
    return element.text
  }

  /// Sets the text or attribute at a path, whose elements are made where they are missing.
  public mutating func set(_ path: String, _ value: String) {
    change(path.split(separator: "/").filter { !$0.hasPrefix("@") }.joined(separator: "/")) {
      if let attribute = path.split(separator: "/").last, attribute.hasPrefix("@") {
        $0[String(attribute.dropFirst())] = value
      } else {
        $0.text = value
      }
    }
  }

  /// Sets what is not there yet.
  public mutating func complete(_ path: String, _ value: String) {
    if text(path) == nil { set(path, value) }
  }

  /// Changes the element at a path, which is made where it is missing.
  public mutating func change(_ path: String, _ body: (inout XMLTree) -> Void) {
    guard let first = path.split(separator: "/").first else { return body(&self) }
    if !children.contains(where: { $0.name == first }) { children.append(XMLTree(String(first))) }
    guard let index = children.firstIndex(where: { $0.name == first }) else { return }
    children[index].change(String(path.dropFirst(first.count + 1)), body)
  }

  /// Changes every child of a name; `index` counts them.
  public mutating func changeAll(_ name: String, _ body: (inout XMLTree, Int) -> Void) {
    var count = 0
    for index in children.indices where children[index].name == name {
      body(&children[index], count)
      count += 1
    }
  }

  /// Removes the children of a name.
  public mutating func removeAll(_ name: String) { children.removeAll { $0.name == name } }
}

extension XMLTree {
  /// Parses a document. Throws where libxml2 finds it malformed.
  public init(parsing text: String) throws(XMLProblem) {
    let options = XML_PARSE_NONET.rawValue | XML_PARSE_NOERROR.rawValue
    let document = text.withCString { bytes in
      xmlReadMemory(bytes, Int32(text.utf8.count), nil, nil, Int32(options))
    }
    guard let document, let root = xmlDocGetRootElement(document) else {
      throw XMLProblem(message: "not an XML document", line: 0)
    }
    self.init(root)
    xmlFreeDoc(document)
  }

  private init(_ node: xmlNodePtr) {
    name = Self.qualified(node.pointee.name, node.pointee.ns)
    var declaration = node.pointee.nsDef
    while let current = declaration?.pointee {
      let prefix = current.prefix.map { ":" + String(cString: $0) } ?? ""
      attributes.append(
        Attribute(name: "xmlns" + prefix, value: current.href.map { String(cString: $0) } ?? ""))
      declaration = current.next
    }
    var property = node.pointee.properties
    while let current = property?.pointee {
      let value = current.children?.pointee.content.map { String(cString: $0) } ?? ""
      attributes.append(Attribute(name: Self.qualified(current.name, current.ns), value: value))
      property = current.next
    }
    var child = node.pointee.children
    while let current = child {
      switch current.pointee.type {
      case XML_ELEMENT_NODE: children.append(XMLTree(current))
      case XML_TEXT_NODE, XML_CDATA_SECTION_NODE:
        text += current.pointee.content.map { String(cString: $0) } ?? ""
      default: break
      }
      child = current.pointee.next
    }
    let isBlank = text.allSatisfy(\.isWhitespace)
    if isBlank || !children.isEmpty { text = "" }
  }

  private static func qualified(_ name: UnsafePointer<xmlChar>?, _ space: xmlNsPtr?) -> String {
    let local = name.map { String(cString: $0) } ?? ""
    guard let prefix = space?.pointee.prefix else { return local }
    return String(cString: prefix) + ":" + local
  }

  /// The document as libvirt prints it: two spaces a level, single quotes.
  public var serialized: String {
    var result = ""
    write(to: &result, indent: "")
    return result
  }

  private func write(to result: inout String, indent: String) {
    result += indent + "<" + name
    for attribute in attributes {
      result += " \(attribute.name)='\(Self.escaped(attribute.value))'"
    }
    if children.isEmpty {
      result += text.isEmpty ? "/>\n" : ">\(Self.escaped(text))</\(name)>\n"
      return
    }
    result += ">\n"
    for child in children { child.write(to: &result, indent: indent + "  ") }
    result += "\(indent)</\(name)>\n"
  }

  private static func escaped(_ text: String) -> String {
    // A call of C, because a loop over bytes took a fifth of all tests' time without optimisation.
    if strpbrk(text, "<>&'") == nil { return text }
    var result = ""
    for character in text {
      switch character {
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "&": result += "&amp;"
      case "'": result += "&apos;"
      default: result.append(character)
      }
    }
    return result
  }
}
