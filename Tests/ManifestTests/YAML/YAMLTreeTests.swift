import Manifest
import Testing

@Suite("YAML: trees")
struct YAMLTreeTests {
  @Test("mappings, lists and text nest in block and in flow style")
  func nesting() {
    let stream = yaml("a:\n  - b\n  - {c: d, e: [f]}\ng: h\n")
    #expect(stream.problems.isEmpty)
    #expect(stream.documents.map(\.outline) == ["{a: [b, {c: d, e: [f]}], g: h}"])
  }

  @Test("scalars are never typed: what looks like a number, a boolean or a time stays text")
  func scalarsStayText() {
    let stream = yaml("[52:54:00:00:00:02, 1:30, no, 010, 1e3, 2024-01-01, 0x1F]")
    #expect(
      stream.documents.first?.items?.map(\.text)
        == ["52:54:00:00:00:02", "1:30", "no", "010", "1e3", "2024-01-01", "0x1F"])
  }

  @Test("a scalar says how it was written")
  func styles() throws {
    let stream = yaml("a: p\nb: 'it''s'\nc: \"x\\ty\"\nd: |\n  l1\n  l2\ne: >-\n  f1\n  f2\n")
    let root = try #require(stream.documents.first)
    let expected: [(String, String, YAMLNode.ScalarStyle)] = [
      ("a", "p", .plain), ("b", "it's", .singleQuoted), ("c", "x\ty", .doubleQuoted),
      ("d", "l1\nl2\n", .literal), ("e", "f1 f2", .folded),
    ]
    for (key, text, style) in expected {
      guard case .scalar(let actual, let actualStyle) = root[key]?.content else {
        Issue.record("\(key) is no scalar")
        continue
      }
      #expect(actual == text)
      #expect(actualStyle == style)
    }
  }

  @Test(
    "only nothing, ~ and null without quotes are null",
    arguments: [
      ("a:", true), ("a: ~", true), ("a: null", true), ("a: ''", false), ("a: 'null'", false),
      ("a: \"~\"", false), ("a: Null", false), ("a: no", false), ("a: []", false),
      ("a: !!str null", false), ("a: !!null ~", true),
    ])
  func null(_ text: String, _ isNull: Bool) {
    #expect(yaml(text).documents.first?["a"]?.isNull == isNull)
  }

  @Test("the kind of a node has a name for messages")
  func kindNames() {
    let root = yaml("{a: x, b: [], c: {}, d: }").documents.first
    #expect(root?["a"]?.kindName == "text")
    #expect(root?["b"]?.kindName == "a list")
    #expect(root?["c"]?.kindName == "a mapping")
    #expect(root?["d"]?.kindName == "nothing")
  }

  @Test("looking up a key in what is not a mapping, or a key that is not there, gives nothing")
  func missingLookups() {
    let root = yaml("a: [b]").documents.first
    #expect(root?["b"] == nil)
    #expect(root?["a"]?["b"] == nil)
    #expect(root?.entry("a")?.key == "a")
  }

  @Test("text beyond ASCII comes through whole")
  func unicode() {
    let root = yaml("größe: \"naïve 日本 🐟 \\u00e9 \\U0001F41F\"").documents.first
    #expect(root?["größe"]?.text == "naïve 日本 🐟 é 🐟")
  }
}

@Suite("YAML: positions")
struct YAMLPositionTests {
  @Test("keys and values carry 1-based lines and columns of their first and past-last character")
  func keysAndValues() throws {
    let root = try #require(yaml("# note\na: b\nkey:   'long value'\n").documents.first)
    let entry = try #require(root.entry("key"))
    #expect("\(entry.keyStart)-\(entry.keyEnd)" == "3:1-3:4")
    #expect(entry.value.span == "3:8-3:20")
    #expect(root.span == "2:1-3:20")
  }

  @Test("columns count Unicode scalars, not bytes and not grapheme clusters")
  func scalarColumns() {
    let root = yaml("{ü: 🇩🇪, b: c}").documents.first
    #expect(root?.entry("b")?.keyStart == Mark(line: 1, column: 9))
  }

  @Test("a byte order mark takes no column")
  func byteOrderMark() {
    #expect(yaml("\u{FEFF}a: b").documents.first?["a"]?.span == "1:4-1:5")
  }

  @Test("a block collection ends with its last value, not where the next token begins")
  func blockEnds() {
    let root = yaml("a:\n  b:\n    - c\n    - d\n\n\n# note\n\ne: f\n").documents.first
    #expect(root?["a"]?.span == "2:3-4:8")
    #expect(root?["a"]?["b"]?.span == "3:5-4:8")
  }

  @Test("a flow collection ends after its bracket")
  func flowEnds() {
    let root = yaml("a: [b,\n  {c: d} ]\n").documents.first
    #expect(root?["a"]?.span == "1:4-2:11")
    #expect(root?["a"]?.items?.last?.span == "2:3-2:9")
  }

  @Test("a value that is not there stands after the colon of its key")
  func emptyValue() {
    #expect(yaml("a:\nb: c\n").documents.first?["a"]?.span == "1:3-1:3")
  }

  @Test("lines end with LF, CRLF or CR alike", arguments: ["\n", "\r\n", "\r"])
  func lineBreaks(_ lineBreak: String) {
    let text = ["a: b", "c:", "  d: e", ""].joined(separator: lineBreak)
    #expect(yaml(text).documents.first?["c"]?["d"]?.span == "3:6-3:7")
  }

  @Test("marks compare by line, then by column")
  func order() {
    #expect(Mark(line: 1, column: 9) < Mark(line: 2, column: 1))
    #expect(Mark(line: 2, column: 1) < Mark(line: 2, column: 2))
  }
}

@Suite("YAML: documents")
struct YAMLDocumentTests {
  @Test("a stream holds many documents, each with places in the file")
  func many() {
    let stream = yaml("a: 1\n---\nb: 2\n...\n---\n- c\n")
    #expect(stream.problems.isEmpty)
    #expect(stream.documents.map(\.outline) == ["{a: 1}", "{b: 2}", "[c]"])
    #expect(stream.documents.map(\.start.line) == [1, 3, 6])
  }

  @Test(
    "a stream without content has no documents and no problems",
    arguments: ["", "\n", "# note\n", "---\n", "---\n---\n# x\n---\n", "\u{FEFF}"])
  func empty(_ text: String) {
    let stream = yaml(text)
    #expect(stream.documents.isEmpty)
    #expect(stream.problems.isEmpty)
  }

  @Test("empty documents between others are skipped, but empty text in quotes is a document")
  func emptyBetween() {
    #expect(yaml("---\n---\na: b\n---\n# x\n---\n''\n").documents.map(\.outline) == ["{a: b}", ""])
  }

  @Test("documents before a syntax error are kept")
  func beforeError() {
    let stream = yaml("a: 1\n---\nb: [\n")
    #expect(stream.documents.map(\.outline) == ["{a: 1}"])
    #expect(stream.problems.map(\.code) == ["yaml-syntax"])
  }
}
