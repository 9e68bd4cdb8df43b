import Model

/// Diagnostics as people read them in a terminal: the place, the line, a caret, the way out.
public enum DiagnosticText {
  /// Every diagnostic, sorted by place.
  public static func render(_ diagnostics: [Diagnostic], sources: [String: [UInt8]]) -> String {
    sorted(diagnostics).map { render($0, sources: sources) }.joined(separator: "\n")
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

  private static func render(_ diagnostic: Diagnostic, sources: [String: [UInt8]]) -> String {
    let prefix = diagnostic.place.map { "\($0): " } ?? ""
    var text = "\(prefix)\(diagnostic.severity.rawValue): \(diagnostic.message)\n"
    if let place = diagnostic.place { text += excerpt(place, sources) }
    if let expected = diagnostic.expected { text += "  expected: \(expected)\n" }
    if let suggestion = diagnostic.suggestion { text += "  did you mean '\(suggestion)'?\n" }
    for related in diagnostic.related { text += "  \(related.place): \(related.message)\n" }
    return text
  }

  private static func excerpt(_ place: Place, _ sources: [String: [UInt8]]) -> String {
    guard let bytes = sources[place.file] else { return "" }
    let lines = bytes.split(separator: 10, maxSplits: place.line, omittingEmptySubsequences: false)
    guard place.line >= 1, place.line <= lines.count else { return "" }
    var scalars = Array(String(decoding: lines[place.line - 1], as: UTF8.self).unicodeScalars)
    if scalars.last == "\r" { scalars.removeLast() }
    // A long line is cut around the place, so that the caret stays on the screen.
    let column = max(1, place.column)
    let start = column > 100 ? column - 60 : 1
    let shown = scalars.dropFirst(start - 1).prefix(120)
    var line = ""
    for scalar in shown {
      line.unicodeScalars.append(scalar.value < 32 || scalar.value == 127 ? " " : scalar)
    }
    let number = String(place.line)
    let margin = String(repeating: " ", count: number.count)
    let caret = String(repeating: " ", count: column - start)
    return "  \(number) | \(line)\n  \(margin) | \(caret)^\n"
  }
}
