import Manifest
import Testing

@Suite("YAML: keys")
struct YAMLKeyTests {
  @Test("a key given twice is refused with both places, and the first value stays")
  func duplicate() {
    let stream = yaml("a: 1\nb: 2\na: 3\n")
    #expect(outline(stream.problems) == ["3:1 yaml-duplicate-key <- 1:1"])
    #expect(stream.problems.first?.related?.note == "first given here")
    #expect(stream.documents.map(\.outline) == ["{a: 1, b: 2}"])
  }

  @Test("quotes do not make another key, nor does another mapping make a duplicate")
  func sameAndOther() {
    #expect(outline(yaml("{a: 1, 'a': 2}").problems) == ["1:8 yaml-duplicate-key <- 1:2"])
    #expect(yaml("{a: {a: 1}, b: {a: 1}}").problems.isEmpty)
  }

  @Test("duplicates are found in long mappings too", arguments: [5, 12, 13, 14, 40, 1000])
  func longMapping(_ count: Int) {
    var lines = (1...count).map { "key\($0): {key\($0): x}" }
    lines.insert("key1: again", at: count / 2 + 1)
    lines.append("key\(count): again")
    let stream = yaml(lines.joined(separator: "\n"))
    #expect(
      outline(stream.problems) == [
        "\(count / 2 + 2):1 yaml-duplicate-key <- 1:1",
        "\(count + 2):1 yaml-duplicate-key <- \(count + 1):1",
      ])
    #expect(stream.documents.first?.entries?.count == count)
  }

  @Test(
    "a key that is a list or a mapping is refused once, and reading goes on",
    arguments: ["? [a, {b: c}]\n: 1\nd: 2\n", "{{ x }}: 1\nd: 2\n", "{? {a: {b: c}} : 1, d: 2}"])
  func complexKey(_ text: String) {
    let stream = yaml(text)
    #expect(stream.problems.map(\.code) == ["yaml-key"])
    #expect(stream.documents.map(\.outline) == ["{d: 2}"])
  }

  @Test("an alias to a list or a mapping is no key")
  func complexAlias() {
    #expect(outline(yaml("- &a [x]\n- {*a : 1}\n").problems) == ["2:4 yaml-key"])
  }

  @Test("a colon without a key is refused")
  func missingKey() {
    #expect(outline(yaml("{? : 1, a: 2}").problems) == ["1:4 yaml-key"])
    #expect(yaml("{'': 1}").documents.first?.outline == "{: 1}")
  }

  @Test("a key in a message is shortened and cannot steer the terminal")
  func keyInMessage() throws {
    let key = "\"\\e[31m\(String(repeating: "x", count: 100))\""
    let message = try #require(yaml("\(key): 1\n\(key): 2\n").problems.first?.message)
    #expect(!message.unicodeScalars.contains("\u{1B}"))
    #expect(message.unicodeScalars.count < 80)
  }
}

@Suite("YAML: tags")
struct YAMLTagTests {
  @Test("the tags of the core schema are accepted where they fit")
  func core() {
    let text = "[!!str a, !!int 5, !!float 5, !!bool y, !!null ~, !!map {}, !!seq [], ! b]"
    let stream = yaml(text)
    #expect(stream.problems.isEmpty)
    #expect(stream.documents.map(\.outline) == ["[a, 5, 5, y, ~, {}, [], b]"])
  }

  @Test(
    "any other tag is refused with its place, and reading goes on",
    arguments: ["!Ref", "!!binary", "!!python/object:os.system", "!<tag:example.com,2000:x>"])
  func other(_ tag: String) {
    let stream = yaml("a: \(tag) x\nb: \(tag) [y]\nc: \(tag) {z: 1}\n")
    #expect(outline(stream.problems) == ["1:4 yaml-tag", "2:4 yaml-tag", "3:4 yaml-tag"])
    #expect(stream.documents.map(\.outline) == ["{a: x, b: [y], c: {z: 1}}"])
  }

