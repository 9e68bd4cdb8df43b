import Model

/// The JSON Schemas (draft 2020-12) of manifests, for editors and other checkers, out of the field
/// tables.
///
/// They agree with the decoder as far as a schema can. It sees YAML after its scalars are typed, so
/// it cannot tell `2` from `2.0`, or the word `null` from nothing: that is allowed where the word
/// is one of a field's choices. It compares items of a list as a whole, and not by their keys.
public enum JSONSchema {
  /// The schema of one kind's documents.
  public static func schema(of kind: Kind) -> JSON {
    var definitions = SchemaDefinitions()
    let table = Table.spec(of: kind)
    var properties = definitions.properties(of: .envelope)
    replace("kind", with: .string(kind.rawValue), in: &properties)
    let spec = definitions.spec(of: kind)
    properties.append(("spec", .object([("description", .string(table.doc))] + spec)))
    return .object(
      header(kind.word, title: kind.rawValue, doc: table.doc)
        + [
          ("properties", .object(properties)),
          ("required", strings(requiredOfEnvelope + (isSpecRequired(kind) ? ["spec"] : []))),
          ("additionalProperties", .boolean(false)),
          ("$defs", definitions.json),
        ])
  }

  /// One schema for documents of every kind, which takes the fields under `spec` from the `kind`.
  public static func manifest() -> JSON {
    var definitions = SchemaDefinitions()
    let properties = definitions.properties(of: .envelope)
    let branches = Kind.allCases.map { kind -> JSON in
      let chosen: JSON = .object([
        ("properties", .object([("kind", .object([("const", .string(kind.rawValue))]))])),
        ("required", strings(["kind"])),
      ])
      var consequence: [(String, JSON)] = [
        ("properties", .object([("spec", .object(definitions.spec(of: kind)))]))
      ]
      if isSpecRequired(kind) { consequence.append(("required", strings(["spec"]))) }
      return .object([("if", chosen), ("then", .object(consequence))])
    }
    let spec = ("spec", JSON.object([("description", .string("The fields of the kind."))]))
    return .object(
      header("manifest", title: "virtspec manifest", doc: Table.envelope.doc)
        + [
          ("properties", .object(properties + [spec])), ("required", strings(requiredOfEnvelope)),
          ("additionalProperties", .boolean(false)), ("allOf", .array(branches)),
          ("$defs", definitions.json),
        ])
  }

  private static func header(_ word: String, title: String, doc: String) -> [(String, JSON)] {
    [
      ("$schema", "https://json-schema.org/draft/2020-12/schema"),
      ("$id", "https://virtspec.dev/schemas/v1/\(word).json"), ("title", title),
      ("description", doc), ("type", "object"),
    ].map { ($0.0, .string($0.1)) }
  }

  private static var requiredOfEnvelope: [String] {
    Table.envelope.fields.filter(\.required).map(\.name)
  }

  /// Whether a document without `spec` lacks something.
  static func isSpecRequired(_ kind: Kind) -> Bool {
    let table = Table.spec(of: kind)
    return table.fields.contains(where: \.required) || !table.exactlyOne.isEmpty
  }

  static func strings(_ words: [String]) -> JSON { .array(words.map(JSON.string)) }

  /// Narrows a property down to one value.
  private static func replace(
    _ name: String, with value: JSON, in properties: inout [(String, JSON)]
  ) {
    guard let index = properties.firstIndex(where: { $0.0 == name }),
      case .object(let pairs) = properties[index].1
    else { return }
    let rest = pairs.filter { $0.0 == "description" }
    properties[index].1 = .object(rest + [("const", value)])
  }
}
