import Planning

/// What a new guest gets by its operating system and its host, as people read it.
enum ProfileText {
  /// The notes of a step; with `verbose` the reasons and every field, else how many there are.
  static func render(_ step: Step, _ paint: Paint, _ verbose: Bool) -> String {
    var text = ""
    let defaults = step.changes.filter(\.isUnasked)
    if verbose {
      let width = min(40, defaults.map(\.path.count).max() ?? 0)
      for change in defaults {
        let path = change.path + String(repeating: " ", count: max(0, width - change.path.count))
        let reason = change.note.map { paint("  (\($0))", .dim) } ?? ""
        text += "          \(path)  \(ChangeText.values(change))\(reason)\n"
      }
      text += step.reasoning.map { wrapped($0) } ?? ""
    } else {
      if !defaults.isEmpty {
        let count = defaults.count == 1 ? "1 default" : "\(defaults.count) defaults"
        text += paint(
          "          and \(count) of its operating system and host (-v tells them)\n", .dim)
      }
      for note in step.notes ?? [] { text += wrapped("note: " + note) }
    }
    return text
  }

  /// How the values of a path are written.
  static func unit(of path: String) -> FieldChange.Unit { ProfileChanges.unit(of: path) }

  /// A paragraph in lines of a readable width.
  static func wrapped(_ paragraph: String, indent: Int = 10, width: Int = 100) -> String {
    let margin = String(repeating: " ", count: indent)
    var lines: [String] = []
    var line = ""
    for word in paragraph.split(separator: " ") {
      if !line.isEmpty, line.count + 1 + word.count > width - indent {
        lines.append(line)
        line = ""
      }
      line += (line.isEmpty ? "" : " ") + word
    }
    if !line.isEmpty { lines.append(line) }
    return lines.map { margin + $0 + "\n" }.joined()
  }
}

extension FieldChange {
  /// Whether it fills in what a new object's manifest does not say.
  var isUnasked: Bool { origin == .profile && from == nil && side == .defined && note != nil }
}
