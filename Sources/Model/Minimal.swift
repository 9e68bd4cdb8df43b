/// Takes out of records what an object gets anyway when its manifest is silent.
public enum Minimal {
  /// The record without the values that its table implies for a new object, and with the ones that an object
  /// lacks against the table's implication.
  public static func stripped(_ record: Record, _ table: Table) -> Record {
    var result = Record()
    for field in table.fields {
      guard let value = record[field.name] else {
        if let absence = absence(of: field, in: record) { result[field.name] = absence }
        continue
      }
      if let kept = stripped(value, field, field.implied(beside: record)) {
        result[field.name] = kept
      }
    }
    return result
  }

  private static func stripped(_ value: Value, _ field: Field, _ implied: Value?) -> Value? {
    switch (field.type, value) {
    case (.record(let table, let shorthand), .record(let record)):
      let inner = stripped(record, table)
      if !inner.isEmpty || field.isWhole { return .record(inner) }
      if field.implied != nil || field.isSpread { return nil }
      // A device that is all as usual is there nevertheless.
      let name = shorthand ?? table.fields.first { record[$0.name] != nil }?.name
      return name.flatMap { name in record[name].map { .record(Record([(name, $0)])) } }
    case (.list(.record(let table, let shorthand), let key), .list(let items)):
      return .list(
        items.map { item in
          guard let record = item.record else { return item }
          var inner = stripped(record, table)
          if inner.isEmpty {
            let name = ([shorthand].compactMap { $0 } + key + table.fields.map(\.name))
              .first { record[$0] != nil }
            if let name { inner[name] = record[name] }
          }
          return .record(inner)
        })
    default:
      if let implied, !field.required, field.same(value, implied) { return nil }
      return value
    }
  }

  /// What says that an object does without something that a new object would get.
  private static func absence(of field: Field, in record: Record) -> Value? {
    guard let implied = field.implied(beside: record) else { return nil }
    switch (field.type, field.xml) {
    case (.boolean, .value(_, .presence, _, _)) where implied == true: return false
    case (.record(let table, _), .nested) where implied.record?.isEmpty == true:
      let inner = table.fields.compactMap { row in
        absence(of: row, in: Record()).map { (row.name, $0) }
      }
      return inner.isEmpty ? nil : .record(Record(inner))
    default: return nil
    }
  }
}

extension Field {
  /// Whether its fields stand in the object's own element: then nothing in it means nothing at all.
  public var isSpread: Bool {
    if case .nested(let path, _) = xml { path.steps.isEmpty || path == "os" } else { false }
  }
}

extension Record {
  /// Changes a nested record; one that is empty afterwards is removed.
  public mutating func change(_ name: String, _ body: (inout Record) -> Void) {
    guard var inner = record(name) else { return }
    body(&inner)
    self[name] = inner.isEmpty ? nil : .record(inner)
  }

  /// Changes every record of a list; those for which `body` gives false go, and so does a list without any.
  public mutating func changeItems(_ name: String, _ body: (inout Record, Int) -> Bool) {
    guard let items = self[name]?.list else { return }
    let kept = items.enumerated().compactMap { index, item -> Value? in
      guard var record = item.record else { return item }
      return body(&record, index) ? .record(record) : nil
    }
    self[name] = kept.isEmpty ? nil : .list(kept)
  }

  /// Removes a field that has this value.
  public mutating func drop(_ name: String, _ value: Value) {
    if self[name] == value { self[name] = nil }
  }
}
