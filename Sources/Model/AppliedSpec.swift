import FoundationEssentials

extension Record {
  /// Reads what `canonicalJSON` wrote; nil for anything that is no JSON object of texts, whole numbers, flags,
  /// lists and objects.
  public init?(canonicalJSON text: String) {
    guard let value = try? JSONDecoder().decode(DecodedValue.self, from: Data(text.utf8)),
      case .record(let record) = value.value
    else { return nil }
    self = record
  }
}

private struct DecodedValue: Decodable {
  let value: Value

  private struct Key: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  init(from decoder: any Decoder) throws {
    if let container = try? decoder.container(keyedBy: Key.self) {
      // Sorted, since a decoder keeps no order and what is read must have one.
      let keys = container.allKeys.sorted { $0.stringValue < $1.stringValue }
      value = .record(
        Record(
          try keys.map {
            ($0.stringValue, try container.decode(DecodedValue.self, forKey: $0).value)
          }))
      return
    }
    if var container = try? decoder.unkeyedContainer() {
      var items: [Value] = []
      while !container.isAtEnd { items.append(try container.decode(DecodedValue.self).value) }
      value = .list(items)
      return
    }
    let container = try decoder.singleValueContainer()
    if let flag = try? container.decode(Bool.self) {
      value = .boolean(flag)
    } else if let number = try? container.decode(Int64.self) {
      value = .integer(number)
    } else {
      value = .string(try container.decode(String.self))
    }
  }
}
