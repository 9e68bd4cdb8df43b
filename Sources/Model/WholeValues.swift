extension Table {
  /// Whether two records mean the same in all fields, declared or not: a field that is missing has its implied
  /// value.
  public func isWholeSame(_ left: Record, _ right: Record) -> Bool {
    fields.allSatisfy { field in
      if case .none = field.xml { return true }
      return field.isWholeSame(
        left[field.name] ?? field.implied, right[field.name] ?? field.implied)
    }
  }
}

extension Table {
  /// The record without what is implied anyway.
  public func reduced(_ record: Record) -> Record {
    var result = record
    for field in fields {
      if let implied = field.implied, result[field.name] == implied { result[field.name] = nil }
    }
    return result
  }
}

extension Field {
  fileprivate func isWholeSame(_ left: Value?, _ right: Value?) -> Bool {
    switch (type, left, right) {
    case (.record(let table, _), .record(let left)?, .record(let right)?):
      return table.isWholeSame(left, right)
    case (.record, .record(let only)?, nil), (.record, nil, .record(let only)?):
      return !isWhole && only.isEmpty
    case (.list(.record(let table, _), let key), _, _):
      return Self.isWholeSame(
        left?.list?.compactMap(\.record) ?? [], right?.list?.compactMap(\.record) ?? [], table,
        isOrdered: key.isEmpty)
    default: return same(left, right)
    }
  }

  /// Items with a key may stand in any order.
  private static func isWholeSame(
    _ left: [Record], _ right: [Record], _ table: Table, isOrdered: Bool
  ) -> Bool {
    guard left.count == right.count else { return false }
    if isOrdered { return zip(left, right).allSatisfy(table.isWholeSame) }
    var rest = right
    return left.allSatisfy { item in
      guard let index = rest.firstIndex(where: { table.isWholeSame(item, $0) }) else {
        return false
      }
      rest.remove(at: index)
      return true
    }
  }
}
