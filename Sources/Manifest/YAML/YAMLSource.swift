import Glibc

/// The bytes of a stream, for all that libyaml does not say: whether they are UTF-8, and what
/// stands at a place. Counts lines as libyaml does: after LF, CR, CRLF, NEL, LS and PS.
struct YAMLSource {
  let bytes: UnsafeRawBufferPointer

  init(_ bytes: UnsafeRawBufferPointer) {
    self.bytes = bytes
  }

  /// How many bytes UTF-8's byte order mark takes at the beginning: 3 or 0.
  static func lengthOfMark(in bytes: UnsafeRawBufferPointer) -> Int {
    bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
  }

  /// The first place at which the bytes are not the UTF-8 text that YAML allows, if any.
  func encodingProblem() -> YAMLProblem? {
    if let name = nameOfOtherEncoding() {
      return YAMLProblem(
        code: YAMLProblemCode.encoding,
        message: "the file is \(name); only UTF-8 is read, so save it as UTF-8",
        mark: .fileStart)
    }
    guard let offset = firstRefusedByte() else { return nil }
    return YAMLProblem(
      code: YAMLProblemCode.encoding, message: complaint(at: offset), mark: mark(at: offset))
  }

  /// More `%TAG` lines than anyone writes, if there are so many. libyaml compares each with all
  /// before it in one call that nothing can interrupt: a megabyte of them would take minutes.
  func directiveProblem() -> YAMLProblem? {
    guard let base = bytes.baseAddress else { return nil }
    let most = 32
    var count = 0
    var offset = 0
    while let found = memchr(base + offset, 0x25, bytes.count - offset) {
      let position = UnsafeRawPointer(found) - base
      offset = position + 1
      // After a line break, be it one of those beyond ASCII; elsewhere it is no directive.
      let beginsLine =
        position == 0 || bytes[position - 1] < 0x20 || bytes[position - 1] >= 0x80
      if beginsLine, bytes[offset...].starts(with: [0x54, 0x41, 0x47]) { count += 1 }
      if count > most {
        return YAMLProblem(
          code: YAMLProblemCode.tag, message: "the file has more than \(most) %TAG directives",
          mark: mark(at: position))
      }
    }
    return nil
  }

  /// The encoding that a byte order mark names, if it is not UTF-8.
  private func nameOfOtherEncoding() -> String? {
    // UTF-32's little-endian mark begins with UTF-16's, so it is asked for first.
    if bytes.starts(with: [0xFF, 0xFE, 0, 0]) || bytes.starts(with: [0, 0, 0xFE, 0xFF]) {
      return "UTF-32"
    }
    return bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) ? "UTF-16" : nil
  }

  /// The offset of the first character that is not UTF-8 or that YAML does not allow.
  private func firstRefusedByte() -> Int? {
    var offset = Self.lengthOfMark(in: bytes)
    let count = bytes.count
    while offset < count {
      // Eight bytes at a time while all are printable ASCII. The first term has a byte's high bit
      // set for bytes below 0x20, the second for 0x7F, the third for bytes outside ASCII; a
      // borrow can only give a false alarm, which the slow way then settles.
      while offset &+ 8 <= count {
        let word = bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
        let alarm =
          (word &- 0x2020_2020_2020_2020) | (word &+ 0x0101_0101_0101_0101) | word
        if alarm & 0x8080_8080_8080_8080 != 0 { break }
        offset &+= 8
      }
      let end = min(offset &+ 8, count)
      while offset < end {
        let length = lengthOfAllowedCharacter(at: offset)
        if length == 0 { return offset }
        offset &+= length
      }
    }
    return nil
  }

  /// How many bytes the character at `offset` has; 0 if it is refused.
  @inline(__always)
  private func lengthOfAllowedCharacter(at offset: Int) -> Int {
    let byte = bytes[offset]
    if byte < 0x80 {
      return byte >= 0x20 && byte != 0x7F || byte == 0x0A || byte == 0x0D || byte == 0x09 ? 1 : 0
    }
    guard let (scalar, length) = decode(at: offset) else { return 0 }
    switch scalar {
    // C1 controls but NEL, the mark in the middle of a file, and the two that are no characters.
    case 0x80...0x84, 0x86...0x9F, 0xFEFF, 0xFFFE, 0xFFFF: return 0
    default: return length
    }
  }

  /// The scalar at `offset` and its length in bytes, by the table of RFC 3629; `nil` if it is
  /// not UTF-8.
  func decode(at offset: Int) -> (scalar: UInt32, length: Int)? {
    let lead = bytes[offset]
    let length: Int
    var scalar: UInt32
    switch lead {
    case 0..<0x80: return (UInt32(lead), 1)
    case 0xC2...0xDF: (length, scalar) = (2, UInt32(lead & 0x1F))
    case 0xE0...0xEF: (length, scalar) = (3, UInt32(lead & 0x0F))
    case 0xF0...0xF4: (length, scalar) = (4, UInt32(lead & 0x07))
    default: return nil
    }
    guard offset + length <= bytes.count else { return nil }
    for next in 1..<length {
      let byte = bytes[offset + next]
      guard byte & 0xC0 == 0x80 else { return nil }
      scalar = scalar << 6 | UInt32(byte & 0x3F)
    }
    switch (length, scalar) {
    case (3, 0..<0x800), (3, 0xD800...0xDFFF), (4, 0..<0x1_0000), (4, 0x11_0000...): return nil
    default: return (scalar, length)
    }
  }

  /// Why the character at `offset` is refused.
  private func complaint(at offset: Int) -> String {
    guard let (scalar, _) = decode(at: offset) else {
      let byte = String(bytes[offset], radix: 16, uppercase: true)
      return "the byte 0x\(byte) is not UTF-8; only UTF-8 is read, so save the file as UTF-8"
    }
    switch scalar {
    case 0:
      return "a NUL byte is not allowed in YAML; is the file UTF-16, or not text at all?"
    case 0xFEFF:
      return "a byte order mark stands in the middle of the file; were two files joined?"
    default:
      let digits = String(scalar, radix: 16, uppercase: true)
      let name = "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
      return "the control character \(name) is not allowed in YAML; "
        + "in double quotes it can be written as an escape"
    }
  }
}

extension YAMLSource {
  /// The position of the byte at `offset`, all before it being UTF-8.
  func mark(at offset: Int) -> Mark {
    var mark = Mark.fileStart
    var position = Self.lengthOfMark(in: bytes)
    while position < offset, let (scalar, length) = decode(at: position) {
      position += length
      if endsLine(scalar, before: position) {
        mark = Mark(line: mark.line + 1, column: 1)
      } else {
        mark.column += 1
      }
    }
    return mark
  }

  /// The scalars of a line, without its break; none past the end of the file.
  func line(_ number: Int32) -> [Unicode.Scalar] {
    var scalars: [Unicode.Scalar] = []
    var current: Int32 = 1
    var position = Self.lengthOfMark(in: bytes)
    while position < bytes.count, current <= number, let (scalar, length) = decode(at: position) {
      position += length
      if endsLine(scalar, before: position) {
        current += 1
      } else if current == number, scalar != 0x0D, let scalar = Unicode.Scalar(scalar) {
        scalars.append(scalar)
      }
    }
    return scalars
  }

  /// Whether a line ends with this scalar; CR does unless LF follows.
  private func endsLine(_ scalar: UInt32, before next: Int) -> Bool {
    switch scalar {
    case 0x0A, 0x85, 0x2028, 0x2029: true
    case 0x0D: next >= bytes.count || bytes[next] != 0x0A
    default: false
    }
  }
}
