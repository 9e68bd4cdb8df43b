import Manifest
import Testing

@Suite("YAML: tabs")
struct YAMLTabTests {
  @Test(
    "a tab used for indentation is named at its place",
    arguments: [
      ("a:\n\tb: 1\n", "2:1"), ("a:\n  b: 1\n\tc: 2\n", "3:1"), ("\ta: 1\n", "1:1"),
      ("a:\n  - b\n\t- c\n", "3:1"), ("a: |\n\tb\n", "2:1"), ("a:\n  \tb: 1\n", "2:3"),
      ("a:\n  b: 1\n  \tc: 2\n", "3:3"), ("-\ta: 1\n", "1:2"),
    ])
  func indentation(_ text: String, _ place: String) {
    let problems = yaml(text).problems
    #expect(outline(problems) == ["\(place) yaml-tab"])
    #expect(problems.first?.message.contains("tab") == true)
  }

  @Test(
    "tabs that do not indent are allowed",
    arguments: [
      "a:\t1\n", "a: 1\t# note\n", "a: {\n\tb: '1'\n\t}\n", "a: 'x\ty'\n", "a: |\n  x\n  \ty\n",
    ])
  func elsewhere(_ text: String) {
    #expect(yaml(text).problems.isEmpty)
  }
}

@Suite("YAML: syntax errors in plain English")
struct YAMLSyntaxTests {
  @Test(
    "the place is where to mend, and the message says what is likely",
    arguments: [
      ("name: a: b\n", "1:8", "a second ':'"),
      ("name: web\n  memory: 2GiB\n", "2:9", "check the indentation"),
      ("name web\nmemory: 2GiB\n", "2:7", "lacks a ':'"),
      ("a: 1\nmemory:2GiB\nb: 2\n", "2:1 <- 3:1", "a space is missing after ':'"),
      ("a: 1\nmemory\nb: 2\n", "2:1 <- 3:1", "expected ':' after 'memory'"),
      ("spec:\n    a: 1\n  b: 2\n", "3:3 <- 1:1", "begin in column 1, this is column 3"),
      ("  a: 1\nb: 2\n", "2:1", "the document has ended"),
      ("{a: 1} x\n", "1:8", "nothing more can stand here"),
      ("a: 'it's'\n", "1:8 <- 1:1", "after the closing quote"),
      ("a: \"b\" c\n", "1:8 <- 1:1", "after the closing quote"),
      ("a: 1\nb: \"c\nd: 2\n", "2:4 <- 4:1", "the quote that opens here is not closed"),
      ("a: \"b\n---\nc: 1\n", "1:4 <- 2:1", "the quote that opens here is not closed"),
      ("a: [1, 2\nb: 3\n", "2:2 <- 1:4", "is the '[' closed?"),
      ("a: {x: 1 y: 2}\n", "1:11 <- 1:4", "is the '{' closed?"),
      ("a: [,]\n", "1:5", "a value is missing"),
      ("a: [", "1:5", "is the '[' or '{' before it closed?"),
      ("a: 'b\n\tc", "1:4 <- 2:3", "the quote that opens here is not closed"),
      ("a: \"b\n\tc\\d\"\n", "2:3 <- 1:4", "this escape is unknown"),
      ("a: 1\nb: 'x", "2:4", "the quote that opens here is not closed"),
      ("a: @b\n", "1:4", "'@' cannot begin a value"),
      ("a: `b`\n", "1:4", "'`' cannot begin a value"),
      ("a: &\n", "1:4", "'&' begins an anchor"),
      ("a: \"\\d+\"\n", "1:5 <- 1:4", "this escape is unknown"),
      ("a: \"\\xZZ\"\n", "1:7 <- 1:4", "hexadecimal"),
      ("a: | b\n", "1:6 <- 1:4", "begins on the next line"),
      ("a: |0\n  b\n", "1:5 <- 1:4", "from 1 to 9"),
      ("a: - b\n", "1:4", "a line of its own"),
      ("a: 1\n- b\n", "2:1 <- 1:1", "not an item of a list"),
      ("- a\nb: 1\n", "2:1 <- 1:1", "the next item of the list"),
      ("a: ? b\n", "1:4", "marks a key"),
      ("%YAML 2.0\n---\na: 1\n", "1:1", "YAML 1.1 and 1.2"),
      ("a: !<b c\n", "1:7 <- 1:4", "the tag that '!' begins"),
      ("a: 1\n<<<<<<< HEAD\nb: 2\n=======\n", "2:1", "conflict marker of git"),
    ])
  func mended(_ text: String, _ places: String, _ words: String) {
    let problems = yaml(text).problems
    let parts = places.split(separator: " ", maxSplits: 1).map(String.init)
    let rest = parts.count > 1 ? " " + parts[1] : ""
    #expect(outline(problems) == ["\(parts[0]) yaml-syntax\(rest)"])
    #expect(problems.first?.message.contains(words) == true, "\(problems)")
  }

  @Test("what has no better words keeps those of libyaml")
  func fallback() {
    let problems = yaml("%FOO\n---\na: 1\n").problems
    #expect(problems.map(\.code) == ["yaml-syntax"])
    #expect(problems.first?.message.contains("unknown directive") == true)
  }

  @Test("every beginning of a document is read or refused, and never without a place")
  func truncation() {
    let text =
      "a: &x [1, {b: \"c\\n\"}]\n? d\n: |\n  ü\n<<: {e: *x}\n--- !!str 'f'\n... # g\n%TAG ! x\n"
    let bytes = Array(text.utf8)
    for count in 0...bytes.count {
      for problem in readYAML(Array(bytes[..<count])).problems {
        #expect(problem.mark >= .fileStart)
        #expect(!problem.message.isEmpty)
      }
    }
  }
}

@Suite("YAML: several problems")
struct YAMLSeveralProblemsTests {
  @Test("problems of different kinds are reported at once, in the order of the file")
  func several() {
    let text = """
      a: *none
      b: !Ref x
      a: 2
      ? [k]
      : v
      <<: 3
      b: {c: 1, c: 2}
      ---
      d: {e: 1, e: 2}
      f: [
      """
    #expect(
      outline(yaml(text).problems) == [
        "1:4 yaml-anchor", "2:4 yaml-tag", "4:3 yaml-key", "6:5 yaml-merge",
        "7:1 yaml-duplicate-key <- 2:1", "7:11 yaml-duplicate-key <- 7:5",
        "9:11 yaml-duplicate-key <- 9:5", "10:5 yaml-syntax",
      ])
  }

  @Test("documents with problems of content are kept for further checks")
  func kept() {
    let stream = yaml("a: 1\na: 2\n---\nb: 3\n")
    #expect(stream.documents.map(\.outline) == ["{a: 1}", "{b: 3}"])
    #expect(stream.problems.count == 1)
  }
}
