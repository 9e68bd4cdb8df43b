import Manifest
import Testing

@Suite("YAML: bombs")
struct YAMLBombTests {
  /// Each line has ten aliases to the line before: 10^levels texts.
  private func laughs(levels: Int, _ line: (Int) -> String) -> String {
    (0..<levels).map(line).joined(separator: "\n")
  }

  @Test("a billion laughs in lists are refused before they are expanded")
  func lists() {
    let text = laughs(levels: 30) { level in
      let item = level == 0 ? "lol" : "*a\(level - 1)"
      return "a\(level): &a\(level) [" + Array(repeating: item, count: 10).joined(separator: ", ")
        + "]"
    }
    let stream = yaml(text)
    #expect(stream.problems.map(\.code) == ["yaml-alias-expansion"])
    #expect(stream.problems.first?.related != nil)
    #expect(stream.documents.isEmpty)
  }

  @Test("a billion laughs in mappings are refused")
  func mappings() {
    let text = laughs(levels: 30) { level in
      let item = level == 0 ? "lol" : "*a\(level - 1)"
      return "a\(level): &a\(level) {" + (0..<10).map { "k\($0): \(item)" }.joined(separator: ", ")
        + "}"
    }
    #expect(yaml(text).problems.map(\.code) == ["yaml-alias-expansion"])
  }

  @Test("a billion laughs through merge keys are refused")
  func merges() {
    let text = laughs(levels: 30) { level in
      let item = level == 0 ? "{k: lol}" : "*a\(level - 1)"
      return "a\(level): &a\(level) {<<: ["
        + Array(repeating: item, count: 10).joined(separator: ", ")
        + "]}"
    }
    #expect(yaml(text).problems.map(\.code) == ["yaml-alias-expansion"])
  }

  @Test("many aliases to a middling value are refused by their sum")
  func sum() {
    let list = "- &a [" + Array(repeating: "x", count: 900).joined(separator: ",") + "]\n"
    let text = list + String(repeating: "- *a\n", count: 2000)
    #expect(yaml(text).problems.map(\.code) == ["yaml-alias-expansion"])
  }

  @Test("one alias to a value that is too large is refused")
  func perAlias() {
    let limits = YAMLLimits(maximumNodesPerAlias: 5)
    #expect(yaml("- &a [1, 2, 3, 4]\n- *a\n", limits: limits).problems.isEmpty)
    #expect(
      outline(yaml("- &a [1, 2, 3, 4, 5]\n- *a\n", limits: limits).problems)
        == ["2:3 yaml-alias-expansion <- 1:3"])
  }

  @Test("libyaml's quadratic time for %TAG directives cannot be reached")
  func tagDirectives() {
    let text = (0..<200_000).map { "%TAG !a\($0)! tag:x\n" }.joined() + "---\na: 1\n"
    #expect(outline(yaml(text).problems) == ["33:1 yaml-tag"])
    #expect(yaml("%TAG !x! tag:yaml.org,2002:\n---\n!x!str 1\n").documents.first?.text == "1")
  }
}

@Suite("YAML: limits")
struct YAMLLimitTests {
  @Test(
    "what lies too deep is refused",
    arguments: [
      String(repeating: "[", count: 100_000), String(repeating: "{a: ", count: 100_000),
      String(repeating: "- ", count: 100_000), String(repeating: "? ", count: 100_000),
    ])
  func deep(_ text: String) {
    #expect(yaml(text).problems.last?.code == "yaml-depth")
  }

  @Test("the limit of depth is exact")
  func exactDepth() {
    func nested(_ levels: Int) -> String {
      String(repeating: "[", count: levels) + String(repeating: "]", count: levels)
    }
    #expect(yaml(nested(100)).problems.isEmpty)
    #expect(outline(yaml(nested(101)).problems) == ["1:101 yaml-depth"])
  }

  @Test("aliases cannot reach deeper than the limit")
  func aliasDepth() {
    let limits = YAMLLimits(maximumDepth: 4)
    #expect(yaml("- &a [[x]]\n- [*a]\n", limits: limits).problems.isEmpty)
    #expect(outline(yaml("- &a [[x]]\n- [[*a]]\n", limits: limits).problems) == ["2:5 yaml-depth"])
    let chain = (1..<200).map { "- &a\($0) [*a\($0 - 1)]\n" }.joined()
    #expect(yaml("- &a0 []\n" + chain).problems.map(\.code) == ["yaml-depth"])
  }

  @Test("too many nodes are refused")
  func nodes() {
    let limits = YAMLLimits(maximumNodes: 5)
    #expect(yaml("{a: 1, b: 2}", limits: limits).problems.isEmpty)
    #expect(outline(yaml("{a: 1, b: 2, c: 3}", limits: limits).problems) == ["1:14 yaml-size"])
    #expect(outline(yaml("a: 1\n---\nb: 2\n", limits: limits).problems) == ["3:4 yaml-size"])
  }

  @Test("too many bytes are refused")
  func bytes() {
    #expect(yaml("abcd", limits: YAMLLimits(maximumBytes: 4)).problems.isEmpty)
    #expect(
      outline(yaml("abcde", limits: YAMLLimits(maximumBytes: 4)).problems) == ["1:1 yaml-size"])
  }

  @Test("reading stops after many problems")
  func problems() {
    let stream = yaml(
      String(repeating: "a: 1\n", count: 100), limits: YAMLLimits(maximumProblems: 3))
    #expect(
      stream.problems.map(\.code)
        == Array(repeating: "yaml-duplicate-key", count: 3) + ["yaml-too-many-problems"])
  }
}
