// Values as any encoder and decoder has them: a record is an object with its fields' names as keys.

/// A field's name as a coding key.
private struct FieldKey: CodingKey {
  let stringValue: String
  var intValue: Int? { nil }
  init(stringValue: String) { self.stringValue = stringValue }
  init?(intValue: Int) { nil }
}

extension Record: Codable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: FieldKey.self)
    // Sorted, since a decoder keeps no order and what is read must have one.
    let keys = container.allKeys.sorted { $0.stringValue < $1.stringValue }
    self.init(
      unique: try keys.map {
        Entry(name: $0.stringValue, value: try container.decode(Value.self, forKey: $0))
      })
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: FieldKey.self)
    for entry in entries {
      try container.encode(entry.value, forKey: FieldKey(stringValue: entry.name))
    }
  }
}

extension Value: Codable {
  public init(from decoder: any Decoder) throws {
    if let record = try? Record(from: decoder) {
      self = .record(record)
      return
    }
    if var container = try? decoder.unkeyedContainer() {
      var items: [Value] = []
      while !container.isAtEnd { items.append(try container.decode(Value.self)) }
      self = .list(items)
      return
    }
    let container = try decoder.singleValueContainer()
    if let flag = try? container.decode(Bool.self) {
      self = .boolean(flag)
    } else if let number = try? container.decode(Int64.self) {
      self = .integer(number)
    } else {
      self = .string(try container.decode(String.self))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    switch self {
    case .record(let record): try record.encode(to: encoder)
    case .list(let items):
      var container = encoder.unkeyedContainer()
      for item in items { try container.encode(item) }
    case .string(let text):
      var container = encoder.singleValueContainer()
      try container.encode(text)
    case .integer(let number):
      var container = encoder.singleValueContainer()
      try container.encode(number)
    case .boolean(let flag):
      var container = encoder.singleValueContainer()
      try container.encode(flag)
    }
  }
}
