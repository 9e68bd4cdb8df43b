import Model

/// Which tables there are, where each of them is used, and under which kind it is described.
struct ReferenceSections {
  /// A use of a table.
  struct Use {
    /// From the kind: `guest.disks[]`.
    let path: String
    let xml: XMLPlace
  }

  private var chapters: [(kind: Kind?, table: Table)] = []
  private var uses: [ObjectIdentifier: [Use]] = [:]
  private var shorthands: [ObjectIdentifier: String] = [:]

  init() {
    walk(.envelope, path: "", XMLPlace(element: nil), kind: nil)
    for kind in Reference.kinds where kind != .guestClass {
      walk(.spec(of: kind), path: kind.word, XMLPlace(kind), kind: kind)
    }
  }

  /// The nested tables that are described under a kind, or before all of them, by first use.
  func tables(of kind: Kind?) -> [Table] { chapters.filter { $0.kind == kind }.map(\.table) }

  func places(of table: Table) -> [Use] { uses[ObjectIdentifier(table)] ?? [] }

  /// The field that a scalar stands for.
  func shorthand(of table: Table) -> String? { shorthands[ObjectIdentifier(table)] }

  private mutating func walk(_ table: Table, path: String, _ place: XMLPlace, kind: Kind?) {
    for field in table.fields {
      guard let nested = field.type.table else { continue }
      let name = field.name + (field.type.isList ? "[]" : "")
      let use = Use(path: path.isEmpty ? name : path + "." + name, xml: place.nested(field))
      let id = ObjectIdentifier(nested)
      if uses[id] == nil { chapters.append((kind, nested)) }
      uses[id, default: []].append(use)
      if let shorthand = field.type.shorthand { shorthands[id] = shorthand }
      walk(nested, path: use.path, use.xml, kind: kind)
    }
  }
}

extension FieldType {
  /// The field that a scalar stands for, in the record or the list's items.
  fileprivate var shorthand: String? {
    switch self {
    case .record(_, let shorthand): shorthand
    case .list(let item, _): item.shorthand
    default: nil
    }
  }
}

/// The fields of a record as a table of the page.
enum ReferenceTable {
  static func lines(_ table: Table, path: String, _ sections: ReferenceSections) -> [String] {
    var lines = [
      "| Field | Type | Default | Change | XML | |", "| --- | --- | --- | --- | --- | --- |",
    ]
    lines += table.fields.map { field in
      let cells = [
        Reference.anchor(path + "." + field.name) + "`\(field.name)`"
          + (field.required ? " (required)" : ""),
        type(of: field), field.defaultText.map { "`\($0)`" } ?? "", field.changeLabel,
        XMLPlace.column(field).map { $0.isEmpty ? "" : "`\($0)`" } ?? "",
        description(of: field, isShorthand: sections.shorthand(of: table) == field.name),
      ]
      return "| " + cells.map(escaped).joined(separator: " | ") + " |"
    }
    return lines
      + table.exactlyOne.map { group in
        "\nOne of " + group.map { "`\($0)`" }.joined(separator: ", ") + " is required."
      }
  }

  private static func type(of field: Field) -> String {
    var text = field.type.label
    if let table = field.type.table {
      for word in ["mappings", "mapping"] where text.hasSuffix(word) {
        text = text.dropLast(word.count) + "[\(word)](#\(table.anchor))"
        break
      }
    }
    return text
  }

  private static func description(of field: Field, isShorthand: Bool) -> String {
    var text = field.doc
    if let details = field.type.details { text += " " + details + "." }
    if isShorthand { text += " *The short form.*" }
    if !field.excludes.isEmpty {
      text += " Not beside " + field.excludes.map { "`\($0)`" }.joined(separator: ", ") + "."
    }
    return text
  }

  /// A bar would end the cell.
  private static func escaped(_ cell: String) -> String {
    cell.split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\|")
  }
}

extension FieldType {
  /// Allowed values.
  fileprivate var details: String? {
    switch self {
    case .choice(let words): words.map { "`\($0)`" }.joined(separator: ", ")
    case .integer: example
    case .list(let item, _): item.details
    default: nil
    }
  }
}
