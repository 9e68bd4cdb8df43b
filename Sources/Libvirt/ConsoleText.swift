import Model

/// The lines of a console: without the terminal's control sequences, and no more than a failure shows.
struct ConsoleText: Sendable {
  /// How many lines are kept.
  static let limit = 20
  private static let longestLine = 500

  /// The last lines, the unfinished one not among them.
  private(set) var lines: [String] = []
  /// What was written since the last line's end.
  private(set) var rest = ""
  private var bytes: [UInt8] = []

  /// Takes what the console wrote; gives the lines that it ended.
  mutating func append(_ chunk: some Sequence<UInt8>) -> [String] {
    var ended: [String] = []
    for byte in chunk {
      if byte == UInt8(ascii: "\n") {
        ended.append(Self.plain(bytes))
        bytes.removeAll(keepingCapacity: true)
      } else if bytes.count < Self.longestLine {
        bytes.append(byte)
      }
    }
    rest = Self.plain(bytes)
    lines = Array((lines + ended.filter { !$0.isEmpty }).suffix(Self.limit))
    return ended
  }

  /// The last lines with the unfinished one.
  var last: [String] { Array((lines + (rest.isEmpty ? [] : [rest])).suffix(Self.limit)) }

  /// Text that does nothing to the terminal that shows it.
  static func plain(_ bytes: [UInt8]) -> String {
    var kept: [UInt8] = []
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      index += 1
      if byte == 0x1b {
        index = afterSequence(bytes, index)
      } else if byte == UInt8(ascii: "\t") {
        kept.append(UInt8(ascii: " "))
      } else if byte >= 0x20, byte != 0x7f {
        kept.append(byte)
      }
    }
    let text = String(decoding: kept, as: UTF8.self)
    // C1 controls, which some terminals take for sequences, too.
    return String(
      String.UnicodeScalarView(text.unicodeScalars.filter { !(0x80...0x9f).contains($0.value) }))
  }

  /// Behind an escape sequence of ECMA-48 whose first byte is past.
  private static func afterSequence(_ bytes: [UInt8], _ start: Int) -> Int {
    var index = start
    guard index < bytes.count else { return index }
    let kind = bytes[index]
    index += 1
    if kind == UInt8(ascii: "[") {
      while index < bytes.count, !(0x40...0x7e).contains(bytes[index]) { index += 1 }
      return min(index + 1, bytes.count)
    }
    if kind == UInt8(ascii: "]") {
      while index < bytes.count, bytes[index] != 0x07, bytes[index] != 0x1b { index += 1 }
      return min(index + 1, bytes.count)
    }
    // Intermediate bytes, as of a choice of character sets.
    while index < bytes.count, (0x20...0x2f).contains(bytes[index - 1]) { index += 1 }
    return index
  }
}
