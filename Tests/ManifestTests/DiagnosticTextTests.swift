import Manifest
import Model
import Testing

@Suite("Diagnostics as text")
struct DiagnosticTextTests {
  private func render(_ line: Int, _ column: Int, _ text: String) -> [String] {
    let place = Place(file: "a.yaml", line: line, column: column)
    let diagnostic = Diagnostic(code: "x", "wrong", at: place)
    return DiagnosticText.render([diagnostic], sources: ["a.yaml": Array(text.utf8)])
      .split(separator: "\n").map(String.init)
  }

  @Test("the line stands below the message, with a caret under the place")
  func caret() {
    #expect(
      render(2, 4, "a: 1\nb: 2\n") == ["a.yaml:2:4: error: wrong", "  2 | b: 2", "    |    ^"])
  }

  @Test("tabs and characters beyond ASCII take one column each")
  func columns() {
    #expect(render(1, 5, "é:\tx y") == ["a.yaml:1:5: error: wrong", "  1 | é: x y", "    |     ^"])
  }

  @Test("a byte order mark has no column")
  func byteOrderMark() {
    #expect(
      render(1, 1, "\u{feff}a: 1") == ["a.yaml:1:1: error: wrong", "  1 | a: 1", "    | ^"])
  }

  @Test(
    "lines are counted as YAML counts them",
    arguments: ["\n", "\r", "\r\n", "\u{85}", "\u{2028}", "\u{2029}"])
  func lines(_ lineBreak: String) {
    let lines = render(3, 1, ["a", "b", "c", "d"].joined(separator: lineBreak))
    #expect(lines == ["a.yaml:3:1: error: wrong", "  3 | c", "    | ^"])
  }

  @Test("a long line is cut around the place, and the caret stays under it")
  func longLine() throws {
    let line = String(repeating: "x", count: 200) + "HERE" + String(repeating: "y", count: 500)
    let lines = render(1, 201, line)
    try #require(lines.count == 3)
    let column = try #require(lines[2].firstIndex(of: "^"))
    #expect(lines[1].allSatisfy { $0 != "\n" } && lines[1].count < 140)
    #expect(lines[1][column...].hasPrefix("HERE"))
  }

  @Test("a place past the end, or in a file that is not at hand, shows no line")
  func noLine() {
    #expect(render(9, 1, "a: 1\n") == ["a.yaml:9:1: error: wrong"])
    let place = Place(file: "b.yaml", line: 1, column: 1)
    #expect(
      DiagnosticText.render([Diagnostic(code: "x", "wrong", at: place)], sources: [:])
        == "b.yaml:1:1: error: wrong\n")
  }

  @Test("what could steer a terminal is taken out of the line and of the message")
  func controlCharacters() {
    let place = Place(file: "a.yaml", line: 1, column: 1)
    let diagnostic = Diagnostic(
      .warning, code: "x", "it is '\u{1b}[31m'", at: place, expected: "\u{9b}2J",
      suggestion: "\u{202e}x"
    ).related(to: place, "\u{7}here")
    #expect(
      DiagnosticText.render(
        [diagnostic], sources: ["a.yaml": Array("\u{1b}[2J\u{9b}x".utf8)]) == """
          a.yaml:1:1: warning: it is ' [31m'
            1 |  [2J x
              | ^
            expected:  2J
            did you mean ' x'?
            a.yaml:1:1:  here

          """)
  }

  @Test("complaints without a place come first, then by place, and otherwise as they came")
  func order() {
    func place(_ line: Int, _ column: Int) -> Place {
      Place(file: "a.yaml", line: line, column: column)
    }
    let diagnostics = [
      Diagnostic(code: "d", "", at: place(10, 1)), Diagnostic(code: "b", "", at: place(2, 9)),
      Diagnostic(code: "a", ""), Diagnostic(code: "c", "", at: place(2, 9)),
      Diagnostic(code: "e", "", at: Place(file: "b.yaml", line: 1, column: 1)),
    ]
    #expect(DiagnosticText.sorted(diagnostics).map(\.code) == ["a", "b", "c", "d", "e"])
  }
}
