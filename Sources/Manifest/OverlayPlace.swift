import Model

/// Where the bytes of an overlay's text stand in its file.
public struct OverlayPlace: Sendable {
  private let text: [UInt8]
  private let node: YAMLNode
  private let file: String
  private let source: [UInt8]

  /// - Parameter source: the bytes of the file.
  public init(_ text: String, _ node: YAMLNode, file: String, source: [UInt8]) {
    self.text = Array(text.utf8)
    self.node = node
    self.file = file
    self.source = source
  }

  /// The place of a byte; of a text that is folded or has escapes, the place where it begins.
  public func place(at offset: Int) -> Place {
    guard case .scalar(_, let style) = node.content else { return Place(file: file, node.start) }
    let before = text.prefix(offset)
    let row = before.count { $0 == 0x0a }
    let lineStart = before.lastIndex(of: 0x0a).map { $0 + 1 } ?? 0
    let column = Self.scalars(before[lineStart...])
    let lineEnd = text[lineStart...].firstIndex(of: 0x0a) ?? text.count
    let line = text[lineStart..<lineEnd]
    switch style {
    case .literal:
      // Each line of the text is one of the file, behind the indentation.
      let number = Int(node.start.line) + 1 + row
      let written = self.line(number)
      let indentation = max(0, Self.scalars(written[...]) - Self.scalars(line))
      return Place(file: file, line: number, column: indentation + column + 1)
    case .plain, .singleQuoted, .doubleQuoted:
      let quote = style == .plain ? 0 : 1
      let start = Int(node.start.column) - 1 + quote
      let written = Array(
        Self.dropping(start, of: self.line(Int(node.start.line))).prefix(text.count))
      guard written == text else { return Place(file: file, node.start) }
      return Place(file: file, line: Int(node.start.line), column: start + column + 1)
    case .folded: return Place(file: file, node.start)
    }
  }

  /// A line of the file, without its end.
  private func line(_ number: Int) -> [UInt8] {
    var current = 1
    var start = source.startIndex
    while current < number {
      guard let end = source[start...].firstIndex(of: 0x0a) else { return [] }
      start = end + 1
      current += 1
    }
    let end = source[start...].firstIndex(of: 0x0a) ?? source.endIndex
    let line = source[start..<end]
    return Array(line.last == 0x0d ? line.dropLast() : line)
  }

  /// How many Unicode scalars UTF-8 bytes are.
  private static func scalars(_ bytes: ArraySlice<UInt8>) -> Int {
    bytes.count { $0 & 0xc0 != 0x80 }
  }

  private static func dropping(_ count: Int, of bytes: [UInt8]) -> ArraySlice<UInt8> {
    var seen = 0
    for index in bytes.indices {
      if bytes[index] & 0xc0 == 0x80 { continue }
      if seen == count { return bytes[index...] }
      seen += 1
    }
    return []
  }
}

extension Placed {
  /// Where the object's overlay is written: in its own document or in its class.
  func overlayPlace(_ sources: [String: [UInt8]]) -> OverlayPlace? {
    guard let text = spec.string("xml") else { return nil }
    let writer = document.writes([.field("xml")]) ? document : classDocument ?? document
    return writer.overlayPlace(text, sources)
  }
}

extension Document {
  func overlayPlace(_ text: String, _ sources: [String: [UInt8]]) -> OverlayPlace? {
    guard let node = node["spec"]?["xml"] else { return nil }
    return OverlayPlace(text, node, file: file, source: sources[file] ?? [])
  }
}

extension LoadedManifests {
  /// Where the overlay of an object is written: in its own manifest or in its class.
  public func overlayPlace(of object: DesiredObject) -> OverlayPlace? {
    guard let text = object.spec.string("xml"),
      let document = documents.first(where: { $0.place.description == object.source })
    else { return nil }
    if document.writes([.field("xml")]) { return document.overlayPlace(text, sources) }
    let name = document.spec.string("class")
    let classDocument = documents.first { $0.kind == .guestClass && $0.name == name }
    return classDocument?.overlayPlace(text, sources)
  }
}
