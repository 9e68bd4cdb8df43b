import Foundation
import Model
import Planning
import TestSupport
import Testing

@Suite("the schemas of machine-readable output list every word that Swift has")
struct SchemaEnumTests {
  /// Where a schema lists words, and the words.
  static let lists: [(place: String, words: [String])] = [
    ("plan/$defs/step/properties/action", Action.allCases.map(\.rawValue)),
    ("plan/$defs/step/properties/disruption", Disruption.allCases.map(\.rawValue)),
    (
      "plan/$defs/step/properties/blocked/properties/code",
      Blockage.Code.allCases.map(\.rawValue)
    ),
    ("plan/$defs/change/properties/origin", Origin.allCases.map(\.rawValue)),
    ("plan/$defs/change/properties/side", FieldChange.Side.allCases.map(\.rawValue)),
    ("plan/$defs/object/properties/kind", Kind.allCases.map(\.rawValue)),
    (
      "doctor/$defs/finding/properties/level",
      Finding.Level.allCases.map(\.rawValue)
    ),
    ("drift/$defs/change/properties/origin", Origin.allCases.map(\.rawValue)),
    ("drift/$defs/change/properties/side", FieldChange.Side.allCases.map(\.rawValue)),
    ("drift/$defs/object/properties/kind", Kind.allCases.map(\.rawValue)),
    (
      "status/properties/objects/items/properties/power",
      // Volumes have no power.
      PowerState.allCases.map(\.rawValue) + [""]
    ),
    (
      "status/properties/objects/items/properties/addressDetails/items/properties/source",
      GuestAddress.Source.allCases.map(\.rawValue)
    ),
    ("status/$defs/object/properties/kind", Kind.allCases.map(\.rawValue)),
    (
      "saved-plan/$defs/operation/propertyNames",
      Planning.Operation.Name.allCases.map(\.rawValue)
    ),
    (
      "run-event/$defs/operation/propertyNames",
      Planning.Operation.Name.allCases.map(\.rawValue)
    ),
    (
      "run-event/$defs/step/properties/blocked/properties/code",
      Blockage.Code.allCases.map(\.rawValue)
    ),
    ("run-event/$defs/step/properties/action", Action.allCases.map(\.rawValue)),
    ("run-event/$defs/object/properties/kind", Kind.allCases.map(\.rawValue)),
    ("saved-plan/$defs/step/properties/action", Action.allCases.map(\.rawValue)),
    ("saved-plan/$defs/step/properties/disruption", Disruption.allCases.map(\.rawValue)),
    (
      "saved-plan/$defs/step/properties/blocked/properties/code",
      Blockage.Code.allCases.map(\.rawValue)
    ),
    ("saved-plan/$defs/change/properties/origin", Origin.allCases.map(\.rawValue)),
    ("saved-plan/$defs/change/properties/side", FieldChange.Side.allCases.map(\.rawValue)),
    ("saved-plan/$defs/object/properties/kind", Kind.allCases.map(\.rawValue)),
  ]

  @Test("and no other", arguments: lists)
  func words(_ place: String, _ words: [String]) throws {
    let parts = place.split(separator: "/").map(String.init)
    let file = URL(filePath: repository + "schemas/\(parts[0]).json")
    var node = try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any]
    for name in parts.dropFirst() { node = node?[name] as? [String: Any] }
    let listed = try #require(node?["enum"] as? [String])
    #expect(listed.sorted() == words.sorted())
  }
}
