import Model

/// What `virtspec explain` says about a kind or a field, out of the field tables.
public enum Explanation {
  /// The explanation of a path: `guest`, `guest.disks.cache` or `guest.disks[].cache`.
  ///
  /// The kind may be in any case, and `spec` may stand before its fields. The failure names the
  /// nearest kind or field.
  public static func text(path: String) -> Result<String, Diagnostic> {
    let parts = path.split(separator: ".").map(name)
    let word = parts.first ?? ""
    guard let kind = Kind(word: word) else { return .failure(unknownKind(word)) }
    var names = parts.dropFirst()
    if names.first == "spec" { names = names.dropFirst() }
    guard !names.isEmpty else { return .success(ExplanationText.text(of: kind)) }
    return find(Array(names), kind).map { ExplanationText.text(of: $0) }
  }

  /// A part of the path without `[]`, `[0]` or `[vda]`: all items of a list have the same fields.
  private static func name(_ part: Substring) -> String {
    guard part.hasSuffix("]"), let bracket = part.firstIndex(of: "[") else { return String(part) }
    return String(part[..<bracket])
  }

  private static func find(_ names: [String], _ kind: Kind) -> Result<FieldPlace, Diagnostic> {
    var table = Table.spec(of: kind)
    if Table.envelope[names[0]] != nil { table = .envelope }
    var place = XMLPlace(kind)
    var path = ""
    for (index, name) in names.enumerated() {
      let owner = path.isEmpty ? kind.rawValue : "'\(kind.word).\(path)'"
      guard let field = table[name] else {
        return .failure(unknownField(name, of: owner, in: table, at: [kind.word, path]))
      }
      path +=
        (path.isEmpty ? "" : ".") + name
        + (field.type.table != nil && field.type.isList ? "[]" : "")
      if index == names.count - 1 {
        return .success(FieldPlace(kind: kind, path: path, field: field, xml: place))
      }
      place = place.nested(field)
      guard let next = field.type.table else {
        return .failure(
          Diagnostic(
            code: "unknown-field", "'\(kind.word).\(path)' has no fields: it is \(field.type.noun)",
            suggestion: "\(kind.word).\(path)"))
      }
      table = next
    }
    return .failure(unknownField("", of: kind.rawValue, in: table, at: [kind.word]))
  }

  /// What is said of a word that names no kind.
  public static func unknownKind(_ word: String) -> Diagnostic {
    let words = Kind.allCases.map(\.word)
    return Diagnostic(
      code: "unknown-kind", "there is no kind '\(word.shortened)'",
      expected: "one of " + words.joined(separator: ", "),
      suggestion: Nearest.word(to: word, among: words))
  }

  private static func unknownField(
    _ name: String, of owner: String, in table: Table, at path: [String]
  ) -> Diagnostic {
    let names = table.fields.map(\.name)
    let prefix = path.filter { !$0.isEmpty }.joined(separator: ".")
    let expected =
      switch names.count {
      case 0: "no field at all"
      case ...12: "one of " + names.joined(separator: ", ")
      default: "one of those that 'virtspec explain \(prefix)' lists"
      }
    return Diagnostic(
      code: "unknown-field", "\(owner) has no field '\(name.shortened)'",
      expected: expected,
      suggestion: Nearest.word(to: name, among: names).map { "\(prefix).\($0)" })
  }
}

/// A field, and how one gets to it.
struct FieldPlace {
  let kind: Kind
  /// From the kind: `disks[].cache`.
  let path: String
  let field: Field
  /// Where the record that has the field stands.
  let xml: XMLPlace
}
