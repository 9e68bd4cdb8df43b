import Model

/// Reads values off a YAML tree by the rows of a table. It never stops at the first complaint.
struct Decoder {
  /// The file as the user named it.
  let file: String
  /// What was wrong.
  var diagnostics: [Diagnostic] = []

  init(file: String) { self.file = file }

  /// A record of the table's fields, in the table's order.
  mutating func record(_ node: YAMLNode, _ table: Table, shorthand: String? = nil) -> Record? {
    guard let entries = node.entries else {
      if let shorthand, node.text != nil, !node.isNull, let field = table[shorthand] {
        guard let value = value(node, field.type, name: shorthand) else { return nil }
        return Record([(shorthand, value)])
      }
      report(
        "wrong-type", "expected a mapping with the fields of \(table.name), found \(node.kindName)",
        node.start,
        expected: "fields such as " + table.fields.prefix(4).map(\.name).joined(separator: ", "))
      return nil
    }
    var found: [(position: Int, name: String, value: Value)] = []
    var seen: [String: Mark] = [:]
    for entry in entries {
      guard let position = table.position(of: entry.key) else {
        reportUnknown(entry, table)
        continue
      }
      seen[entry.key] = entry.keyStart
      let field = table.fields[position]
      if let value = value(entry.value, field.type, name: field.name) {
        found.append((position, field.name, value))
      }
    }
    checkPresence(table, seen, at: node)
    found.sort { $0.position < $1.position }
    return Record(found.map { ($0.name, $0.value) })
  }

  private mutating func checkPresence(_ table: Table, _ seen: [String: Mark], at node: YAMLNode) {
    for field in table.fields {
      if field.required, seen[field.name] == nil {
        report(
          "missing-field", "\(table.name) has no '\(field.name)'", node.start, expected: field.doc)
      }
      guard let mark = seen[field.name] else { continue }
      for other in field.excludes {
        // Each pair is reported once, at the later of the two.
        if let otherMark = seen[other], otherMark < mark {
          diagnostics.append(
            Diagnostic(
              code: "conflicting-fields", "'\(field.name)' cannot stand beside '\(other)'",
              at: Place(file: file, mark), expected: "one of the two"
            ).related(to: Place(file: file, otherMark), "'\(other)' is here"))
        }
      }
    }
    for group in table.exactlyOne where !group.contains(where: { seen[$0] != nil }) {
      report(
        "missing-field",
        "\(table.name) needs one of \(group.map { "'\($0)'" }.joined(separator: ", "))",
        node.start)
    }
  }

  private mutating func reportUnknown(_ entry: YAMLEntry, _ table: Table) {
    let names = table.fields.map(\.name)
    diagnostics.append(
      Diagnostic(
        code: "unknown-field", "\(table.name) has no field '\(entry.key)'",
        at: Place(file: file, entry.keyStart),
        expected: names.count <= 12 ? "one of " + names.joined(separator: ", ") : nil,
        suggestion: Nearest.word(to: entry.key, among: names)))
  }

  /// A value of the type; nil after a complaint.
  mutating func value(_ node: YAMLNode, _ type: FieldType, name: String) -> Value? {
    if case .record(let table, let shorthand) = type {
      return record(node, table, shorthand: shorthand).map(Value.record)
    }
    if case .list(let item, let key) = type { return list(node, of: item, key: key, name: name) }
    if case .map = type { return map(node, name: name) }
    guard let text = node.text, !node.isNull || node.isWord else {
      report(
        "wrong-type", "'\(name)' needs \(type.noun), found \(node.kindName)", node.start,
        expected: type.example)
      return nil
    }
    return scalar(text, node, type, name: name)
  }

  private mutating func scalar(_ text: String, _ node: YAMLNode, _ type: FieldType, name: String)
    -> Value?
  {
    switch type {
    case .text(let format):
      if format.accepts(text) { return .string(text) }
      report(
        "wrong-format", "'\(name)' is '\(text.shortened)'", node.start, expected: format.expectation
      )
    case .choice(let words):
      if words.contains(text) { return .string(text) }
      report(
        "wrong-choice", "'\(name)' cannot be '\(text.shortened)'", node.start,
        expected: "one of " + words.joined(separator: ", "),
        suggestion: Nearest.word(to: text, among: words))
    case .integer(let range):
      guard node.isPlain, let number = Int64(text), text.first != "+" else {
        report(
          "wrong-type", "'\(name)' needs a whole number, found '\(text.shortened)'", node.start,
          expected: node.isPlain ? type.example : "the number without quotes")
        return nil
      }
      if range.contains(number) { return .integer(number) }
      report("out-of-range", "'\(name)' cannot be \(number)", node.start, expected: type.example)
    case .boolean:
      if node.isPlain, text == "true" { return .boolean(true) }
      if node.isPlain, text == "false" { return .boolean(false) }
      let meant = [
        "yes": "true", "on": "true", "y": "true", "no": "false", "off": "false", "n": "false",
      ]
      report(
        "wrong-type", "'\(name)' needs true or false, found '\(text.shortened)'", node.start,
        expected: "true or false" + (node.isPlain ? "" : ", without quotes"),
        suggestion: meant[text.lowercased()] ?? Nearest.word(to: text, among: ["true", "false"]))
    case .size: return quantity(text, node, name, "2GiB or 500MB", Quantity.size)
    case .duration: return quantity(text, node, name, "90s or 5m", Quantity.duration)
    case .list, .record, .map: break
    }
    return nil
  }

