import Model

/// Diagnostics as people read them in a terminal: the place, the line, a caret, the way out.
public enum DiagnosticText {
  /// Every diagnostic, sorted by place.
  public static func render(_ diagnostics: [Diagnostic], sources: [String: [UInt8]]) -> String {
    var lines: [String: SourceLines] = [:]
    return sorted(diagnostics).map { diagnostic in
      var excerpt = ""
      if let place = diagnostic.place, let bytes = sources[place.file] {
        let index = lines[place.file] ?? SourceLines(bytes)
        lines[place.file] = index
        excerpt = self.excerpt(place, index, bytes)
      }
      return render(diagnostic, excerpt)
    }.joined(separator: "\n")
  }

  /// Without a place first, then by place.
  public static func sorted(_ diagnostics: [Diagnostic]) -> [Diagnostic] {
    diagnostics.enumerated().sorted { left, right in
      switch (left.element.place, right.element.place) {
      case (nil, nil): left.offset < right.offset
      case (nil, _): true
      case (_, nil): false
      case (let first?, let second?): first != second ? first < second : left.offset < right.offset
      }
    }.map(\.element)
  }

  private static func render(_ diagnostic: Diagnostic, _ excerpt: String) -> String {
    let prefix = diagnostic.place.map { "\($0): " } ?? ""
    var text = "\(prefix)\(diagnostic.severity.rawValue): \(diagnostic.message)".printable + "\n"
    text += excerpt
    if let expected = diagnostic.expected { text += "  expected: \(expected)".printable + "\n" }
    if let suggestion = diagnostic.suggestion {
      text += "  did you mean '\(suggestion)'?".printable + "\n"
    }
    for related in diagnostic.related {
      text += "  \(related.place): \(related.message)".printable + "\n"
    }
    return text
  }

  private static func excerpt(_ place: Place, _ lines: SourceLines, _ bytes: [UInt8]) -> String {
    guard let range = lines[place.line] else { return "" }
    let scalars = Array(String(decoding: bytes[range], as: UTF8.self).unicodeScalars)
    // A long line is cut around the place, so that the caret stays on the screen.
    let column = max(1, place.column)
    let start = column > 100 ? column - 60 : 1
    var line = String.UnicodeScalarView()
    line.append(contentsOf: scalars.dropFirst(start - 1).prefix(120))
    let number = String(place.line)
    let margin = String(repeating: " ", count: number.count)
    let caret = String(repeating: " ", count: column - start)
    return "  \(number) | \(String(line).printable)\n  \(margin) | \(caret)^\n"
  }
}

/// Where the lines of a file lie, counted as YAML does: after LF, CR, CRLF, NEL, LS and PS.
struct SourceLines {
  /// Without their breaks.
  private var ranges: [Range<Int>] = []

  init(_ bytes: [UInt8]) {
    // A byte order mark has no column.
    var start = bytes.starts(with: [0xef, 0xbb, 0xbf]) ? 3 : 0
    var position = start
    while position < bytes.count {
      let length = Self.lengthOfBreak(in: bytes, at: position)
      if length > 0 {
        ranges.append(start..<position)
        start = position + length
      }
      position += max(1, length)
    }
    ranges.append(start..<bytes.count)
  }

  /// A line by its number, from 1.
  subscript(number: Int) -> Range<Int>? {
    ranges.indices.contains(number - 1) ? ranges[number - 1] : nil
  }

  private static func lengthOfBreak(in bytes: [UInt8], at position: Int) -> Int {
    func next(_ offset: Int) -> UInt8 {
      position + offset < bytes.count ? bytes[position + offset] : 0
    }
    switch bytes[position] {
    case 0x0a: return 1
    case 0x0d: return next(1) == 0x0a ? 2 : 1
    case 0xc2: return next(1) == 0x85 ? 2 : 0
    case 0xe2: return next(1) == 0x80 && (next(2) == 0xa8 || next(2) == 0xa9) ? 3 : 0
    default: return 0
    }
  }
}

extension String {
  /// With a space for every character that could steer a terminal, column by column.
  fileprivate var printable: String {
    var result = String.UnicodeScalarView()
    for scalar in unicodeScalars {
      switch scalar.value {
      case 0x20..<0x7f: result.append(scalar)
      default:
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: result.append(" ")
        default: result.append(scalar)
        }
      }
    }
    return String(result)
  }
}
