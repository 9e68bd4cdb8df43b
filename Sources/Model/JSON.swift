/// A JSON document that is written with its keys in the given order: the same input gives the same bytes.
public indirect enum JSON: Sendable, Hashable {
  case null
  case boolean(Bool)
  case integer(Int64)
  case string(String)
  case array([JSON])
  case object([(String, JSON)])

  public static func == (left: JSON, right: JSON) -> Bool { left.compact == right.compact }
  public func hash(into hasher: inout Hasher) { hasher.combine(compact) }

  /// On one line, without spaces.
  public var compact: String {
    var text = ""
    write(to: &text, indent: nil)
    return text
  }

  /// Indented by two spaces, with a line break at the end.
  public var pretty: String {
    var text = ""
    write(to: &text, indent: 0)
    return text + "\n"
  }

  private func write(to text: inout String, indent: Int?) {
    switch self {
    case .null: text += "null"
    case .boolean(let flag): text += flag ? "true" : "false"
    case .integer(let number): text += String(number)
    case .string(let string): Self.write(string, to: &text)
    case .array(let items):
      Self.write(items, "[", "]", to: &text, indent: indent) { item, text, indent in
        item.write(to: &text, indent: indent)
      }
    case .object(let pairs):
      Self.write(pairs, "{", "}", to: &text, indent: indent) { pair, text, indent in
        Self.write(pair.0, to: &text)
        text += indent == nil ? ":" : ": "
        pair.1.write(to: &text, indent: indent)
      }
    }
  }

  private static func write<Item>(
    _ items: [Item], _ opening: String, _ closing: String, to text: inout String, indent: Int?,
    each: (Item, inout String, Int?) -> Void
  ) {
    text += opening
    for (index, item) in items.enumerated() {
      if index > 0 { text += "," }
      if let indent { text += "\n" + String(repeating: "  ", count: indent + 1) }
      each(item, &text, indent.map { $0 + 1 })
    }
    if let indent, !items.isEmpty { text += "\n" + String(repeating: "  ", count: indent) }
    text += closing
  }

  /// RFC 8259: quotes, backslashes and control characters are escaped.
  fileprivate static func write(_ string: String, to text: inout String) {
    let isPlain = string.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x22 && $0 != 0x5c }
    if isPlain {
      text += "\""
      text += string
      text += "\""
      return
    }
    text += "\""
    for scalar in string.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      case "\t": text += "\\t"
      default:
        if scalar.value < 0x20 {
          let digits = String(scalar.value, radix: 16)
          text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        } else {
          text.unicodeScalars.append(scalar)
        }
      }
    }
    text += "\""
  }
}

extension Record {
  /// The record as JSON on one line with its keys sorted: one text for one meaning, which is what digests are
  /// made of.
  public var canonicalJSON: String {
    var text = ""
    text.reserveCapacity(512)
    writeCanonical(to: &text)
    return text
  }

  fileprivate func writeCanonical(to text: inout String) {
    text += "{"
    var isFirst = true
    for index in entries.indices.sorted(by: { entries[$0].name < entries[$1].name }) {
      if !isFirst { text += "," }
      isFirst = false
      JSON.write(entries[index].name, to: &text)
      text += ":"
      entries[index].value.writeCanonical(to: &text)
    }
    text += "}"
  }
}

extension Value {
  fileprivate func writeCanonical(to text: inout String) {
    switch self {
    case .string(let string): JSON.write(string, to: &text)
    case .integer(let number): text += String(number)
    case .boolean(let flag): text += flag ? "true" : "false"
    case .list(let items):
      text += "["
      for (index, item) in items.enumerated() {
        if index > 0 { text += "," }
        item.writeCanonical(to: &text)
      }
      text += "]"
    case .record(let record): record.writeCanonical(to: &text)
    }
  }
}

extension JSON {
  /// A value with the keys of its records sorted.
  public init(_ value: Value) {
    switch value {
    case .string(let text): self = .string(text)
    case .integer(let number): self = .integer(number)
    case .boolean(let flag): self = .boolean(flag)
    case .list(let items): self = .array(items.map(JSON.init))
    case .record(let record): self = JSON(record)
    }
  }

  /// A record with its keys sorted.
  public init(_ record: Record) {
    self = .object(
      record.entries.sorted { $0.name < $1.name }.map { ($0.name, JSON($0.value)) })
  }

  /// Nil becomes null.
  public init(_ text: String?) { self = text.map(JSON.string) ?? .null }
}
