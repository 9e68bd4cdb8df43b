extension Field {
  /// Whether two values of the field mean the same to libvirt. Nil equals only nil.
  public func same(_ left: Value?, _ right: Value?) -> Bool {
    if left == right { return true }
    guard let left, let right else { return false }
    return equivalence.holds(left, right)
  }
}

extension Field {
  /// Whether an observed item of this list is the declared one: its key fields are the same. In a list that
  /// libvirt extends by itself, a key field that the manifest leaves out matches any value.
  public func identifies(
    _ observed: Record, as declared: Record, by key: [String], in table: Table
  ) -> Bool {
    key.allSatisfy { name in
      guard let row = table[name] else { return false }
      if !complete, declared[name] == nil { return true }
      return row.same(declared[name] ?? row.implied, observed[name] ?? row.implied)
    }
  }
}

extension Equivalence {
  /// Whether a declared and a reported value are the same in this sense.
  public func holds(_ declared: Value, _ reported: Value) -> Bool {
    if declared == reported { return true }
    switch (declared, reported) {
    case (.string(let left), .string(let right)): return holdsForText(left, right)
    case (.integer(let left), .integer(let right)): return holdsForNumbers(left, right)
    default: return false
    }
  }

  private func holdsForText(_ left: String, _ right: String) -> Bool {
    switch self {
    case .caseInsensitive: return left.lowercased() == right.lowercased()
    case .machineType:
      // A versioned type is the alias with libvirt's family in front: pc-q35-7.2, pc-i440fx-7.2.
      guard let family = ["q35": "pc-q35-", "pc": "pc-i440fx-", "virt": "virt-"][left] else {
        return false
      }
      return right.hasPrefix(family)
    case .address:
      if let left = Subnet(left), let right = Subnet(right) { return left == right }
      guard let left = IPAddress(left), let right = IPAddress(right) else { return false }
      return left == right
    case .octal:
      guard let left = Int(left, radix: 8), let right = Int(right, radix: 8) else { return false }
      return left == right
    case .path:
      return left.split(separator: "/") == right.split(separator: "/")
    case .cpuSet:
      guard let left = CPUSet.members(left), let right = CPUSet.members(right) else { return false }
      return left == right
    case .pciAddress: return Self.pciAddress(left) == Self.pciAddress(right)
    case .usbAddress:
      return left.split(separator: ":").map { Int($0) }
        == right.split(separator: ":").map { Int($0) }
    case .filterValue: return FilterText.same(left, right)
    case .exact, .kibibytes, .automaticPort, .atLeast, .zeroIsNone: return false
    }
  }

  private func holdsForNumbers(_ left: Int64, _ right: Int64) -> Bool {
    switch self {
    case .kibibytes: (left + 1023) / 1024 == (right + 1023) / 1024
    case .automaticPort: left == -1
    case .atLeast: right >= left
    default: false
    }
  }

  private static func pciAddress(_ text: String) -> String {
    (text.utf8.count { $0 == UInt8(ascii: ":") } == 1 ? "0000:" : "") + text.lowercased()
  }
}

extension Table {
  /// The record with what a new object gets where it is silent, nested records included. List items are
  /// completed too.
  public func completed(_ record: Record) -> Record {
    var result = record
    for field in fields {
      if result[field.name] == nil, let implied = field.implied(beside: result) {
        result[field.name] = implied
      }
      switch (field.type, result[field.name]) {
      case (.record(let table, _), .record(let inner)?):
        result[field.name] = .record(table.completed(inner))
      case (.list(.record(let table, _), _), .list(let items)?):
        result[field.name] = .list(
          items.map { item in item.record.map { .record(table.completed($0)) } ?? item })
      default: break
      }
    }
    return result
  }
}
