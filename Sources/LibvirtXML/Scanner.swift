/// One pass over the bytes of a plain document. It gives up at the first byte that it does not expect.
struct Scanner {
  private let bytes: UnsafeBufferPointer<UInt8>
  private var position = 0
  /// Open elements: their places, those of their last children, and where in the bytes they begin to have content.
  private var open: [(index: Int, lastChild: Int, start: Int)] = []
  /// libxml2 refuses deeper trees too (`xmlParserMaxDepth`).
  private static let maximumDepth = 256
  /// Far below what libxml2 refuses (`XML_MAX_NAME_LENGTH`), far above what libvirt writes.
  private static let maximumNameLength = 1_000

  private(set) var nodes: ContiguousArray<ScannedTree.Node> = []
  private(set) var attributes: ContiguousArray<ScannedTree.Attribute> = []

  init(_ bytes: UnsafeBufferPointer<UInt8>) {
    self.bytes = bytes
    nodes.reserveCapacity(bytes.count / 32)
    attributes.reserveCapacity(bytes.count / 24)
  }

  /// Finds the nodes and attributes; false when the document is not plain.
  mutating func run() -> Bool {
    guard skipOutside(), position < bytes.count, openTag() else { return false }
    while !open.isEmpty {
      guard content() else { return false }
    }
    return skipOutside() && position == bytes.count
  }

  /// White space and comments around the root element.
  private mutating func skipOutside() -> Bool {
    while position < bytes.count {
      if isSpace(bytes[position]) {
        position += 1
      } else if starts("<!--") {
        guard comment() else { return false }
      } else {
        return true
      }
    }
    return true
  }

  /// Text up to the next tag, and the tag.
  private mutating func content() -> Bool {
    let element = open[open.count - 1]
    let start = position
    var isBlank = true
    var isEscaped = false
    while position < bytes.count, bytes[position] != UInt8(ascii: "<") {
      let byte = bytes[position]
      if byte == UInt8(ascii: "&") {
        guard let (_, length) = Self.entity(bytes[position...]) else { return false }
        isEscaped = true
        isBlank = false
        position += length
        continue
      }
      if !isSpace(byte) {
        // Beyond ASCII, control characters, carriage returns and the end of a CDATA section are libxml2's.
        guard (0x20..<0x7f).contains(byte), byte != UInt8(ascii: ">") || !endsSection() else {
          return false
        }
        isBlank = false
      }
      position += 1
    }
    guard position + 1 < bytes.count else { return false }
    if bytes[position + 1] == UInt8(ascii: "/") {
      // White space counts where there is nothing else; beside comments libxml2 drops it.
      if !isBlank || start == element.start {
        // Text beside elements is rare enough for the other parser.
        guard nodes[element.index].firstChild < 0 else { return false }
        nodes[element.index].text = ScannedTree.Span(
          start: Int32(start), end: Int32(position), isEscaped: isEscaped)
      }
      return closeTag()
    }
    // So is text in pieces.
    guard isBlank else { return false }
    return starts("<!--") ? comment() : openTag()
  }

  private func endsSection() -> Bool {
    position >= 2 && bytes[position - 1] == UInt8(ascii: "]")
      && bytes[position - 2] == UInt8(ascii: "]")
  }

  private mutating func openTag() -> Bool {
    guard bytes[position] == UInt8(ascii: "<") else { return false }
    position += 1
    guard let name = name(), open.count < Self.maximumDepth else { return false }
    let first = attributes.count
    while true {
      let hadSpace = skipSpace()
      guard position < bytes.count else { return false }
      if bytes[position] == UInt8(ascii: ">") || bytes[position] == UInt8(ascii: "/") { break }
      guard hadSpace, attribute(since: first) else { return false }
    }
    let index = nodes.count
    nodes.append(
      ScannedTree.Node(
        name: name, attributes: Int32(first)..<Int32(attributes.count),
        text: ScannedTree.Span(start: 0, end: 0)))
    if let parent = open.last {
      if parent.lastChild < 0 {
        nodes[parent.index].firstChild = Int32(index)
      } else {
        nodes[parent.lastChild].nextSibling = Int32(index)
      }
      open[open.count - 1].lastChild = index
    }
    if bytes[position] == UInt8(ascii: "/") {
      position += 1
      guard position < bytes.count, bytes[position] == UInt8(ascii: ">") else { return false }
    } else {
      open.append((index, -1, position + 1))
    }
    position += 1
    return true
  }

