/// A value of a manifest field, read by the field's type and never guessed.
///
/// Sizes are integers in bytes, durations integers in seconds, addresses and MACs strings in their
/// canonical spelling.
public enum Value: Sendable, Hashable {
  case string(String)
  case integer(Int64)
  case boolean(Bool)
  case list([Value])
  case record(Record)

  /// The text of a string value.
  public var string: String? { if case .string(let text) = self { text } else { nil } }
  /// The number of an integer value.
  public var integer: Int64? { if case .integer(let number) = self { number } else { nil } }
  /// The truth of a boolean value.
  public var boolean: Bool? { if case .boolean(let flag) = self { flag } else { nil } }
  /// The items of a list value.
  public var list: [Value]? { if case .list(let items) = self { items } else { nil } }
  /// The fields of a record value.
  public var record: Record? { if case .record(let record) = self { record } else { nil } }
}

/// Field values by field name, in the order in which they were set.
///
/// Records are small (a device has a dozen fields), so a linear search beats hashing.
public struct Record: Sendable, Hashable {
  /// One field and its value.
  public struct Entry: Sendable, Hashable {
    /// The field's name as the manifest spells it.
    public var name: String
    /// The field's value.
    public var value: Value

    public init(name: String, value: Value) {
      self.name = name
      self.value = value
    }
  }

  /// The fields that are present.
  public private(set) var entries: [Entry] = []

  /// A record without fields.
  public init() {}

  /// A record of the given fields.
  public init(_ pairs: [(String, Value)]) {
    for (name, value) in pairs { self[name] = value }
  }

  /// A record of fields with a name each: none is searched for.
  public init(unique entries: [Entry]) { self.entries = entries }

  /// Whether no field is present.
  public var isEmpty: Bool { entries.isEmpty }

  /// The value of a field; setting nil removes it.
  public subscript(name: String) -> Value? {
    get {
      position(of: name).map { entries[$0].value }
    }
    set {
      if let index = position(of: name) {
        if let newValue { entries[index].value = newValue } else { entries.remove(at: index) }
      } else if let newValue {
        entries.append(Entry(name: name, value: newValue))
      }
    }
  }

  /// By index: passing over an entry must not retain its value.
  private func position(of name: String) -> Int? {
    for index in entries.indices where entries[index].name == name { return index }
    return nil
  }

  /// The record with the other's fields laid over it, nested records field by field; lists are replaced.
  public func overlaid(with other: Record) -> Record {
    var result = self
    for entry in other.entries {
      if case .record(let inner) = entry.value, case .record(let base)? = result[entry.name] {
        result[entry.name] = .record(base.overlaid(with: inner))
      } else {
        result[entry.name] = entry.value
      }
    }
    return result
  }

  /// Equal when the same fields have the same values, in any order.
  public static func == (left: Record, right: Record) -> Bool {
    left.entries.count == right.entries.count
      && left.entries.allSatisfy { right[$0.name] == $0.value }
  }

  /// Hashes so that the order of fields does not matter.
  public func hash(into hasher: inout Hasher) {
    var sum = 0
    for entry in entries { sum &+= entry.hashValue }
    hasher.combine(sum)
  }
}

extension Record {
  /// The text of a string field.
  public func string(_ name: String) -> String? { self[name]?.string }
  /// The number of an integer or size field.
  public func integer(_ name: String) -> Int64? { self[name]?.integer }
  /// The truth of a boolean field.
  public func boolean(_ name: String) -> Bool? { self[name]?.boolean }
  /// The items of a list field that are records; empty when the field is absent.
  public func records(_ name: String) -> [Record] {
    self[name]?.list?.compactMap(\.record) ?? []
  }
  /// The nested record of a field.
  public func record(_ name: String) -> Record? { self[name]?.record }
}

extension Value: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByIntegerLiteral,
  ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  public init(stringLiteral value: String) { self = .string(value) }
  public init(booleanLiteral value: Bool) { self = .boolean(value) }
  public init(integerLiteral value: Int64) { self = .integer(value) }
  public init(arrayLiteral elements: Value...) { self = .list(elements) }
  public init(dictionaryLiteral elements: (String, Value)...) {
    self = .record(Record(elements.map { ($0.0, $0.1) }))
  }
}
