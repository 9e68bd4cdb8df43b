import Model

/// How a text is written as a YAML scalar, so that every reader of YAML 1.1 and 1.2 takes it for this text and
/// never for a number, a flag or nothing.
enum YAMLScalar {
  /// The text on one line: plain where nothing can be misread, else in double quotes.
  ///
  /// - Parameter inFlow: whether it stands between `{}` or `[]`, where more characters mean something.
  static func inline(_ text: String, inFlow: Bool) -> String {
    isPlain(text, inFlow: inFlow) ? text : quoted(text)
  }

  /// The lines of the text as a literal block, without indentation, after its header; nil where the block could
  /// not hold it exactly, or has nothing to show.
  static func block(_ text: String) -> (header: String, lines: [Substring])? {
    let scalars = text.unicodeScalars
    guard scalars.contains("\n"), let first = scalars.first, !isBlank(first), first != "\n",
      scalars.allSatisfy({ $0 == "\n" || isPrintable($0) })
    else { return nil }
    var lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
      .map(Substring.init)
    // A line of nothing but blanks is where readers differ.
    let onlyBlanks = lines.contains { line in
      !line.isEmpty && line.unicodeScalars.allSatisfy(isBlank)
    }
    if onlyBlanks { return nil }
    guard lines.last?.isEmpty == true else { return ("|-", lines) }
    lines.removeLast()
    if lines.last?.isEmpty == true { return ("|+", lines) }
    return ("|", lines)
  }

  private static func isPlain(_ text: String, inFlow: Bool) -> Bool {
    let scalars = text.unicodeScalars
    guard let first = scalars.first, let last = scalars.last, !isBlank(first), !isBlank(last),
      !looksTyped(text), !"-?:,[]{}#&*!|>'\"%@`=<".unicodeScalars.contains(first)
    else { return false }
    if text == "---" || text == "..." { return false }
    var previous: Unicode.Scalar = " "
    for scalar in scalars {
      if !isPrintable(scalar) || scalar == "\t" { return false }
      if scalar == "#", isBlank(previous) { return false }
      if previous == ":", isBlank(scalar) { return false }
      if inFlow {
        if ",[]{}?".unicodeScalars.contains(scalar) { return false }
        // Readers differ on colons between brackets; a MAC address has six numbers and no doubt.
        if scalar == ":", !Format.mac.accepts(text) { return false }
      }
      previous = scalar
    }
    return last != ":"
  }

  /// Whether some reader that guesses types sees a number, a date, a flag or nothing.
  private static func looksTyped(_ text: String) -> Bool {
    let words = ["true", "false", "yes", "no", "on", "off", "y", "n", "null", "~"]
    if words.contains(text.lowercased()) { return true }
    let bytes = text.utf8
    guard let first = bytes.first else { return true }
    let isSigned = first == UInt8(ascii: "+") || first == UInt8(ascii: "-")
    let rest = Substring(isSigned ? bytes.dropFirst() : bytes[...]).utf8
    guard let start = rest.first else { return false }
    if start == UInt8(ascii: ".") {
      let word = String(Substring(rest)).lowercased()
      return word == ".inf" || word == ".nan" || rest.dropFirst().first.map(isDigit) == true
    }
    guard isDigit(start) else { return false }
    return isNumber(rest) || isClock(rest) || isDate(rest)
      || ["0x", "0o", "0b"].contains { $0.utf8.elementsEqual(rest.prefix(2)) }
  }

  /// `1_000`, `0.5`, `1e-3`.
  private static func isNumber(_ text: Substring.UTF8View) -> Bool {
    var dots = 0
    var rest = text
    while let byte = rest.popFirst() {
      switch byte {
      case UInt8(ascii: "."): dots += 1
      case UInt8(ascii: "e"), UInt8(ascii: "E"):
        let isSigned = rest.first == UInt8(ascii: "+") || rest.first == UInt8(ascii: "-")
        let exponent = isSigned ? rest.dropFirst() : rest
        return dots <= 1 && !exponent.isEmpty && exponent.allSatisfy(isDigit)
      default: if !isDigit(byte), byte != UInt8(ascii: "_") { return false }
      }
    }
    return dots <= 1
  }

  /// `12:30:45`, which YAML 1.1 takes for a number to the base of sixty.
  private static func isClock(_ text: Substring.UTF8View) -> Bool {
    let groups = Substring(text).split(separator: ":", omittingEmptySubsequences: false)
    return groups.count > 1
      && groups.dropFirst().allSatisfy { group in
        Double(group).map { (0..<60).contains($0) } ?? false
      }
  }

  /// `2026-01-31`, with or without a time.
  private static func isDate(_ text: Substring.UTF8View) -> Bool {
    text.count >= 8 && text.prefix(4).allSatisfy(isDigit)
      && text.dropFirst(4).first == UInt8(ascii: "-")
      && text.dropFirst(5).first.map(isDigit) == true
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      case "\r": result += "\\r"
      default:
        if isPrintable(scalar) {
          result.unicodeScalars.append(scalar)
        } else {
          result += escape(scalar)
        }
      }
    }
    return result + "\""
  }

  private static func escape(_ scalar: Unicode.Scalar) -> String {
    let digits = String(scalar.value, radix: 16, uppercase: true)
    let (letter, width) =
      scalar.value > 0xffff ? ("U", 8) : scalar.value > 0xff ? ("u", 4) : ("x", 2)
    return "\\" + letter + String(repeating: "0", count: width - digits.count) + digits
  }

  private static func isBlank(_ scalar: Unicode.Scalar) -> Bool { scalar == " " || scalar == "\t" }

  /// Whether it may stand in a file as it is: the characters that YAML calls printable, without line breaks of
  /// other standards, the byte order mark and what cannot be seen.
  private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x09, 0x20...0x7e: true
    case 0..<0xa0, 0x2028, 0x2029, 0xfeff, 0xfffe, 0xffff: false
    case 0x200b...0x200f, 0x202a...0x202e, 0x2066...0x2069: false
    default: true
    }
  }
}
