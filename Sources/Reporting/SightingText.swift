import Planning

/// What became of the objects that a saved plan saw, in words.
public enum SightingText {
  /// A line for each object, and one for each of its fields that differs: what was seen, and what there is.
  public static func render(_ changes: [SightingChange]) -> String {
    var text = ""
    for change in changes {
      let name =
        change.object.kind == .host ? "the ledger on \(change.object.host)" : "\(change.object)"
      text += "  \(name) \(verb(change))\n"
      let width = min(40, change.fields.map(\.path.count).max() ?? 0)
      for field in change.fields {
        let path = field.path + String(repeating: " ", count: max(0, width - field.path.count))
        let values =
          ValueText.render(field.from, unit: field.unit) + " → "
          + ValueText.render(field.to, unit: field.unit)
        text += "    \(path)  \(values)\(field.side == .running ? "  (while it runs)" : "")\n"
      }
    }
    if changes.isEmpty {
      text = "  something that they use was changed, and the steps would be others now\n"
    }
    return text
  }

  private static func verb(_ change: SightingChange) -> String {
    switch change.kind {
    case .made: "was made"
    case .removed: "was removed"
    case .live: "was changed:"
    case .changed:
      change.fields.isEmpty
        ? "was changed in something that its manifest does not declare" : "was changed:"
    }
  }
}
