import Model

extension FieldType {
  /// The keywords for a scalar; none for lists and records.
  var scalarSchema: [(String, JSON)] {
    switch self {
    case .text(let format): format.schema
    case .choice(let words): Self.schema(of: words)
    case .integer(let range):
      [
        ("type", .string("integer")), ("minimum", .integer(range.lowerBound)),
        ("maximum", .integer(range.upperBound)),
      ]
    case .boolean: [("type", .string("boolean"))]
    case .size: Self.quantity(Quantity.sizeUnits.map(\.name), "2GiB or 500MB")
    case .duration: Self.quantity(Quantity.durationUnits.map(\.name), "90s or 5m")
    case .map:
      [
        ("type", .string("object")),
        (
          "additionalProperties",
          .object([("type", JSONSchema.strings(["string", "number", "boolean"]))])
        ),
      ]
    case .list, .record: []
    }
  }

  /// A number with its unit. The first unit is the base, of which there are only whole ones.
  private static func quantity(_ units: [String], _ example: String) -> [(String, JSON)] {
    let base = units.prefix(1).map { "[0-9]+(\\.0{0,10})? *" + $0 }
    let others = "[0-9]+(\\.[0-9]{0,10})? *(" + units.dropFirst().joined(separator: "|") + ")"
    return [
      ("type", .string("string")),
      ("pattern", .string("^(" + (base + [others]).joined(separator: "|") + ")$")),
      (
        "patternErrorMessage", .string("expected a number with a unit, such as \(example)")
      ),
    ]
  }

  /// Words, with what YAML makes of those that look like something else when they have no quotes.
  private static func schema(of words: [String]) -> [(String, JSON)] {
    var values = words.map(JSON.string)
    var fractions: [JSON] = []
    for word in words {
      switch word {
      case "null": values.append(.null)
      case "true", "false": values.append(.boolean(word == "true"))
      default:
        let parts = word.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, let whole = Int64(parts[0]),
          parts.dropFirst().allSatisfy({ $0.utf8.allSatisfy(\.isASCIIDigit) })
        else { continue }
        if parts.dropFirst().allSatisfy({ $0.utf8.allSatisfy { $0 == UInt8(ascii: "0") } }) {
          values.append(.integer(whole))
        } else {
          // Whole numbers are all that these documents are written with, so a fraction is a range.
          fractions.append(
            .object([
              ("type", .string("number")), ("exclusiveMinimum", .integer(whole)),
              ("exclusiveMaximum", .integer(whole + 1)),
            ]))
        }
      }
    }
    let exact: (String, JSON) = ("enum", .array(values))
    return fractions.isEmpty ? [exact] : [("anyOf", .array([.object([exact])] + fractions))]
  }
}

extension Format {
  /// The keywords for a text of the format.
  fileprivate var schema: [(String, JSON)] {
    // Text is text to the decoder without quotes, too, so an editor must not complain about
    // `name: 123`. What it takes is asked of the check itself.
    var types = ["string"]
    if mayLookLikeNumber {
      if accepts("1.5") {
        types.append("number")
      } else if accepts("100") {
        types.append("integer")
      }
      if accepts("true") { types.append("boolean") }
    }
    var pairs: [(String, JSON)] = [
      ("type", types.count == 1 ? .string(types[0]) : JSONSchema.strings(types))
    ]
    if let pattern { pairs.append(("pattern", .string(pattern))) }
    if pattern != nil, let expectation {
      pairs.append(("patternErrorMessage", .string("expected " + expectation)))
    }
    if types.count > 1, !accepts("-100") { pairs.append(("minimum", .integer(0))) }
    let maxima: [Format: Int64] = [.mode: 7777, .filterMask: 128, .filterNumber: 4_294_967_295]
    if let maximum = maxima[self] { pairs.append(("maximum", .integer(maximum))) }
    if self == .address || self == .filterAddress {
      var families = ["ipv4", "ipv6"].map { JSON.object([("format", .string($0))]) }
      if self == .filterAddress { families.append(.object([("pattern", .string("^\\$."))])) }
      pairs.append(("anyOf", .array(families)))
    }
    return pairs
  }
}

extension UInt8 {
  fileprivate var isASCIIDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
}
