import Model

/// Diagnostics as a versioned document; `schemas/diagnostics.json` describes it.
public enum DiagnosticJSON {
  /// The document, sorted by place.
  public static func document(_ diagnostics: [Diagnostic]) -> JSON {
    .object([
      ("formatVersion", .integer(1)),
      ("valid", .boolean(!diagnostics.contains { $0.severity == .error })),
      ("diagnostics", .array(DiagnosticText.sorted(diagnostics).map(diagnostic))),
    ])
  }

  private static func diagnostic(_ diagnostic: Diagnostic) -> JSON {
    .object([
      ("severity", .string(diagnostic.severity.rawValue)), ("code", .string(diagnostic.code)),
      ("message", .string(diagnostic.message)), ("place", place(diagnostic.place)),
      ("expected", JSON(diagnostic.expected)), ("suggestion", JSON(diagnostic.suggestion)),
      (
        "related",
        .array(
          diagnostic.related.map {
            .object([("place", place($0.place)), ("message", .string($0.message))])
          })
      ),
    ])
  }

  private static func place(_ place: Place?) -> JSON {
    guard let place else { return .null }
    return .object([
      ("file", .string(place.file)), ("line", .integer(Int64(place.line))),
      ("column", .integer(Int64(place.column))),
    ])
  }
}