  private mutating func attribute(since first: Int) -> Bool {
    guard let name = name() else { return false }
    _ = skipSpace()
    guard take(UInt8(ascii: "=")) else { return false }
    _ = skipSpace()
    guard position < bytes.count else { return false }
    let quote = bytes[position]
    guard quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else { return false }
    position += 1
    let start = position
    var isEscaped = false
    while position < bytes.count, bytes[position] != quote {
      let byte = bytes[position]
      if byte == UInt8(ascii: "&") {
        guard let (_, length) = Self.entity(bytes[position...]) else { return false }
        isEscaped = true
        position += length
        continue
      }
      // Tabs and line breaks in a value become blanks, which libxml2 knows to do.
      guard (0x20..<0x7f).contains(byte), byte != UInt8(ascii: "<") else { return false }
      position += 1
    }
    guard position < bytes.count else { return false }
    let value = ScannedTree.Span(start: Int32(start), end: Int32(position), isEscaped: isEscaped)
    position += 1
    if starts("xml", at: name.start), !isPrefix(name, value) { return false }
    // The same name twice is an error.
    for index in first..<attributes.count where same(name, attributes[index].name) {
      return false
    }
    attributes.append(ScannedTree.Attribute(name: name, value: value))
    return true
  }

  /// Whether an attribute whose name begins with `xml` declares a prefix. A default namespace would change what
  /// plain names mean, `xml:space` what white space means, and a few declarations libxml2 overlooks.
  private func isPrefix(_ name: ScannedTree.Span, _ value: ScannedTree.Span) -> Bool {
    starts("xmlns:", at: name.start) && !starts("xml", at: name.start + 6)
      && value.start < value.end && !starts("http://www.w3.org/", at: value.start)
  }

  private mutating func closeTag() -> Bool {
    position += 2
    guard let name = name(), let last = open.popLast(), same(name, nodes[last.index].name)
    else { return false }
    _ = skipSpace()
    return take(UInt8(ascii: ">"))
  }

  private mutating func comment() -> Bool {
    position += 4
    while position + 2 < bytes.count {
      if bytes[position] == UInt8(ascii: "-"), bytes[position + 1] == UInt8(ascii: "-") {
        guard bytes[position + 2] == UInt8(ascii: ">") else { return false }
        position += 3
        return true
      }
      guard isSpace(bytes[position]) || (0x20..<0x7f).contains(bytes[position]) else {
        return false
      }
      position += 1
    }
    return false
  }

  /// A name with at most one prefix.
  private mutating func name() -> ScannedTree.Span? {
    let start = position
    var colons = 0
    while position < bytes.count {
      let byte = bytes[position]
      let isFirst = position == start
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "_"):
        break
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."):
        if isFirst || bytes[position - 1] == UInt8(ascii: ":") { return nil }
      case UInt8(ascii: ":"):
        colons += 1
        if isFirst || colons > 1 { return nil }
      default:
        guard !isFirst, bytes[position - 1] != UInt8(ascii: ":"),
          position - start <= Self.maximumNameLength
        else { return nil }
        return ScannedTree.Span(start: Int32(start), end: Int32(position))
      }
      position += 1
    }
    return nil
  }

  private mutating func skipSpace() -> Bool {
    let start = position
    while position < bytes.count, isSpace(bytes[position]) { position += 1 }
    return position > start
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard position < bytes.count, bytes[position] == byte else { return false }
    position += 1
    return true
  }

  private func starts(_ text: StaticString) -> Bool { starts(text, at: Int32(position)) }

  private func starts(_ text: StaticString, at start: Int32) -> Bool {
    guard Int(start) + text.utf8CodeUnitCount <= bytes.count else { return false }
    return (0..<text.utf8CodeUnitCount).allSatisfy {
      bytes[Int(start) + $0] == text.utf8Start[$0]
    }
  }

  private func same(_ left: ScannedTree.Span, _ right: ScannedTree.Span) -> Bool {
    left.end - left.start == right.end - right.start
      && (0..<Int(left.end - left.start)).allSatisfy {
        bytes[Int(left.start) + $0] == bytes[Int(right.start) + $0]
      }
  }

  private func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0a || byte == 0x09 }

  /// A predefined entity, or the number of a printable ASCII character, at the start of the bytes: the
  /// character and the length.
  static func entity(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> (byte: UInt8, length: Int)? {
    let named: [(StaticString, UInt8)] = [
      ("&lt;", 0x3c), ("&gt;", 0x3e), ("&amp;", 0x26), ("&quot;", 0x22), ("&apos;", 0x27),
      ("&#39;", 0x27), ("&#34;", 0x22), ("&#10;", 0x0a),
    ]
    for (text, byte) in named where text.utf8CodeUnitCount <= bytes.count {
      let matches = (0..<text.utf8CodeUnitCount).allSatisfy {
        bytes[bytes.startIndex + $0] == text.utf8Start[$0]
      }
      if matches { return (byte, text.utf8CodeUnitCount) }
    }
    return nil
  }
}
