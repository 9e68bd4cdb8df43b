import Manifest
import Testing

@Suite("YAML: anchors and aliases")
struct YAMLAnchorTests {
  @Test("an alias stands for the value of its anchor: text, list, mapping, key")
  func expansion() {
    let stream = yaml("a: &t x\nb: &l [1, *t]\nc: &m {k: *l}\nd: [*t, *l, *m]\n*t : y\n")
    #expect(stream.problems.isEmpty)
    #expect(
      stream.documents.map(\.outline)
        == ["{a: x, b: [1, x], c: {k: [1, x]}, d: [x, [1, x], {k: [1, x]}], x: y}"])
  }

  @Test("an alias has its own place; what is beneath it has the place where it is written")
  func places() {
    let root = yaml("a: &m\n  k: v\nb: *m\n").documents.first
    #expect(root?["b"]?.span == "3:4-3:6")
    #expect(root?["b"]?.entry("k")?.keyStart == Mark(line: 2, column: 3))
    #expect(root?["b"]?["k"]?.span == "2:6-2:7")
  }

  @Test("an anchor given again counts from there on")
  func redefinition() {
    let root = yaml("[&a 1, *a, &a 2, *a]").documents.first
    #expect(root?.outline == "[1, 1, 2, 2]")
  }

  @Test("an alias without an anchor is refused, and reading goes on")
  func undefined() {
    let stream = yaml("a: *x\nb: [*y, 1]\n*z : 2\nc: 3\n")
    #expect(outline(stream.problems) == ["1:4 yaml-anchor", "2:5 yaml-anchor", "3:1 yaml-anchor"])
    #expect(stream.documents.map(\.outline) == ["{b: [1], c: 3}"])
  }

  @Test("anchors end with their document; the problem names the anchor of the other one")
  func otherDocument() {
    let stream = yaml("a: &x 1\n---\nb: *x\n")
    #expect(outline(stream.problems) == ["3:4 yaml-anchor <- 1:4"])
  }

  @Test(
    "an alias within its own anchor is refused",
    arguments: ["a: &x [*x]", "a: &x {b: *x}", "a: &x {b: {c: [*x]}}"])
  func recursion(_ text: String) {
    let problems = yaml(text).problems
    #expect(problems.map(\.code) == ["yaml-anchor"])
    #expect(problems.first?.related?.mark == Mark(line: 1, column: 4))
  }

  @Test("an alias that is left out by mistake does not hide the problems after it")
  func unquotedStar() {
    let problems = yaml("domain: *.example.com\n").problems
    #expect(outline(problems) == ["1:9 yaml-syntax"])
    #expect(problems.first?.message.contains("quotes") == true)
  }
}

@Suite("YAML: merge keys")
struct YAMLMergeTests {
  @Test("a merge key adds the entries that the mapping lacks")
  func merge() {
    let root = yaml("base: &b {x: 1, y: 2}\nuse:\n  <<: *b\n  y: 3\n  z: 4\n").documents.first
    #expect(root?["use"]?.outline == "{y: 3, z: 4, x: 1}")
  }

  @Test("explicit keys win wherever the merge key stands")
  func explicitWins() {
    let text = "base: &b {x: 1}\none: {x: 2, <<: *b}\ntwo: {<<: *b, x: 2}\n"
    let stream = yaml(text)
    #expect(stream.problems.isEmpty)
    #expect(stream.documents.first?["one"]?.outline == "{x: 2}")
    #expect(stream.documents.first?["two"]?.outline == "{x: 2}")
  }

  @Test("of several merged mappings the earlier wins")
  func earlierWins() {
    let root = yaml("- &a {x: 1}\n- &b {x: 2, y: 2}\n- <<: [*a, *b, {y: 3, z: 3}]\n").documents
      .first
    #expect(root?.items?.last?.outline == "{x: 1, y: 2, z: 3}")
  }

  @Test("merges of merges are merged")
  func nested() {
    let root = yaml("- &a {x: 1}\n- &b {<<: *a, y: 2}\n- {<<: *b, z: 3}\n").documents.first
    #expect(root?.items?.last?.outline == "{z: 3, y: 2, x: 1}")
  }

  @Test("merged entries keep the places where they are written")
  func places() {
    let entry = yaml("- &a\n  x: 1\n- <<: *a\n").documents.first?.items?.last?.entry("x")
    #expect(entry?.keyStart == Mark(line: 2, column: 3))
    #expect(entry?.value.span == "2:6-2:7")
  }

  @Test("a merge key in quotes is a key like any other; with its tag it merges")
  func quoted() {
    #expect(yaml("{'<<': {a: 1}}").documents.first?.outline == "{<<: {a: 1}}")
    #expect(yaml("{!!merge <<: {a: 1}}").documents.first?.outline == "{a: 1}")
    #expect(yaml("{!!str <<: {a: 1}}").documents.first?.outline == "{<<: {a: 1}}")
  }

  @Test("what is neither a mapping nor a list of them is refused with its place")
  func wrongKind() {
    #expect(outline(yaml("<<: 3\na: 1\n").problems) == ["1:5 yaml-merge"])
    #expect(
      outline(yaml("<<: [{b: 1}, x, [y]]\n").problems) == ["1:14 yaml-merge", "1:17 yaml-merge"])
    #expect(outline(yaml("<<:\na: 1\n").problems) == ["1:4 yaml-merge"])
  }

  @Test("an alias without an anchor after a merge key is one problem, not two")
  func undefined() {
    #expect(outline(yaml("<<: *x\na: 1\n").problems) == ["1:5 yaml-anchor"])
  }

  @Test("a second merge key is refused and told how to merge several")
  func twice() {
    let problems = yaml("<<: {a: 1}\n<<: {b: 2}\n").problems
    #expect(outline(problems) == ["2:1 yaml-duplicate-key <- 1:1"])
    #expect(problems.first?.message.contains("[*one, *two]") == true)
  }
}
