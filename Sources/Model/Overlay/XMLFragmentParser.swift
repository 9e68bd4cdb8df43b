/// Why a text is no XML fragment, and at which byte.
public struct XMLFragmentProblem: Error, Sendable, Hashable {
  public var message: String
  /// Bytes from the beginning of the text.
  public var offset: Int
}

/// Reads an XML fragment: one or more elements beside each other. Every element and attribute remembers the byte
/// where it begins, which libxml2 does not tell, so that complaints have a place.
///
/// Document types, processing instructions and entities beyond the predefined ones are refused. The prefixes of
/// libvirt's own namespaces may be used without declaring them.
public struct XMLFragmentParser {
  private let bytes: [UInt8]
  private var position = 0
  private var scopes: [[String: String]] = [knownPrefixes]

  /// Deeper than any document of libvirt.
  private static let maximumDepth = 64

  /// The namespaces in which libvirt keeps what only one driver knows.
  public static let knownPrefixes = [
    "qemu": "http://libvirt.org/schemas/domain/qemu/1.0",
    "lxc": "http://libvirt.org/schemas/domain/lxc/1.0",
    "xen": "http://libvirt.org/schemas/domain/xen/1.0",
    "bhyve": "http://libvirt.org/schemas/domain/bhyve/1.0",
    "dnsmasq": "http://libvirt.org/schemas/network/dnsmasq/1.0",
    "fs": "http://libvirt.org/schemas/storagepool/fs/1.0",
    "rbd": "http://libvirt.org/schemas/storagepool/rbd/1.0",
    "xml": "http://www.w3.org/XML/1998/namespace",
  ]

  private init(_ text: String) { bytes = Array(text.utf8) }

  /// The elements of a text.
  public static func parse(_ text: String) throws(XMLFragmentProblem) -> [XMLElement] {
    var parser = XMLFragmentParser(text)
    return try parser.fragment()
  }

  private mutating func fragment() throws(XMLFragmentProblem) -> [XMLElement] {
    try checkCharacters()
    skipSpace()
    if starts("<?xml ") { try skip(to: "?>", "the XML declaration is not closed") }
    let (elements, text) = try content(depth: 0)
    if position < bytes.count { throw problem("there is no open element that this could close") }
    if let text = text.first { throw problem("text stands outside of any element", at: text.start) }
    return elements
  }

