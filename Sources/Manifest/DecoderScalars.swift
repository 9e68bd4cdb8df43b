import Model

// Single values: text, words, numbers, and numbers with a unit.
extension Decoder {
  /// A single value of the type; nil after a complaint.
  mutating func scalar(_ text: String, _ node: YAMLNode, _ type: FieldType, name: String)
    -> Value?
  {
    switch type {
    case .text(let format):
      if format.accepts(text) { return .string(text) }
      report(
        "wrong-format", "'\(name)' cannot be \(shown(text))", node.start,
        expected: format.expectation)
    case .choice(let words):
      if words.contains(text) { return .string(text) }
      report(
        "wrong-choice", "'\(name)' cannot be '\(text.shortened)'", node.start,
        expected: oneOf(words),
        suggestion: Nearest.word(to: text, among: words))
    case .integer(let range):
      guard node.isPlain, let number = Int64(text), text.first != "+" else {
        report(
          "wrong-type", "'\(name)' needs a whole number, found '\(text.shortened)'\(node.quotes)",
          node.start, expected: node.isPlain ? type.example : "the number without quotes")
        return nil
      }
      if range.contains(number) { return .integer(number) }
      report("out-of-range", "'\(name)' cannot be \(number)", node.start, expected: type.example)
    case .boolean:
      if node.isPlain, text == "true" { return .boolean(true) }
      if node.isPlain, text == "false" { return .boolean(false) }
      let meant = [
        "yes": "true", "on": "true", "y": "true", "no": "false", "off": "false", "n": "false",
      ]
      let near = meant[text.lowercased()] ?? Nearest.word(to: text, among: ["true", "false"])
      report(
        "wrong-type", "'\(name)' needs true or false, found '\(text.shortened)'\(node.quotes)",
        node.start, expected: "true or false" + (node.isPlain ? "" : ", without quotes"),
        suggestion: near == text ? nil : near)
    case .size: return quantity(text, node, name, "bytes", "2GiB or 500MB", Quantity.size)
    case .duration: return quantity(text, node, name, "seconds", "90s or 5m", Quantity.duration)
    case .list, .record, .map: break
    }
    return nil
  }

  private mutating func quantity(
    _ text: String, _ node: YAMLNode, _ name: String, _ unit: String, _ example: String,
    _ parse: (String) throws(Quantity.Problem) -> Int64
  ) -> Value? {
    do throws(Quantity.Problem) {
      return .integer(try parse(text))
    } catch {
      switch error {
      case .missingUnit:
        report(
          "missing-unit", "'\(name)' has no unit: '\(text.shortened)'", node.start,
          expected: "a number with a unit, such as \(example)")
      case .unknownUnit(let unit, let nearest):
        let number = text.dropLast(unit.count)
        report(
          "unknown-unit", "'\(name)' has the unknown unit '\(unit.shortened)'", node.start,
          expected: "a number with a unit, such as \(example)",
          suggestion: nearest.map { number + $0 })
      case .malformed:
        report(
          "wrong-format", "'\(name)' cannot be '\(text.shortened)'", node.start,
          expected: "a number with a unit, such as \(example)")
      case .outOfRange:
        report(
          "out-of-range", "'\(name)' cannot be '\(text.shortened)'", node.start,
          expected: "a whole number of \(unit), less than 2^63 of them")
      }
      return nil
    }
  }
}