  private mutating func quantity(
    _ text: String, _ node: YAMLNode, _ name: String, _ example: String,
    _ parse: (String) throws(Quantity.Problem) -> Int64
  ) -> Value? {
    do throws(Quantity.Problem) {
      return .integer(try parse(text))
    } catch {
      switch error {
      case .missingUnit:
        report(
          "missing-unit", "'\(name)' has no unit: '\(text.shortened)'", node.start,
          expected: "a number with a unit, such as \(example)")
      case .unknownUnit(let unit, let nearest):
        let number = text.dropLast(unit.count)
        report(
          "unknown-unit", "'\(name)' has the unknown unit '\(unit.shortened)'", node.start,
          expected: "a number with a unit, such as \(example)",
          suggestion: nearest.map { number + $0 })
      case .malformed:
        report(
          "wrong-format", "'\(name)' is '\(text.shortened)'", node.start,
          expected: "a number with a unit, such as \(example)")
      case .outOfRange:
        report(
          "out-of-range",
          "'\(name)' is no whole number of bytes or seconds below 2^63: '\(text.shortened)'",
          node.start)
      }
      return nil
    }
  }

  private mutating func list(_ node: YAMLNode, of type: FieldType, key: [String], name: String)
    -> Value?
  {
    guard let items = node.items else {
      report(
        "wrong-type", "'\(name)' needs a list, found \(node.kindName)", node.start,
        expected: node.isNull ? "items, or [] for none" : "items that begin with '- '")
      return nil
    }
    var values: [Value] = []
    var places: [[Value?]: Mark] = [:]
    for item in items {
      guard let value = value(item, type, name: name) else { continue }
      values.append(value)
      guard let record = value.record, !key.isEmpty else { continue }
      let identity = key.map { record[$0] }
      if identity.allSatisfy({ $0 == nil }) { continue }
      if let first = places[identity] {
        let text = key.compactMap { record[$0].map { value in "\($0) \(value.text)" } }.joined(
          separator: ", ")
        diagnostics.append(
          Diagnostic(
            code: "duplicate-item", "'\(name)' has two items with \(text)",
            at: Place(file: file, item.start)
          ).related(to: Place(file: file, first), "first defined here"))
      } else {
        places[identity] = item.start
      }
    }
    return .list(values)
  }

  private mutating func map(_ node: YAMLNode, name: String) -> Value? {
    guard let entries = node.entries else {
      report(
        "wrong-type", "'\(name)' needs a mapping of text to text, found \(node.kindName)",
        node.start)
      return nil
    }
    var record = Record()
    for entry in entries {
      guard let text = entry.value.text, !entry.value.isNull || entry.value.isWord else {
        report(
          "wrong-type", "'\(name).\(entry.key)' needs text, found \(entry.value.kindName)",
          entry.value.start)
        continue
      }
      record[entry.key] = .string(text)
    }
    return .record(record)
  }

  private mutating func report(
    _ code: String, _ message: String, _ mark: Mark, expected: String? = nil,
    suggestion: String? = nil
  ) {
    diagnostics.append(
      Diagnostic(
        code: code, message, at: Place(file: file, mark), expected: expected, suggestion: suggestion
      ))
  }
}

extension YAMLNode {
  /// Whether it is a scalar without quotes.
  var isPlain: Bool { if case .scalar(_, .plain) = content { true } else { false } }
  /// Whether it is the word `null` itself, which is text where text is wanted.
  var isWord: Bool { text == "null" }
}

extension String {
  /// For messages: one line, not too long.
  var shortened: String {
    let line = prefix { !$0.isNewline }
    return line.count > 60
      ? line.prefix(57) + "..." : String(line) + (line.count < count ? "..." : "")
  }
}

extension FieldType {
  /// What a message calls it.
  public var noun: String {
    switch self {
    case .text: "text"
    case .choice: "a word"
    case .integer: "a whole number"
    case .boolean: "true or false"
    case .size: "a size"
    case .duration: "a duration"
    case .list: "a list"
    case .record: "a mapping"
    case .map: "a mapping of text to text"
    }
  }

  /// What would be right, in words.
  public var example: String? {
    switch self {
    case .text(let format): format.expectation
    case .choice(let words): "one of " + words.joined(separator: ", ")
    case .integer(let range):
      range.upperBound == .max
        ? "\(range.lowerBound) or more" : "\(range.lowerBound) to \(range.upperBound)"
    case .boolean: "true or false"
    case .size: "a number with a unit, such as 2GiB"
    case .duration: "a number with a unit, such as 90s"
    case .list: "items that begin with '- '"
    case .record, .map: nil
    }
  }
}

extension Value {
  /// The value on one line, for messages.
  var text: String {
    switch self {
    case .string(let text): text
    case .integer(let number): String(number)
    case .boolean(let flag): flag ? "true" : "false"
    case .list(let items): "[" + items.map(\.text).joined(separator: ", ") + "]"
    case .record(let record):
      "{" + record.entries.map { "\($0.name): \($0.value.text)" }.joined(separator: ", ") + "}"
    }
  }
}
