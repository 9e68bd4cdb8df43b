/// The way to a field of an object, also through items of its lists: `disks`, the one named `vda`, `cache`.
///
/// Without items it is written as in a message, `firmware.loader`.
public struct FieldPath: Sendable, Hashable {
  /// One part of the way.
  public enum Step: Sendable, Hashable {
    case field(String)
    /// The item of a list that has these key fields.
    case item(Record)
    /// The item at a place of a list without a key.
    case place(Int)
  }

  public var steps: [Step]

  public init(_ steps: [Step]) { self.steps = steps }

  /// Nested fields: `firmware.loader`.
  public init(_ text: String) {
    steps = text.split(separator: ".").map { .field(String($0)) }
  }

  /// The path with one more step.
  public func appending(_ step: Step) -> FieldPath { FieldPath(steps + [step]) }
}

extension FieldPath: ExpressibleByStringLiteral {
  public init(stringLiteral text: String) { self.init(text) }
}

extension FieldPath: Codable {
  public init(from decoder: any Decoder) throws {
    let value = try Value(from: decoder)
    if let text = value.string {
      self.init(text)
      return
    }
    self.init(
      (value.list ?? []).compactMap { part in
        switch part {
        case .string(let name): .field(name)
        case .integer(let place): .place(Int(clamping: place))
        case .record(let key): .item(key)
        case .boolean, .list: nil
        }
      })
  }

  public func encode(to encoder: any Encoder) throws {
    var names: [String] = []
    let parts = steps.map { step -> Value in
      switch step {
      case .field(let name):
        names.append(name)
        return .string(name)
      case .item(let key): return .record(key)
      case .place(let place): return .integer(Int64(place))
      }
    }
    let value =
      names.count == parts.count ? Value.string(names.joined(separator: ".")) : .list(parts)
    try value.encode(to: encoder)
  }
}