  /// A YAML escape can bring characters that XML does not have.
  private func checkCharacters() throws(XMLFragmentProblem) {
    var offset = 0
    for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
      let isControl = scalar.value < 0x20 && ![0x09, 0x0a, 0x0d].contains(scalar.value)
      if isControl || scalar.value == 0xfffe || scalar.value == 0xffff {
        throw problem(
          "XML has no character U+\(String(scalar.value, radix: 16, uppercase: true))", at: offset)
      }
      offset += scalar.utf8.count
    }
  }

  private struct Piece {
    var start: Int
    var text: String
  }

  /// What stands between a start tag and its end tag.
  private mutating func content(
    depth: Int
  ) throws(XMLFragmentProblem) -> (elements: [XMLElement], text: [Piece]) {
    var elements: [XMLElement] = []
    var text: [Piece] = []
    while position < bytes.count {
      if bytes[position] == UInt8(ascii: "<") {
        if starts("</") { break }
        if starts("<!--") {
          try skipComment()
        } else if starts("<![CDATA[") {
          text.append(try characterData())
        } else if starts("<!") {
          throw problem("a document type declaration is not allowed")
        } else if starts("<?") {
          throw problem("a processing instruction is not allowed")
        } else {
          elements.append(try element(depth: depth))
        }
        continue
      }
      let start = position
      let piece = try characters { $0 == UInt8(ascii: "<") }
      if !piece.utf8.allSatisfy(Self.isSpace) { text.append(Piece(start: start, text: piece)) }
    }
    return (elements, text)
  }

  private mutating func element(depth: Int) throws(XMLFragmentProblem) -> XMLElement {
    let start = position
    if depth >= Self.maximumDepth {
      throw problem("elements are nested more than \(Self.maximumDepth) deep")
    }
    position += 1
    let name = try self.name("an element's name")
    var found: [(name: String, value: String, place: Int)] = []
    while true {
      let hadSpace = skipSpace()
      guard position < bytes.count else { throw problem("<\(name)> is not closed", at: start) }
      if [UInt8(ascii: ">"), UInt8(ascii: "/")].contains(bytes[position]) { break }
      let place = position
      if !hadSpace { throw problem("a blank is missing before an attribute") }
      let (name, value) = try attribute()
      if found.contains(where: { $0.name == name }) {
        throw problem("attribute '\(name)' is given twice", at: place)
      }
      found.append((name, value, place))
    }
    var scope = scopes.last ?? [:]
    for item in found {
      if item.name == "xmlns" { scope[""] = item.value }
      if item.name.hasPrefix("xmlns:") {
        if item.value.isEmpty || item.value.hasPrefix("http://www.w3.org/") {
          throw problem("a prefix cannot stand for this namespace", at: item.place)
        }
        scope[String(item.name.dropFirst(6))] = item.value
      }
    }
    scopes.append(scope)
    defer { scopes.removeLast() }
    var result = XMLElement(
      try resolved(name, at: start, isAttribute: false), prefix: Self.parts(name).prefix,
      place: start)
    for item in found where item.name != "xmlns" && !item.name.hasPrefix("xmlns:") {
      let name = try resolved(item.name, at: item.place, isAttribute: true)
      if result.attribute(name) != nil {
        throw problem("attribute '\(item.name)' is given twice", at: item.place)
      }
      result.attributes.append(
        XMLElement.Attribute(name: name, value: item.value, place: item.place))
    }
    if starts("/>") {
      position += 2
      return result
    }
    guard bytes[position] == UInt8(ascii: ">") else { throw problem("'>' is missing") }
    position += 1
    let (children, text) = try content(depth: depth + 1)
    guard starts("</") else { throw problem("<\(name)> is not closed", at: start) }
    let end = position
    position += 2
    let closing = try self.name("an element's name")
    if closing != name {
      throw problem("</\(closing)> closes <\(name)>, which is still open", at: end)
    }
    skipSpace()
    guard position < bytes.count, bytes[position] == UInt8(ascii: ">") else {
      throw problem("'>' is missing")
    }
    position += 1
    if let text = text.first, !children.isEmpty {
      throw problem("text stands beside elements", at: text.start)
    }
    result.children = children
    result.text = Self.trimmed(text.map(\.text).joined())
    return result
  }

  private mutating func attribute() throws(XMLFragmentProblem) -> (name: String, value: String) {
    let name = try self.name("an attribute")
    skipSpace()
    guard position < bytes.count, bytes[position] == UInt8(ascii: "=") else {
      throw problem("attribute '\(name)' has no value")
    }
    position += 1
    skipSpace()
    guard position < bytes.count,
      [UInt8(ascii: "'"), UInt8(ascii: "\"")].contains(bytes[position])
    else { throw problem("the value of attribute '\(name)' needs quotes") }
    let quote = bytes[position]
    let start = position
    position += 1
    let value = try characters(isAttribute: true) { $0 == quote || $0 == UInt8(ascii: "<") }
    guard position < bytes.count else {
      throw problem("the value of attribute '\(name)' is not closed", at: start)
    }
    if bytes[position] != quote { throw problem("'<' in a value is written as &lt;") }
    position += 1
    return (name, value)
  }

  /// Text up to a byte, its entities resolved.
  private mutating func characters(
    isAttribute: Bool = false, until ends: (UInt8) -> Bool
  ) throws(XMLFragmentProblem) -> String {
    var result: [UInt8] = []
    while position < bytes.count, !ends(bytes[position]) {
      if bytes[position] == UInt8(ascii: "&") {
        result += try entity().utf8
      } else {
        if !isAttribute, starts("]]>") {
          throw problem("']]>' stands outside of a CDATA section")
        }
        let byte = bytes[position]
        position += 1
        // Line ends become one kind; in an attribute they are blanks.
        if byte == 0x0d, position < bytes.count, bytes[position] == 0x0a { position += 1 }
        let isBreak = byte == 0x0d || byte == 0x0a
        result.append(isAttribute && (isBreak || byte == 0x09) ? 0x20 : isBreak ? 0x0a : byte)
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  private mutating func entity() throws(XMLFragmentProblem) -> String {
    let start = position
    let end = bytes[position...].prefix(12).firstIndex(of: UInt8(ascii: ";"))
    guard let end else { throw problem("'&' is written as &amp;") }
    let name = String(decoding: bytes[(start + 1)..<end], as: UTF8.self)
    position = end + 1
    switch name {
    case "lt": return "<"
    case "gt": return ">"
    case "amp": return "&"
    case "quot": return "\""
    case "apos": return "'"
    default: break
    }
    let number: UInt32? =
      name.hasPrefix("#x")
      ? UInt32(name.dropFirst(2), radix: 16)
      : name.hasPrefix("#") ? UInt32(name.dropFirst()) : nil
    guard let number, number >= 0x20 || [0x09, 0x0a, 0x0d].contains(number),
      number != 0xfffe, number != 0xffff, let scalar = Unicode.Scalar(number)
    else { throw problem("there is no entity '&\(name);'", at: start) }
    return String(Character(scalar))
  }

  private mutating func characterData() throws(XMLFragmentProblem) -> Piece {
    let start = position
    try skip(to: "]]>", "the CDATA section is not closed")
    return Piece(
      start: start, text: String(decoding: bytes[(start + 9)..<(position - 3)], as: UTF8.self))
  }

  private mutating func skipComment() throws(XMLFragmentProblem) {
    let start = position
    position += 4
    while position < bytes.count, !starts("--") { position += 1 }
    guard position < bytes.count else { throw problem("the comment is not closed", at: start) }
    guard starts("-->") else { throw problem("'--' cannot stand in a comment") }
    position += 3
  }

  private mutating func skip(to end: String, _ message: String) throws(XMLFragmentProblem) {
    let start = position
    while position < bytes.count, !starts(end) { position += 1 }
    guard position < bytes.count else { throw problem(message, at: start) }
    position += end.utf8.count
  }

  private mutating func name(_ what: String) throws(XMLFragmentProblem) -> String {
    let start = position
    while position < bytes.count, Self.isNameByte(bytes[position]) { position += 1 }
    let name = String(decoding: bytes[start..<position], as: UTF8.self)
    let parts = name.split(separator: ":", omittingEmptySubsequences: false)
    let begins = parts.allSatisfy { part in
      part.utf8.first.map {
        !Self.isDigit($0) && $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: ".")
      }
        ?? false
    }
    guard !name.isEmpty, parts.count <= 2, begins else {
      throw problem("\(what) is expected here", at: start)
    }
    return name
  }

  private func resolved(
    _ name: String, at place: Int, isAttribute: Bool
  ) throws(XMLFragmentProblem) -> XMLName {
    let (prefix, local) = Self.parts(name)
    if prefix.isEmpty, isAttribute { return XMLName(local) }
    if let namespace = scopes.last?[prefix] { return XMLName(local, in: namespace) }
    if prefix.isEmpty { return XMLName(local) }
    throw problem("prefix '\(prefix)' stands for no namespace (xmlns:\(prefix)='…')", at: place)
  }

  private static func parts(_ name: String) -> (prefix: String, local: String) {
    guard let colon = name.firstIndex(of: ":") else { return ("", name) }
    return (String(name[..<colon]), String(name[name.index(after: colon)...]))
  }

  private func problem(_ message: String, at offset: Int? = nil) -> XMLFragmentProblem {
    XMLFragmentProblem(message: message, offset: min(offset ?? position, bytes.count))
  }

  @discardableResult
  private mutating func skipSpace() -> Bool {
    let start = position
    while position < bytes.count, Self.isSpace(bytes[position]) { position += 1 }
    return position > start
  }

  private func starts(_ text: String) -> Bool { bytes[position...].starts(with: text.utf8) }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || (0x09...0x0d).contains(byte)
  }
  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"),
      UInt8(ascii: "."), UInt8(ascii: ":"), 0x80...:
      true
    default: false
    }
  }

  private static func trimmed(_ text: String) -> String {
    let bytes = Array(text.utf8)
    guard let first = bytes.firstIndex(where: { !isSpace($0) }),
      let last = bytes.lastIndex(where: { !isSpace($0) })
    else { return "" }
    return String(decoding: bytes[first...last], as: UTF8.self)
  }
}
