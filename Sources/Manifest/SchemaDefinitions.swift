import Model

/// The `$defs` of a schema: one for each table, however often it occurs.
struct SchemaDefinitions {
  private var names: [ObjectIdentifier: String] = [:]
  private var schemas: [String: JSON] = [:]

  /// Sorted by name, so that a new field elsewhere moves nothing.
  var json: JSON { .object(schemas.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }) }

  /// What stands under `spec`: a mapping, or nothing where nothing is needed.
  mutating func spec(of kind: Kind) -> [(String, JSON)] {
    let table = reference(to: .spec(of: kind))
    if JSONSchema.isSpecRequired(kind) { return table }
    return [("anyOf", .array([.object(table), .object([("type", .string("null"))])]))]
  }

  /// The properties of a record.
  mutating func properties(of table: Table) -> [(String, JSON)] {
    table.fields.map { field in
      var pairs: [(String, JSON)] = [("description", .string(field.doc))]
      if let implied = field.implied { pairs.append(("default", JSON(implied, of: field.type))) }
      return (field.name, .object(pairs + schema(of: field.type)))
    }
  }

  private mutating func reference(to table: Table) -> [(String, JSON)] {
    [("$ref", .string("#/$defs/" + define(table)))]
  }

  private mutating func define(_ table: Table) -> String {
    if let name = names[ObjectIdentifier(table)] { return name }
    var name = table.anchor
    // Two tables of one name would be one definition, which is right for neither.
    while schemas[name] != nil { name += "-" }
    names[ObjectIdentifier(table)] = name
    schemas[name] = .null
    schemas[name] = record(table)
    return name
  }

  private mutating func record(_ table: Table) -> JSON {
    var pairs: [(String, JSON)] = [
      ("title", .string(table.name)), ("description", .string(table.doc)),
      ("type", .string("object")), ("properties", .object(properties(of: table))),
    ]
    let required = table.fields.filter(\.required).map(\.name)
    if !required.isEmpty { pairs.append(("required", JSONSchema.strings(required))) }
    pairs.append(("additionalProperties", .boolean(false)))
    let rules = Self.exclusions(table) + Self.choices(table)
    if !rules.isEmpty { pairs.append(("allOf", .array(rules))) }
    return .object(pairs)
  }

  /// Fields that cannot stand beside each other; each pair once, whichever has the other.
  private static func exclusions(_ table: Table) -> [JSON] {
    var seen: Set<Set<String>> = []
    return table.fields.flatMap { field in field.excludes.map { (field.name, $0) } }
      .filter { seen.insert([$0.0, $0.1]).inserted }
      .map { first, second in
        .object([
          ("not", .object([("required", JSONSchema.strings([first, second]))])),
          ("errorMessage", .string("'\(first)' cannot stand beside '\(second)'")),
        ])
      }
  }

  private static func choices(_ table: Table) -> [JSON] {
    table.exactlyOne.map { group in
      .object([
        ("anyOf", .array(group.map { .object([("required", JSONSchema.strings([$0]))]) }))
      ])
    }
  }

  private mutating func schema(of type: FieldType) -> [(String, JSON)] {
    switch type {
    case .list(let item, let key):
      var pairs: [(String, JSON)] = [
        ("type", .string("array")), ("items", .object(schema(of: item))),
      ]
      if Self.identifiesEveryItem(key, item) { pairs.append(("uniqueItems", .boolean(true))) }
      return pairs
    case .record(let table, let shorthand):
      let long = reference(to: table)
      guard let shorthand, let field = table[shorthand] else { return long }
      return [("anyOf", .array([.object(schema(of: field.type)), .object(long)]))]
    default: return type.scalarSchema
    }
  }

  /// Whether equal items are sure to have equal keys: the key is never wholly absent.
  private static func identifiesEveryItem(_ key: [String], _ item: FieldType) -> Bool {
    guard case .record(let table, let shorthand) = item else { return false }
    return key.contains { table[$0]?.required == true }
      && (shorthand.map { key.contains($0) } ?? true)
  }
}

extension Table {
  /// The name in links: letters and digits in lower case, with `-` between words.
  var anchor: String {
    let words = name.lowercased().split { !($0.isLetter || $0.isNumber) }
    return words.joined(separator: "-")
  }
}

extension JSON {
  /// A value as the manifest spells it: sizes and durations with their units.
  init(_ value: Value, of type: FieldType) {
    switch (type, value) {
    case (.size, .integer(let bytes)): self = .string(Quantity.sizeText(bytes))
    case (.duration, .integer(let seconds)): self = .string(Quantity.durationText(seconds))
    case (.list(let item, _), .list(let values)): self = .array(values.map { JSON($0, of: item) })
    case (.record(let table, _), .record(let record)):
      self = .object(
        record.entries.map { entry in
          (
            entry.name,
            table[entry.name].map { JSON(entry.value, of: $0.type) } ?? JSON(entry.value)
          )
        })
    default: self = JSON(value)
    }
  }
}
