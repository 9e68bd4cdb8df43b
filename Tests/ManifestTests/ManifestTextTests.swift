import Model
import Testing

@testable import Manifest

@Suite("manifests are written so that they read as what they are")
struct ManifestTextTests {
  /// A guest's spec as YAML, without the envelope.
  private func text(_ spec: Record) -> String {
    let text = ManifestText.render(ManifestDraft(kind: .guest, name: "g", spec: spec))
    return text.split(separator: "\n", omittingEmptySubsequences: false).dropFirst(4)
      .joined(separator: "\n")
  }

  private func read(_ text: String) -> LoadedManifests {
    var loaded = LoadedManifests()
    ManifestLoader.add(Array(text.utf8), file: "g.yaml", to: &loaded)
    return loaded
  }

  @Test("fields stand in the order of their table, whatever the record's")
  func order() {
    let spec = Record([
      ("memory", ["size": .integer(1 << 30)]), ("cpus", ["count": 2]), ("host", "a"),
    ])
    #expect(text(spec) == "  host: a\n  cpus: 2\n  memory: 1GiB\n")
  }

  @Test("sizes and durations have the largest unit that is exact")
  func units() {
    let spec = Record([
      ("memory", ["size": .integer(1536 << 20), "max": .integer(2 << 30)]),
      ("lifecycle", ["shutdownTimeout": 90]),
    ])
    #expect(
      text(spec) == "  lifecycle: {shutdownTimeout: 90s}\n  memory: {size: 1536MiB, max: 2GiB}\n")
  }

  @Test("devices stand below each other, one a line while they are short")
  func devices() {
    let spec = Record([
      (
        "disks",
        [
          ["name": "vda", "file": "/a"],
          [
            "name": "vdb", "file": .string("/" + String(repeating: "long/", count: 16)),
            "cache": "none",
          ],
        ]
      ),
      ("sounds", [["model": "ich9"]]),
    ])
    #expect(
      text(spec) == """
          disks:
            - {name: vda, file: /a}
            - name: vdb
              file: /\(String(repeating: "long/", count: 16))
              cache: none
          sounds: [ich9]

        """)
  }

  @Test("an empty list is written, since it says something")
  func emptyList() { #expect(text(Record([("serials", [])])) == "  serials: []\n") }

  @Test(
    "texts that look like something else are quoted",
    arguments: [
      "", "yes", "No", "on", "~", "null", "1", "-1", "1.5", "1e3", "0x1F", "0o17", "1_000", "12:30",
      "190:20:30", "2026-01-31", ".5", ".inf", "- a", "? a", ": a", "a: b", "a #b", "a:", " a",
      "a ",
      "#a", "&a", "*a", "!a", "|", ">", "%a", "@a", "`a", "{a", "[a", "\"a\"", "'a'", "---", "<<",
      "=", "a\u{7}b", "a\tb", "\u{feff}a", "a\u{2028}b", "a\u{85}b", "a\u{202e}b", "y",
    ])
  func quoted(_ text: String) {
    #expect(YAMLScalar.inline(text, inFlow: false).hasPrefix("\""))
    #expect(YAMLScalar.inline(text, inFlow: true).hasPrefix("\""))
  }

  @Test(
    "texts that nobody can misread stay as they are",
    arguments: [
      "a", "web-1", "10.20.0.11", "52:54:00:77:00:12", "/srv/images/a.qcow2", "Grüße", "日本", "😀",
      "a-b", "a b", "console=ttyS0 quiet", "0-3", "2GiB", "7f", "a#b", "q35", "pc-q35-7.2", "1.2.3",
    ])
  func plain(_ text: String) {
    #expect(YAMLScalar.inline(text, inFlow: false) == text)
    #expect(YAMLScalar.inline(text, inFlow: true) == text)
  }

  @Test("between brackets, more is quoted", arguments: ["a,b", "a]b", "a}b", "fd00::1", "a:b"])
  func plainOutsideOfBrackets(_ text: String) {
    #expect(YAMLScalar.inline(text, inFlow: false) == text)
    #expect(YAMLScalar.inline(text, inFlow: true) == "\"\(text)\"")
  }

  @Test("a text of several lines is a block")
  func block() {
    #expect(
      text(Record([("description", "a: b\n\n  c\n")])) == "  description: |\n    a: b\n\n      c\n")
    #expect(text(Record([("description", "a\nb")])) == "  description: |-\n    a\n    b\n")
    #expect(text(Record([("description", "a\n\n")])) == "  description: |+\n    a\n\n")
    #expect(text(Record([("description", " a\nb")])) == "  description: \" a\\nb\"\n")
  }

  @Test("nothing in a comment ends it")
  func comments() {
    let draft = ManifestDraft(
      kind: .stack, name: "s", spec: Record(), comments: ["a\nkind: b\u{2028}c\u{0}d"])
    let text = ManifestText.render(draft)
    #expect(text.hasPrefix("# a\n# kind: b\n# c d\napiVersion") || text.hasPrefix("# a\n# kind: b"))
    #expect(read(text).documents.map(\.kind) == [.stack])
  }

  @Test("whatever is written is read as the same", arguments: Kind.allCases.filter(\.isPlanned))
  func roundTrip(_ kind: Kind) {
    for seed in 0..<300 {
      var random = RandomSpecs(seed: UInt64(seed))
      let spec = random.record(Table.spec(of: kind), depth: 0)
      let draft = ManifestDraft(kind: kind, name: "x", spec: spec, remarks: [random.text()])
      let text = ManifestText.render([draft, draft])
      let loaded = read(text)
      let problems = loaded.diagnostics.filter {
        !["conflicting-fields", "duplicate-item", "missing-field"].contains($0.code)
      }
      #expect(loaded.documents.map(\.spec) == [spec, spec], "seed \(seed):\n\(text)\n\(problems)")
    }
  }
}

