import Model

/// Reads values off a YAML tree by the rows of a table. It never stops at the first complaint.
struct Decoder {
  /// The file as the user named it.
  let file: String
  /// What was wrong.
  var diagnostics: [Diagnostic] = []
  /// Fields under `spec` that are written but could not be read, or whose name is misspelt. That they are
  /// missing in the record is no news, and nothing is concluded from it.
  private(set) var broken: Set<[PathPart]> = []
  /// Whether selectors may miss the document only because its labels could not be read.
  private(set) var hasUnclearLabels = false
  /// What the spec is read for.
  private var kind: Kind?
  /// Where under `spec` the reading is.
  private var path: [PathPart] = []

  init(file: String) { self.file = file }

  /// Forgets what was broken before the spec is read.
  mutating func beginSpec(of kind: Kind) {
    self.kind = kind
    hasUnclearLabels = broken.contains { $0.starts(with: [.field("metadata"), .field("labels")]) }
    path = []
    broken = []
  }

  /// What `virtspec explain` is asked for to learn of the fields here.
  private var explainable: String {
    let names = path.compactMap { part in
      if case .field(let name) = part { name } else { nil }
    }
    return ([kind?.word ?? "manifest"] + names).joined(separator: ".")
  }

  /// Notes that nothing of the spec could be read.
  mutating func breakSpec() { broken.insert([]) }

  /// A record of the table's fields, in the table's order. `name` is the field that holds it; `meant` are
  /// fields that are known to be there under misspelt names.
  mutating func record(
    _ node: YAMLNode, _ table: Table, name: String, shorthand: String? = nil,
    meant: Set<String> = []
  ) -> Record? {
    guard let entries = node.entries else {
      let short = shorthand.flatMap { table[$0] }
      if let short, node.text != nil, !node.isNull {
        guard let value = value(node, short.type, name: name) else { return nil }
        return Record([(short.name, value)])
      }
      let names = table.fields.prefix(4).map(\.name).joined(separator: ", ")
      let example = short?.type.example.map { $0 + ", or " } ?? ""
      report(
        "wrong-type",
        "'\(name)' needs \(short.map { $0.type.noun + " or " } ?? "")a mapping, found \(node.kindName)",
        node.start, expected: names.isEmpty ? nil : example + "fields such as " + names)
      return nil
    }
    var found: [(position: Int, name: String, value: Value)] = []
    var seen: [String: Mark] = [:]
    seen.reserveCapacity(entries.count)
    var unknown: [YAMLEntry] = []
    for entry in entries {
      guard let position = table.position(of: entry.key) else {
        unknown.append(entry)
        continue
      }
      seen[entry.key] = entry.keyStart
      let field = table.fields[position]
      path.append(.field(field.name))
      if let value = value(entry.value, field.type, name: field.name) {
        found.append((position, field.name, value))
      }
      path.removeLast()
    }
    var meant = meant
    for entry in unknown {
      let names = table.fields.map(\.name).filter { seen[$0] == nil && !meant.contains($0) }
      if let name = reportUnknown(entry, of: table.name, all: table.fields.map(\.name), free: names)
      {
        meant.insert(name)
        broken.insert(path + [.field(name)])
      }
    }
    checkPresence(table, seen, meant, at: node)
    found.sort { $0.position < $1.position }
    return Record(unique: found.map { Record.Entry(name: $0.name, value: $0.value) })
  }

  /// `meant` are the fields whose names are misspelt: they are not missing, too.
  private mutating func checkPresence(
    _ table: Table, _ seen: [String: Mark], _ meant: Set<String>, at node: YAMLNode
  ) {
    for field in table.required {
      if seen[field.name] == nil, !meant.contains(field.name) {
        broken.insert(path + [.field(field.name)])
        diagnostics.append(
          Diagnostic(
            code: "missing-field", "\(table.name) has no '\(field.name)'",
            at: Place(file: file, node.start), expected: field.wanted))
      }
    }
    if seen.count > 1 { checkConflicts(table, seen) }
    for group in table.exactlyOne
    where !group.contains(where: { seen[$0] != nil || meant.contains($0) }) {
      diagnostics.append(
        Diagnostic(
          code: "missing-field",
          "\(table.name) needs \(quoted(group, "or"))",
          at: Place(file: file, node.start)))
    }
  }

