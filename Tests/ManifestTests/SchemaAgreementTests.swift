import Model
import Testing

@testable import Manifest

@Suite("JSON Schema", .enabled(if: SchemaChecker.isThere, "needs python3-jsonschema"))
struct SchemaAgreementTests {
  @Test("every schema file is a schema by the 2020-12 metaschema, with all its definitions used")
  func schemasAreValid() throws {
    let verdicts = try SchemaChecker.check([])
    // One for each kind, one for any manifest, and those of plan, drift, status,
    // diagnostics, saved plans and journals.
    #expect(verdicts.schemas.count == Kind.allCases.count + 1 + 7)
    #expect(verdicts.schemas.allSatisfy { $0 == "ok" }, "\(verdicts.schemas)")
  }

  @Test("the good fixtures are valid to the schemas and to all of virtspec's own checks")
  func goodFixtures() throws {
    let files = Repository.manifests(in: "Tests/Fixtures/good")
    #expect(files.count >= 10)
    var kinds: Set<Kind> = []
    for file in files {
      var loaded = LoadedManifests()
      ManifestLoader.add(
        try #require(Repository.read(Repository.root + "/" + file)), file: file, to: &loaded)
      kinds.formUnion(loaded.documents.map(\.kind))
      _ = ManifestBuilder.build(&loaded, stack: "test")
      #expect(
        loaded.diagnostics.isEmpty,
        "\(DiagnosticText.render(loaded.diagnostics, sources: loaded.sources))")
    }
    #expect(kinds == Set(Kind.allCases))
    let comparison = try Comparison(files: files)
    #expect(comparison.syntaxErrors.isEmpty)
    #expect(comparison.cases.allSatisfy { $0.isValid })
    comparison.expectAgreement()
  }

  @Test("the decoder and the schema of each bad fixture's documents agree")
  func badFixtures() throws {
    let comparison = try Comparison(files: Repository.manifests(in: "Tests/Fixtures/bad"))
    #expect(comparison.cases.count > 0)
    #expect(comparison.cases.contains { !$0.isValid })
    comparison.expectAgreement()
  }

  @Test("the decoder and the schema agree on every field, whatever stands there")
  func everyField() throws {
    let comparison = try Comparison(texts: SchemaProbes.all, both: false)
    #expect(comparison.cases.count > 5_000)
    #expect(comparison.cases.contains { $0.isValid })
    #expect(comparison.syntaxErrors.isEmpty)
    comparison.expectAgreement()
  }
}

/// The decoder's and the schema's opinion of some documents.
struct Comparison {
  struct Case {
    let name: String
    let json: String
    let diagnostics: [Diagnostic]
    var verdicts: [String] = []

    var isValid: Bool { diagnostics.isEmpty }
    var agrees: Bool { verdicts.allSatisfy { ($0 == "ok") == isValid } }
    /// Whether it is bad in a way that a schema cannot say.
    var isBeyondSchemas: Bool { !isValid && diagnostics.allSatisfy(Self.isBeyondSchemas) }

    private static func isBeyondSchemas(_ diagnostic: Diagnostic) -> Bool {
      let expected = diagnostic.expected ?? ""
      return switch diagnostic.code {
      // Items are compared as a whole, not by their keys.
      case "duplicate-item": true
      // An amount that is not a whole number of its base unit, or too large.
      case "out-of-range": expected.hasPrefix("a whole number of")
      // An address is known by its characters; a mode without quotes is a number, its zeros lost.
      case "wrong-format": [Format.cidr.expectation, Format.mode.expectation].contains(expected)
      // `~` and nothing are what the word `null` is, where that is a choice.
      case "wrong-type": expected.hasPrefix("one of ") && expected.contains(", null,")
      // `1.2` is a number between 1 and 2.
      case "wrong-choice": expected == "one of 2.0, 1.2"
      default: false
      }
    }
  }

  private(set) var cases: [Case] = []
  /// Files that are no YAML for us, which leaves nothing to give to a schema.
  private(set) var syntaxErrors: [String] = []

  var disagreements: [Case] { cases.filter { !$0.agrees && !$0.isBeyondSchemas } }

  var report: String {
    let beyond = cases.filter { !$0.agrees && $0.isBeyondSchemas }
    return """
      compared \(cases.count) documents, \(cases.count { $0.isValid }) of them valid; \
      \(beyond.count) are bad in ways that a schema cannot tell: \(beyond.map(\.name)); \
      no YAML: \(syntaxErrors)
      """
        + disagreements.prefix(40).map { bad in
          "\n\(bad.name): schema: \(bad.verdicts); decoder: \(bad.diagnostics.map(\.message)); "
            + bad.json.suffix(300)
        }.joined()
  }

  /// Says what was compared, since it matters how much that was.
  func expectAgreement() {
    print(report)
    #expect(disagreements.map(\.name) == [], "\(report)")
  }

  init(files: [String]) throws {
    try self.init(
      texts: files.map {
        (name: $0, bytes: try #require(Repository.read(Repository.root + "/" + $0)))
      })
  }

  /// By the schema of each document's kind, and with `both` by that of all kinds, too.
  init(texts: [(name: String, bytes: [UInt8])], both: Bool = true) throws {
    var documents: [(schema: String, json: String)] = []
    var counts: [Int] = []
    for text in texts {
      let stream = readYAML(text.bytes)
      guard stream.problems.isEmpty else {
        syntaxErrors.append(text.name)
        continue
      }
      for (index, node) in stream.documents.enumerated() {
        var decoder = Decoder(file: text.name)
        _ = decoder.document(node)
        let name = stream.documents.count == 1 ? text.name : "\(text.name)#\(index + 1)"
        let json = coreSchemaJSON(node)
        cases.append(Case(name: name, json: json, diagnostics: decoder.diagnostics))
        let kind = node["kind"]?.text.flatMap(Kind.init(rawValue:))
        let schemas = (both || kind == nil ? ["manifest"] : []) + (kind.map { [$0.word] } ?? [])
        documents += schemas.map { ($0, json) }
        counts.append(schemas.count)
      }
    }
    var verdicts = try SchemaChecker.check(documents).documents[...]
    try #require(verdicts.count == documents.count)
    for index in cases.indices {
      cases[index].verdicts = Array(verdicts.prefix(counts[index]))
      verdicts = verdicts.dropFirst(counts[index])
    }
  }
}
