import CLibXML2
import Glibc
import Model

/// Why a text is no XML document that virtspec reads.
public struct XMLProblem: Error, Sendable, Hashable {
  /// In libxml2's words.
  public var message: String
  /// 1-based; 0 when unknown.
  public var line: Int

  public init(message: String, line: Int) {
    self.message = message
    self.line = line
  }
}

/// An XML document of libvirt: a domain, network, pool or volume.
///
/// It owns its libxml2 tree and stays on one thread. Entities are not expanded, nothing is fetched, and a
/// document type declaration is refused.
public struct LibvirtDocument: ~Copyable {
  private let document: xmlDocPtr
  let root: Node

  /// Parses a document. Throws where libxml2 finds it malformed.
  public init(parsing text: UnsafeBufferPointer<UInt8>) throws(XMLProblem) {
    (document, root) = try Self.parse(text).get()
  }

  /// Parses a document. Throws where libxml2 finds it malformed.
  public init(parsing text: String) throws(XMLProblem) {
    var text = text
    (document, root) = try text.withUTF8(Self.parse).get()
  }

  private static func parse(
    _ text: UnsafeBufferPointer<UInt8>
  ) -> Result<(xmlDocPtr, Node), XMLProblem> {
    let options =
      XML_PARSE_NONET.rawValue | XML_PARSE_NOERROR.rawValue | XML_PARSE_NOWARNING.rawValue
      | XML_PARSE_NOBLANKS.rawValue
    guard let base = text.baseAddress, let size = Int32(exactly: text.count), size > 0 else {
      return .failure(XMLProblem(message: "the document is empty or larger than 2 GiB", line: 0))
    }
    guard let parser = ThreadParser.current else {
      return .failure(XMLProblem(message: "no memory for a parser", line: 0))
    }
    // libxml2 bounds the depth of a tree itself.
    let parsed = base.withMemoryRebound(to: CChar.self, capacity: text.count) {
      xmlCtxtReadMemory(parser, $0, size, nil, nil, Int32(options))
    }
    guard let parsed else {
      // libxml2's last error is thread-local: it is read before anything else can replace it.
      let error = xmlGetLastError()
      var message = error?.pointee.message.map { String(cString: $0) } ?? "not an XML document"
      while message.last?.isWhitespace == true { message.removeLast() }
      return .failure(XMLProblem(message: message, line: Int(error?.pointee.line ?? 0)))
    }
    guard parsed.pointee.intSubset == nil, let element = xmlDocGetRootElement(parsed) else {
      xmlFreeDoc(parsed)
      return .failure(
        XMLProblem(message: "a document type declaration is not allowed", line: 1))
    }
    let root = Node(raw: element)
    root.escapeNamespaceNames()
    return .success((parsed, root))
  }

  /// A new document with an empty root element. Throws only when memory is exhausted.
  public init(root name: String) throws(XMLProblem) {
    guard let made = xmlNewDoc("1.0") else {
      throw XMLProblem(message: "no memory for a document", line: 0)
    }
    guard let element = xmlNewNode(nil, name) else {
      xmlFreeDoc(made)
      throw XMLProblem(message: "no memory for a document", line: 0)
    }
    xmlDocSetRootElement(made, element)
    document = made
    root = Node(raw: element)
  }

  /// A new document of an object with this name and UUID.
  public init(root element: String, name: String, uuid: String) throws(XMLProblem) {
    try self.init(root: element)
    switch element {
    // It has none.
    case "secret": break
    case "filter": setText(name, at: "@name")
    default: setText(name, at: "name")
    }
    setText(uuid, at: "uuid")
  }

  deinit { xmlFreeDoc(document) }

  /// The root element's name.
  public var rootName: String { String(cString: root.raw.pointee.name) }

  /// The text or attribute at a path; nil when there is none.
  public func text(at path: XMLPath) -> String? {
    guard let node = root.descendant(path) else { return nil }
    if let attribute = path.attribute { return node.attribute(attribute) }
    return node.text
  }

  /// Sets or removes the text or attribute at a path.
  public mutating func setText(_ text: String?, at path: XMLPath) {
    guard let text else {
      guard let node = root.descendant(path) else { return }
      if let attribute = path.attribute { node.removeAttribute(attribute) } else { node.remove() }
      return
    }
    guard let node = root.ensured(path) else { return }
    if let attribute = path.attribute {
      node.setAttribute(attribute, text)
    } else {
      node.setText(text)
    }
  }

  /// The document without the XML declaration.
  public func serialized() -> String { root.serialized + "\n" }
}

/// One parser for each thread that parses. Its dictionary of names is filled once, which takes a fifth off the
/// time of a small document.
private enum ThreadParser {
  static var current: xmlParserCtxtPtr? {
    guard let key else { return nil }
    if let existing = pthread_getspecific(key) {
      return existing.assumingMemoryBound(to: xmlParserCtxt.self)
    }
    guard let made = xmlNewParserCtxt() else { return nil }
    pthread_setspecific(key, made)
    return made
  }

  private static let key: pthread_key_t? = {
    var key = pthread_key_t()
    let result = pthread_key_create(&key) { parser in
      xmlFreeParserCtxt(parser?.assumingMemoryBound(to: xmlParserCtxt.self))
    }
    return result == 0 ? key : nil
  }()
}
