/// YAML in block style, of which every scalar that could be read as something else is quoted as in JSON.
enum BlockYAML {
  /// A mapping, one key a line.
  static func text(_ record: Record) -> String {
    var text = ""
    write(record, indent: 0, to: &text)
    return text
  }

  private static func write(_ record: Record, indent: Int, to text: inout String) {
    for (index, entry) in record.entries.enumerated() {
      if index > 0 || indent == 0 { text += String(repeating: " ", count: indent) }
      text += key(entry.name) + ":"
      write(entry.value, indent: indent, to: &text)
    }
  }

  /// What stands behind a key.
  private static func write(_ value: Value, indent: Int, to text: inout String) {
    switch value {
    case .record(let record) where !record.isEmpty:
      text += "\n" + String(repeating: " ", count: indent + 2)
      write(record, indent: indent + 2, to: &text)
    case .list(let items) where !items.isEmpty:
      text += "\n"
      for item in items {
        text += String(repeating: " ", count: indent) + "- "
        if case .record(let record) = item, !record.isEmpty {
          write(record, indent: indent + 2, to: &text)
        } else {
          text += JSON(item).compact + "\n"
        }
      }
    default: text += " " + JSON(value).compact + "\n"
    }
  }

  private static func key(_ name: String) -> String {
    let isPlain = name.utf8.allSatisfy {
      UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0 || $0 == UInt8(ascii: "_")
        || UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 || $0 == UInt8(ascii: "-")
    }
    return isPlain && !name.isEmpty ? name : JSON.string(name).compact
  }
}