  /// Each conflict is reported once, at the last of its fields, whichever row excludes the others.
  private mutating func checkConflicts(_ table: Table, _ seen: [String: Mark]) {
    var earlier: [String: [String: Mark]] = [:]
    for (name, mark) in seen {
      guard let field = table.excluding[name] else { continue }
      for other in field.excludes {
        guard let otherMark = seen[other] else { continue }
        if mark < otherMark {
          earlier[other, default: [:]][field.name] = mark
        } else {
          earlier[field.name, default: [:]][other] = otherMark
        }
      }
    }
    for (name, others) in earlier.sorted(by: { $0.key < $1.key }) {
      let others = others.sorted { $0.value < $1.value }
      let names = quoted(others.map(\.key), "and")
      let conflict = Diagnostic(
        code: "conflicting-fields", "'\(name)' cannot stand beside \(names)",
        at: seen[name].map { Place(file: file, $0) },
        expected: others.count == 1 ? "one of the two" : "'\(name)', or \(names)")
      diagnostics.append(
        others.reduce(conflict) {
          $0.related(to: Place(file: file, $1.value), "'\($1.key)' is here")
        })
    }
  }

  /// Text as a message may show it. What stands in the place of a secret's source may be its value.
  func shown(_ text: String) -> String {
    isSecretSource ? SecretValue.placeholder : "'\(text.shortened)'"
  }

  private var isSecretSource: Bool { kind == .secret && path.first == .field("value") }

  /// Complains about a key that is no field; gives the field that was likely meant, one of the `free` ones.
  mutating func reportUnknown(
    _ entry: YAMLEntry, of owner: String, all: [String], free: [String]
  ) -> String? {
    let meant = Nearest.word(to: entry.key, among: free)
    let expected: String? =
      switch all.count {
      case 0: "no fields at all"
      case ...12: oneOf(all)
      default: meant == nil ? "one that 'virtspec explain \(explainable)' lists" : nil
      }
    diagnostics.append(
      Diagnostic(
        code: "unknown-field", "\(owner) has no field \(shown(entry.key))",
        at: Place(file: file, entry.keyStart), expected: expected, suggestion: meant))
    return meant
  }

  /// A value of the type; nil after a complaint.
  mutating func value(_ node: YAMLNode, _ type: FieldType, name: String) -> Value? {
    if case .record(let table, let shorthand) = type {
      return record(node, table, name: name, shorthand: shorthand).map(Value.record)
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
    for (index, item) in items.enumerated() {
      path.append(.index(index))
      let value = value(item, type, name: "\(name)[\(index)]")
      path.removeLast()
      guard let value else { continue }
      values.append(value)
      guard items.count > 1, !key.isEmpty, let record = value.record else { continue }
      let identity = key.map { canonical(record[$0], of: $0, in: type) }
      if identity.allSatisfy({ $0 == nil }) { continue }
      let place = (key.count == 1 ? item[key[0]] : nil) ?? item
      if let first = places[identity] {
        let text = key.compactMap { name in record[name].map { "\(name) \($0.text)" } }
          .joined(separator: ", ")
        diagnostics.append(
          Diagnostic(
            code: "duplicate-item", "'\(name)' has two items with \(text)",
            at: Place(file: file, place.start)
          ).related(to: Place(file: file, first), "first defined here"))
      } else {
        places[identity] = place.start
      }
    }
    if values.count == items.count { return .list(values) }
    // A gap would shift the places of the items behind it.
    broken.insert(path)
    return nil
  }

  /// One spelling for all that mean the same.
  private func canonical(_ value: Value?, of field: String, in type: FieldType) -> Value? {
    guard case .record(let table, _) = type, case .string(let text)? = value else { return value }
    switch table[field]?.equivalence {
    case .caseInsensitive: return .string(text.lowercased())
    case .address:
      return .string(IPAddress(text)?.description ?? Subnet(text)?.description ?? text)
    default: return value
    }
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
          "wrong-type",
          "'\(name).\(entry.key.shortened)' needs text, found \(entry.value.kindName)",
          entry.value.start)
        continue
      }
      record[entry.key] = .string(text)
    }
    return .record(record)
  }

  mutating func report(
    _ code: String, _ message: String, _ mark: Mark, expected: String? = nil,
    suggestion: String? = nil
  ) {
    broken.insert(path)
    diagnostics.append(
      Diagnostic(
        code: code, message, at: Place(file: file, mark), expected: expected, suggestion: suggestion
      ))
  }
}
