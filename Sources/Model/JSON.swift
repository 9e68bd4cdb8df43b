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

  private static func write(_ string: String, to text: inout String) {
    var bytes: [UInt8] = []
    write(string, to: &bytes)
    text += String(decoding: bytes, as: UTF8.self)
  }

  /// RFC 8259: quotes, backslashes and control characters are escaped.
  fileprivate static func write(_ string: String, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\""))
    for byte in string.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
      case 0x0a: bytes += "\\n".utf8
      case 0x0d: bytes += "\\r".utf8
      case 0x09: bytes += "\\t".utf8
      case ..<0x20:
        let digits = String(byte, radix: 16)
        bytes += ("\\u" + String(repeating: "0", count: 4 - digits.count) + digits).utf8
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }
}

extension Record {
  /// The record as JSON on one line with its keys sorted: one text for one meaning, which is what digests are
  /// made of.
  public var canonicalJSON: String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(512)
    writeCanonical(to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  fileprivate func writeCanonical(to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "{"))
    var isFirst = true
    for index in entries.indices.sorted(by: { entries[$0].name < entries[$1].name }) {
      if !isFirst { bytes.append(UInt8(ascii: ",")) }
      isFirst = false
      JSON.write(entries[index].name, to: &bytes)
      bytes.append(UInt8(ascii: ":"))
      entries[index].value.writeCanonical(to: &bytes)
    }
    bytes.append(UInt8(ascii: "}"))
  }
}

extension Value {
  fileprivate func writeCanonical(to bytes: inout [UInt8]) {
    switch self {
    case .string(let string): JSON.write(string, to: &bytes)
    case .integer(let number): bytes += String(number).utf8
    case .boolean(let flag): bytes += (flag ? "true" : "false").utf8
    case .list(let items):
      bytes.append(UInt8(ascii: "["))
      for (index, item) in items.enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        item.writeCanonical(to: &bytes)
      }
      bytes.append(UInt8(ascii: "]"))
    case .record(let record): record.writeCanonical(to: &bytes)
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
