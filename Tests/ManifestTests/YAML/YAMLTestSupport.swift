import Manifest

/// Reads text as a stream.
func yaml(_ text: String, limits: YAMLLimits = .standard) -> YAMLStream {
  readYAML(Array(text.utf8), limits: limits)
}

/// A problem as one line: the place, the code, and the second place if there is one.
func outline(_ problems: [YAMLProblem]) -> [String] {
  problems.map { problem in
    let related = problem.related.map { " <- \($0.mark)" } ?? ""
    return "\(problem.mark) \(problem.code)\(related)"
  }
}

extension YAMLNode {
  /// The tree in flow style without places, to compare whole trees at once.
  var outline: String {
    switch content {
    case .scalar(let text, _): text
    case .sequence(let items): "[" + items.map(\.outline).joined(separator: ", ") + "]"
    case .mapping(let entries):
      "{" + entries.map { "\($0.key): \($0.value.outline)" }.joined(separator: ", ") + "}"
    }
  }

  /// Where the node begins and ends.
  var span: String { "\(start)-\(end)" }
}
