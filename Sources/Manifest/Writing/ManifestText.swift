import Model

/// A manifest document that is to be written.
public struct ManifestDraft: Sendable, Hashable {
  public var kind: Kind
  public var name: String
  public var spec: Record
  /// Lines of comment before the document.
  public var comments: [String]
  /// Lines of comment after the document's fields.
  public var remarks: [String]

  public init(
    kind: Kind, name: String, spec: Record, comments: [String] = [], remarks: [String] = []
  ) {
    self.kind = kind
    self.name = name
    self.spec = spec
    self.comments = comments
    self.remarks = remarks
  }
}

/// Manifests as YAML that people would write: fields in the order of their table, short records on one line,
/// sizes and durations in their largest exact unit.
public enum ManifestText {
  /// The longest line that a record or a list is put on.
  private static let width = 100

  /// Documents as one stream.
  public static func render(_ drafts: [ManifestDraft]) -> String {
    drafts.map(render).joined(separator: "---\n")
  }

  /// One document.
  public static func render(_ draft: ManifestDraft) -> String {
    let name = YAMLScalar.inline(draft.name, inFlow: true)
    var lines = draft.comments.flatMap(comment)
    lines += [
      "apiVersion: virtspec/v1", "kind: \(draft.kind.rawValue)", "metadata: {name: \(name)}",
    ]
    let table = Table.spec(of: draft.kind)
    if !table.fields.isEmpty {
      let fields = block(draft.spec, table, indent: "  ")
      lines += fields.isEmpty ? ["spec: {}"] : ["spec:"] + fields
    }
    lines += draft.remarks.flatMap(comment)
    return lines.joined(separator: "\n") + "\n"
  }

  /// A comment of one line for each line of text. Nothing in it can end the comment.
  static func comment(_ text: String) -> [String] {
    text.split(whereSeparator: \.isNewline).map { line in
      let shown = String.UnicodeScalarView(
        line.unicodeScalars.map { scalar in
          let isControl = scalar.value < 0x20 || (0x7f...0x9f).contains(scalar.value)
          return isControl || [0x2028, 0x2029, 0xfeff].contains(scalar.value) ? " " : scalar
        })
      return "# " + String(shown)
    }
  }

  // MARK: - Blocks

  private static func block(_ record: Record, _ table: Table, indent: String) -> [String] {
    table.fields.flatMap { field -> [String] in
      guard let value = record[field.name] else { return [] }
      return entry(field.name, value, field.type, indent: indent)
    }
  }

  /// `name: value` in as many lines as it takes.
  private static func entry(
    _ name: String, _ value: Value, _ type: FieldType, indent: String
  ) -> [String] {
    let start = indent + YAMLScalar.inline(name, inFlow: false) + ":"
    let (value, type) = short(value, type)
    if case .string(let text) = value, case .text = type,
      let (header, rows) = YAMLScalar.block(text)
    {
      return ["\(start) \(header)"] + rows.map { $0.isEmpty ? "" : indent + "  " + $0 }
    }
    // Devices stand below each other, unless a word says all of them.
    if case .list(let itemType, _) = type, case .list(let items) = value,
      items.contains(where: { isCollection(short($0, itemType).0) }),
      items.allSatisfy({ $0.record != nil })
    {
      return [start] + self.items(value, type, indent: indent + "  ")
    }
    let inline = flow(value, type, isNested: false)
    if start.count + 1 + inline.count <= width || !isCollection(value) {
      return ["\(start) \(inline)"]
    }
    switch (value, type) {
    case (.record(let inner), .record(let table, _)):
      return [start] + block(inner, table, indent: indent + "  ")
    case (.record(let pairs), .map):
      return [start]
        + pairs.entries.flatMap {
          entry($0.name, $0.value, .text(.text), indent: indent + "  ")
        }
    default: return [start] + items(value, type, indent: indent + "  ")
    }
  }

  private static func items(_ value: Value, _ type: FieldType, indent: String) -> [String] {
    guard case .list(let items) = value, case .list(let itemType, _) = type else { return [] }
    return items.flatMap { item -> [String] in
      let (item, itemType) = short(item, itemType)
      let inline = flow(item, itemType, isNested: false)
      if indent.count + 2 + inline.count <= width || !isCollection(item) {
        return ["\(indent)- \(inline)"]
      }
      let lines: [String] =
        switch (item, itemType) {
        case (.record(let record), .record(let table, _)):
          block(record, table, indent: indent + "  ")
        default: self.items(item, itemType, indent: indent + "  ")
        }
      guard let first = lines.first else { return ["\(indent)- \(inline)"] }
      return [indent + "- " + first.dropFirst(indent.count + 2)] + lines.dropFirst()
    }
  }

  private static func isCollection(_ value: Value) -> Bool {
    switch value {
    case .list(let items): !items.isEmpty
    case .record(let record): !record.isEmpty
    default: false
    }
  }

  // MARK: - One line

  /// A record that says nothing but what its short form stands for, as that.
  private static func short(_ value: Value, _ type: FieldType) -> (Value, FieldType) {
    guard case .record(let table, let shorthand?) = type, case .record(let record) = value,
      record.entries.count == 1, let inner = record[shorthand], let field = table[shorthand]
    else { return (value, type) }
    return short(inner, field.type)
  }

  private static func flow(_ value: Value, _ type: FieldType, isNested: Bool) -> String {
    let (value, type) = short(value, type)
    switch (value, type) {
    case (.record(let record), .record(let table, _)):
      let parts = table.fields.compactMap { field -> String? in
        guard let value = record[field.name] else { return nil }
        return "\(field.name): \(flow(value, field.type, isNested: true))"
      }
      return "{" + parts.joined(separator: ", ") + "}"
    case (.record(let pairs), _):
      let parts = pairs.entries.map {
        "\(YAMLScalar.inline($0.name, inFlow: true)): \(flow($0.value, .text(.text), isNested: true))"
      }
      return "{" + parts.joined(separator: ", ") + "}"
    case (.list(let items), .list(let inner, _)):
      return "[" + items.map { flow($0, inner, isNested: true) }.joined(separator: ", ") + "]"
    case (.list, _): return "[]"
    case (.integer(let number), .size): return Quantity.sizeText(number)
    case (.integer(let number), .duration): return Quantity.durationText(number)
    case (.integer(let number), _): return String(number)
    case (.boolean(let flag), _): return flag ? "true" : "false"
    // Numbers that are text only because a variable may stand in their place.
    case (.string(let text), .text(.filterNumber)) where isDecimal(text): return text
    case (.string(let text), .text(.filterMask)) where isDecimal(text): return text
    case (.string(let text), _): return YAMLScalar.inline(text, inFlow: isNested)
    }
  }

  private static func isDecimal(_ text: String) -> Bool {
    text.utf8.allSatisfy { (0x30...0x39).contains($0) } && (text == "0" || text.first != "0")
      && !text.isEmpty
  }
}
