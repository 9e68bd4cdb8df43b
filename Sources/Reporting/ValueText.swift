import Model
import Planning

/// Values as people read them in a plan.
enum ValueText {
  static func render(_ value: Value?, unit: FieldChange.Unit = .plain) -> String {
    switch value {
    case nil: "(none)"
    case .string(let text)?: line(text)
    case .integer(let number)?:
      switch unit {
      case .plain: String(number)
      case .bytes: Quantity.sizeText(number)
      case .seconds: Quantity.durationText(number)
      }
    case .boolean(let flag)?: flag ? "true" : "false"
    case .list(let items)?: "[" + items.map { render($0) }.joined(separator: ", ") + "]"
    case .record(let record)?:
      "{"
        + record.entries.map { "\($0.name): \(render($0.value, unit: unitOfField($0.name)))" }
        .joined(separator: ", ") + "}"
    }
  }

  /// Inside a record only the field's name is known here.
  private static func unitOfField(_ name: String) -> FieldChange.Unit {
    units.sizes.contains(name) ? .bytes : units.durations.contains(name) ? .seconds : .plain
  }

  /// The names that stand for sizes and durations in the items of every table.
  private static let units: (sizes: Set<String>, durations: Set<String>) = {
    var sizes: Set<String> = []
    var durations: Set<String> = []
    var numbers: Set<String> = []
    func walk(_ type: FieldType, _ name: String, isItem: Bool) {
      switch type {
      case .record(let table, _):
        for field in table.fields { walk(field.type, field.name, isItem: isItem) }
      case .list(let item, _): walk(item, name, isItem: true)
      case .size: sizes.insert(name)
      case .duration: durations.insert(name)
      case .integer: if isItem { numbers.insert(name) }
      case .text, .choice, .boolean, .map: break
      }
    }
    for kind in Kind.allCases {
      for field in Table.spec(of: kind).fields { walk(field.type, field.name, isItem: false) }
    }
    return (sizes.subtracting(numbers), durations.subtracting(numbers))
  }()

  private static func line(_ text: String) -> String {
    if text.isEmpty { return "\"\"" }
    let first = text.prefix { $0 != "\n" }
    let shown = first.count > 100 ? first.prefix(97) + "..." : first
    return String(shown) + (first.count < text.count && first.count <= 100 ? "..." : "")
  }
}

/// Colours of a terminal, by ECMA-48 (SGR); nothing when they are off.
struct Paint {
  let isOn: Bool

  func callAsFunction(_ text: String, _ color: Color) -> String {
    isOn ? "\u{1b}[\(color.rawValue)m\(text)\u{1b}[0m" : text
  }

  enum Color: String {
    case green = "32"
    case yellow = "33"
    case red = "31"
    case cyan = "36"
    case dim = "2"
    case bold = "1"
  }
}
