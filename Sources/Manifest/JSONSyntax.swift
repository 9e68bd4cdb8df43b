/// Finds the first byte at which a text is no JSON (RFC 8259).
struct JSONSyntax {
  /// What is wrong, and where.
  struct Problem: Error, Hashable {
    var message: String
    /// Bytes from the beginning of the text.
    var offset: Int
  }

  /// Deeper nesting is refused.
  private static let maximumDepth = 256

  private let bytes: [UInt8]
  private var position = 0

  /// Nil for a text that is JSON.
  static func problem(_ text: String) -> Problem? {
    var reader = JSONSyntax(bytes: Array(text.utf8))
    do throws(Problem) {
      try reader.value(depth: 0)
      reader.skipSpace()
      if reader.position < reader.bytes.count { throw reader.unexpected("the end") }
      return nil
    } catch {
      return error
    }
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func skipSpace() {
    while let byte = next, [0x20, 0x09, 0x0a, 0x0d].contains(byte) { position += 1 }
  }

  private func unexpected(_ wanted: String) -> Problem {
    guard let byte = next else {
      return Problem(message: "it ends where \(wanted) should be", offset: max(0, bytes.count - 1))
    }
    let found = byte < 0x80 && byte >= 0x20 ? "'\(Character(UnicodeScalar(byte)))'" : "this"
    return Problem(message: "\(wanted) should be where \(found) is", offset: position)
  }

  private mutating func value(depth: Int) throws(Problem) {
    skipSpace()
    if depth > Self.maximumDepth {
      throw Problem(message: "it is nested too deeply", offset: position)
    }
    switch next {
    case UInt8(ascii: "{"):
      try items(closing: "}", depth) { reader, depth throws(Problem) in
        reader.skipSpace()
        guard reader.next == UInt8(ascii: "\"") else { throw reader.unexpected("a key in quotes") }
        try reader.string()
        reader.skipSpace()
        guard reader.next == UInt8(ascii: ":") else { throw reader.unexpected("a colon") }
        reader.position += 1
        try reader.value(depth: depth)
      }
    case UInt8(ascii: "["):
      try items(closing: "]", depth) { reader, depth throws(Problem) in
        try reader.value(depth: depth)
      }
    case UInt8(ascii: "\""): try string()
    default: try word()
    }
  }

  private mutating func items(
    closing: Unicode.Scalar, _ depth: Int,
    _ item: (inout JSONSyntax, Int) throws(Problem) -> Void
  ) throws(Problem) {
    let end = UInt8(ascii: closing)
    position += 1
    skipSpace()
    if next == end {
      position += 1
      return
    }
    while true {
      try item(&self, depth + 1)
      skipSpace()
      if next == UInt8(ascii: ",") {
        position += 1
        continue
      }
      guard next == end else { throw unexpected("a comma or '\(closing)'") }
      position += 1
      return
    }
  }

  private mutating func string() throws(Problem) {
    let start = position
    position += 1
    while let byte = next {
      switch byte {
      case UInt8(ascii: "\""):
        position += 1
        return
      case UInt8(ascii: "\\"):
        position += 1
        guard let escape = next, "\"\\/bfnrtu".utf8.contains(escape) else {
          throw unexpected("what may follow a backslash")
        }
        position += 1
      case ..<0x20:
        throw Problem(message: "a string has a line break or a tab in it", offset: position)
      default: position += 1
      }
    }
    throw Problem(message: "a string is not closed", offset: start)
  }

  private mutating func word() throws(Problem) {
    let start = position
    while let byte = next,
      "+-.0123456789".utf8.contains(byte) || (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a
    {
      position += 1
    }
    let word = String(decoding: bytes[start..<position], as: UTF8.self)
    let isNumber =
      word.last?.isNumber == true && !word.hasPrefix("+") && Double(word) != nil
      && word.allSatisfy { "+-.eE0123456789".contains($0) }
    if isNumber || ["true", "false", "null"].contains(word) { return }
    position = start
    throw unexpected("a value")
  }
}