  @Test("a refused tag is named as it is written")
  func name() {
    #expect(yaml("!!binary x").problems.first?.message.contains("'!!binary'") == true)
    #expect(yaml("!Ref x").problems.first?.message.contains("'!Ref'") == true)
  }

  @Test(
    "a core tag before another kind of value is refused",
    arguments: ["!!map x", "!!seq x", "!!int [x]", "!!str {x: y}", "!!map [x]", "!!seq {x: y}"])
  func misfit(_ text: String) {
    #expect(yaml(text).problems.map(\.code) == ["yaml-tag"])
  }

  @Test("an undefined tag handle is refused")
  func undefinedHandle() {
    #expect(yaml("a: !foo!bar x").problems.map(\.code) == ["yaml-tag"])
  }
}

@Suite("YAML: encoding")
struct YAMLEncodingTests {
  private func problems(_ bytes: [UInt8]) -> [YAMLProblem] {
    readYAML(bytes).problems
  }

  @Test(
    "bytes that are not UTF-8 are refused at the place of the first",
    arguments: [
      [0xE9], [0x80], [0xC0, 0x80], [0xC1, 0xBF], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80],
      [0xF0, 0x80, 0x80, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFF],
      [0xE2, 0x82], [0xE2, 0x28, 0xA1],
    ] as [[UInt8]])
  func invalid(_ bytes: [UInt8]) {
    let before = Array("a: long enough for words\nb: ü🐟x".utf8)
    #expect(outline(problems(before + bytes)) == ["2:7 yaml-encoding"])
    #expect(outline(problems(before + bytes + Array(" and more\n".utf8))) == ["2:7 yaml-encoding"])
  }

  @Test("UTF-8 at the edges of its ranges is accepted")
  func valid() {
    let text = "\u{A0}\u{7FF}\u{800}\u{D7FF}\u{E000}\u{FFFD}\u{10000}\u{10FFFF}"
    #expect(yaml("a: \(text)").documents.first?["a"]?.text == text)
  }

  @Test(
    "UTF-16 and UTF-32 are refused by their marks, saying that only UTF-8 is read",
    arguments: [
      ([0xFF, 0xFE, 0x61, 0], "UTF-16"), ([0xFE, 0xFF, 0, 0x61], "UTF-16"),
      ([0xFF, 0xFE, 0, 0, 0x61, 0, 0, 0], "UTF-32"), ([0, 0, 0xFE, 0xFF, 0, 0, 0, 0x61], "UTF-32"),
    ] as [([UInt8], String)])
  func otherEncodings(_ bytes: [UInt8], _ name: String) {
    #expect(outline(problems(bytes)) == ["1:1 yaml-encoding"])
    #expect(problems(bytes).first?.message.contains(name) == true)
    #expect(problems(bytes).first?.message.contains("UTF-8") == true)
  }

  @Test("UTF-8's mark is accepted at the beginning and refused in the middle")
  func mark() {
    #expect(yaml("\u{FEFF}a: 1\n").problems.isEmpty)
    #expect(outline(yaml("a: 1\n---\n\u{FEFF}b: 2\n").problems) == ["3:1 yaml-encoding"])
  }

  @Test(
    "control characters are refused with their place",
    arguments: [
      "\0", "\u{1}", "\u{B}", "\u{1B}", "\u{1F}", "\u{7F}", "\u{80}", "\u{9F}", "\u{FFFE}",
    ])
  func controls(_ character: String) {
    #expect(outline(yaml("a: 1\nb: x\(character)y and more\n").problems) == ["2:5 yaml-encoding"])
    #expect(outline(yaml("a: 1\nb: 'x\(character)").problems) == ["2:6 yaml-encoding"])
  }

  @Test("an escape for a control character is text, but one for NUL is refused")
  func escapes() {
    #expect(yaml("a: \"\\e[1m\"").documents.first?["a"]?.text == "\u{1B}[1m")
    #expect(
      outline(yaml("a: \"x\\0y\"\n\"k\\x00\": 1\n").problems) == [
        "1:4 yaml-encoding", "2:1 yaml-encoding",
      ])
  }
}
