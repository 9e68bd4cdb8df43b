import Model
import Planning

/// A sequence of things that happen to a host and to the manifests about it. Each is a line of text, so that a
/// program that found something can be kept as a test.
///
/// | line | does |
/// |---|---|
/// | `declare guest/g1` · `declare guest/g1 FIELD VALUE` | an object or a field in the manifests |
/// | `undeclare guest/g1` · `undeclare guest/g1 FIELD` | takes it out again |
/// | `outside …` | what somebody else does, as in `disturb.txt` |
/// | `plan` | |
/// | `apply [--allow CLASS] [--prune] [--adopt] [--wait-restart]` | |
/// | `apply … FAULT N` | `fail`, `die-before`, `die-after`, `hang`, `hang-late` at the call N |
/// | `restart` · `reboot` | of the daemon, of the host |
public struct Program: Sendable, CustomStringConvertible {
  static let stack = "program"
  static let host = "sim"
  static let uri = "sim:///program"

  public var lines: [String]

  public init(_ text: String) {
    lines = text.split(separator: "\n").map(String.init).filter { !$0.isEmpty }
  }

  init(lines: [String]) { self.lines = lines }

  public var description: String { lines.joined(separator: "\n") }

  /// What the words after `apply` allow, and what goes wrong.
  struct ApplyWords {
    var options = PlanOptions()
    var fault: (name: String, call: Int)?

    init(_ words: [String]) throws {
      var words = words[...]
      while let word = words.popFirst() {
        switch word {
        case "--allow": options.ceiling = words.popFirst().flatMap(Disruption.init) ?? .live
        case "--prune": options.prune = true
        case "--adopt": options.adopt = true
        case "--wait-restart": options.waitsForRestart = true
        case "fail", "die-before", "die-after", "hang", "hang-late":
          fault = (word, words.popFirst().flatMap { Int($0) } ?? 1)
        default: throw ScenarioProblem("apply has no word '\(word)'")
        }
      }
    }
  }

  /// The program without lines that its failure does not need, found by leaving out ever smaller parts.
  ///
  /// - Parameter fails: whether a program still fails.
  public func shrunk(_ fails: (Program) async -> Bool) async -> Program {
    var smallest = self
    var size = max(1, lines.count / 2)
    while true {
      var start = 0
      var found = false
      while start < smallest.lines.count {
        var fewer = smallest
        fewer.lines.removeSubrange(start..<min(start + size, fewer.lines.count))
        if await fails(fewer) {
          smallest = fewer
          found = true
        } else {
          start += size
        }
      }
      if size == 1, !found { return smallest }
      if !found { size = max(1, size / 2) }
    }
  }
}
