import Model

// What a decoder's complaints call things.

extension YAMLNode {
  /// Whether it is a scalar without quotes.
  var isPlain: Bool { if case .scalar(_, .plain) = content { true } else { false } }
  /// What a message adds about quotes.
  var quotes: String { isPlain ? "" : " in quotes" }
  /// Whether it is the word `null` itself, which is text where text is wanted.
  var isWord: Bool { text == "null" }
}

/// `one of a, b, c`, or the only word.
func oneOf(_ words: [String]) -> String {
  words.count == 1 ? words[0] : "one of " + words.joined(separator: ", ")
}

/// `'a', 'b' and 'c'`.
func quoted(_ words: [String], _ last: String) -> String {
  let words = words.map { "'\($0)'" }
  guard words.count > 1 else { return words.joined() }
  return words.dropLast().joined(separator: ", ") + " \(last) " + words[words.count - 1]
}

extension Field {
  /// What a manifest without the field is told to have.
  var wanted: String {
    if case .choice = type, let example = type.example { return example }
    let sentence = doc.hasSuffix(".") ? String(doc.dropLast()) : doc
    // `DNS name` keeps its capitals.
    let isWord = sentence.dropFirst().first?.isUppercase == false
    return isWord ? sentence.prefix(1).lowercased() + sentence.dropFirst() : sentence
  }
}

extension String {
  /// For messages: one line, not too long.
  var shortened: String {
    let line = prefix { !$0.isNewline }
    return line.count > 60
      ? line.prefix(57) + "..." : String(line) + (line.count < count ? "..." : "")
  }
}

extension FieldType {
  /// What a message calls it.
  public var noun: String {
    switch self {
    case .text: "text"
    case .choice: "a word"
    case .integer: "a whole number"
    case .boolean: "true or false"
    case .size: "a size"
    case .duration: "a duration"
    case .list: "a list"
    case .record: "a mapping"
    case .map: "a mapping of text to text"
    }
  }

  /// What would be right, in words.
  public var example: String? {
    switch self {
    case .text(let format): format.expectation
    case .choice(let words): oneOf(words)
    case .integer(let range):
      range.upperBound == .max
        ? "\(range.lowerBound) or more" : "\(range.lowerBound) to \(range.upperBound)"
    case .boolean: "true or false"
    case .size: "a number with a unit, such as 2GiB"
    case .duration: "a number with a unit, such as 90s"
    case .list: "items that begin with '- '"
    case .record, .map: nil
    }
  }
}

extension Value {
  /// The value on one line, for messages.
  var text: String {
    switch self {
    case .string(let text): text
    case .integer(let number): String(number)
    case .boolean(let flag): flag ? "true" : "false"
    case .list(let items): "[" + items.map(\.text).joined(separator: ", ") + "]"
    case .record(let record):
      "{" + record.entries.map { "\($0.name): \($0.value.text)" }.joined(separator: ", ") + "}"
    }
  }
}
