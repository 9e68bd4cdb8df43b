import Model

/// The words and columns of an explanation.
enum ExplanationText {
  private static let width = 100
  private static let margin = 12

  static func text(of kind: Kind) -> String {
    let table = Table.spec(of: kind)
    return header(kind)
      + line("XML", XMLPlace(kind).element.map { [$0] } ?? [])
      + description(table.doc, needs: table.exactlyOne) + fields(of: table, title: "FIELDS OF SPEC")
  }

  static func text(of place: FieldPlace) -> String {
    let field = place.field
    let table = field.type.table
    return header(place.kind)
      + line("FIELD", [place.path + (field.required ? " (required)" : "")])
      + line("TYPE", [field.type.wording])
      + line("DEFAULT", field.defaultText.map { ["\($0), for new objects"] } ?? [])
      + line("CHANGE", [field.changeText(place.kind)])
      + line("EXCLUDES", field.excludes.isEmpty ? [] : [field.excludes.joined(separator: ", ")])
      + line("XML", place.xml.lines(of: field))
      + description(field.doc, needs: table?.exactlyOne ?? [])
      + (table.map { fields(of: $0, title: "FIELDS") } ?? "")
  }

  private static func header(_ kind: Kind) -> String {
    line("KIND", [kind.rawValue]) + line("VERSION", [versions])
  }

  private static var versions: String {
    guard case .choice(let words)? = Table.envelope["apiVersion"]?.type else { return "" }
    return words.joined(separator: ", ")
  }

  private static func line(_ label: String, _ paragraphs: [String]) -> String {
    let lines = paragraphs.flatMap { wrapped($0, width - margin) }
    return lines.enumerated().map { index, text in
      padded(index == 0 ? label + ":" : "", margin) + text + "\n"
    }.joined()
  }

  private static func description(_ doc: String, needs groups: [[String]]) -> String {
    let needs = groups.map { "Needs one of \($0.joined(separator: ", "))." }
    let lines = ([doc] + needs).flatMap { wrapped($0, width - 2) }
    return "\nDESCRIPTION:\n" + lines.map { "  \($0)\n" }.joined()
  }

  private static func fields(of table: Table, title: String) -> String {
    if table.fields.isEmpty { return "" }
    let names = table.fields.map { $0.name + ($0.required ? "*" : "") }
    let types = table.fields.map(\.type.label)
    let nameWidth = (names.map(\.count).max() ?? 0) + 2
    let typeWidth = (types.map(\.count).max() ?? 0) + 2
    let rows = table.fields.indices.map { index in
      "  " + padded(names[index], nameWidth) + padded(types[index], typeWidth)
        + table.fields[index].doc + "\n"
    }
    let note = table.fields.contains(where: \.required) ? " (* is required)" : ""
    return "\n\(title)\(note):\n" + rows.joined()
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }

  private static func wrapped(_ text: String, _ width: Int) -> [String] {
    var lines: [String] = []
    var current = ""
    for word in text.split(separator: " ") {
      if !current.isEmpty, current.count + 1 + word.count > width {
        lines.append(current)
        current = ""
      }
      current += (current.isEmpty ? "" : " ") + word
    }
    return lines + (current.isEmpty ? [] : [current])
  }
}