/// Specs put together by chance, the same ones in every run.
private struct RandomSpecs {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func record(_ table: Table, depth: Int) -> Record {
    var result = Record()
    for field in table.fields {
      guard field.required || below(depth == 0 ? 4 : 2) == 0 else { continue }
      if let value = value(field.type, depth: depth) { result[field.name] = value }
    }
    return result
  }

  private mutating func value(_ type: FieldType, depth: Int) -> Value? {
    switch type {
    case .text(let format): return text(format).map(Value.string)
    case .choice(let words): return .string(words[below(words.count)])
    case .integer(let range):
      let few = range.lowerBound < range.upperBound ? range.lowerBound + 1 : range.lowerBound
      return .integer([range.lowerBound, range.upperBound, few][below(3)])
    case .boolean: return .boolean(below(2) == 0)
    case .size: return .integer([0, 1, 512, 1536 << 20, 1 << 40, 1_000_000][below(6)])
    case .duration: return .integer([0, 1, 90, 3_600, 86_400, 100][below(6)])
    case .list(let item, _):
      return .list((0..<below(4)).compactMap { _ in value(item, depth: depth + 1) })
    case .record(let table, _):
      return .record(record(table, depth: depth + 1))
    case .map:
      var pairs = Record()
      for _ in 0..<below(4) { pairs[text()] = .string(text()) }
      return .record(pairs)
    }
  }

  private mutating func text(_ format: Format) -> String? {
    let samples = [
      "web-1", "52:54:00:12:34:56", "fd00::1", "10.0.0.1/8", "0644", "1-3,^2", "/srv/a, b", "a.b",
      "6f2a1f4e-9a0e-4bb6-8f0e-2f5a3f5b7c11", "qemu:///system", "10.0.0.1", "yes", "0x1", "br0",
      "/a: b", "/# {}", "~", "1.0",
    ]
    let fitting = samples.filter(format.accepts)
    if format == .text || format == .line, below(3) > 0 {
      let made = text()
      if format.accepts(made) { return made }
    }
    return fitting.isEmpty ? nil : fitting[below(fitting.count)]
  }

  /// Text of everything that means something to some reader.
  mutating func text() -> String {
    let parts = [
      "a", "b c", "1", "-", "- ", ": ", ":", " #", "#", "\n", "\n", "\n  ", " ", "\t", "\"", "'",
      "\\",
      "{", "}", "[", "]", ",", "&", "*", "!", "|", ">", "%", "@", "`", "?", "~", "yes", "null", "é",
      "日", "😀", "\u{7}", "\u{85}", "\u{2028}", "\u{feff}", "\r", "\u{fffd}", "...", "---", "=",
      "<<",
      "\u{1b}", "\u{a0}", "\u{200b}",
    ]
    return (0..<below(7)).map { _ in parts[below(parts.count)] }.joined()
  }

  /// A number from zero to `count`, without it (SplitMix64).
  private mutating func below(_ count: Int) -> Int {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return Int((mixed ^ (mixed >> 31)) % UInt64(count))
  }
}
