import Manifest
import Model
import Testing

@Suite("JSON Schema: structure")
struct JSONSchemaTests {
  private func property(_ path: [String], of kind: Kind) -> JSON? {
    var node: JSON? = JSONSchema.schema(of: kind)
    for part in path { node = node?[part] }
    return node
  }

  @Test("a table that occurs in several places is defined once, under its own name")
  func definitions() {
    guard case .object(let pairs)? = JSONSchema.manifest()["$defs"] else {
      Issue.record("no definitions")
      return
    }
    let names = pairs.map(\.0)
    #expect(Set(names).count == names.count)
    #expect(names == names.sorted())
    // Two tables of one name would show as a name with a `-` at its end.
    #expect(!names.contains { $0.hasSuffix("-") })
    #expect(names.contains("lifecycle") && names.contains("address-range"))
  }

  @Test("a size has a unit, a choice its words and an integer its range")
  func scalars() {
    let disk = ["$defs", "disk", "properties"]
    #expect(property(disk + ["size", "type"], of: .guest) == .string("string"))
    #expect(
      property(disk + ["io", "enum"], of: .guest)
        == .array(["native", "threads", "io_uring"].map(JSON.string)))
    #expect(property(disk + ["queues", "minimum"], of: .guest) == .integer(1))
    #expect(property(disk + ["bus", "default"], of: .guest) == .string("virtio"))
  }

  @Test(
    "text that YAML readers take for a number needs no quotes; an address has none to be taken for")
  func untypedText() {
    let types = ["string", "number", "boolean"].map(JSON.string)
    #expect(
      property(["$defs", "metadata", "properties", "name", "type"], of: .guest) == .array(types))
    #expect(
      property(["$defs", "interface", "properties", "mac", "type"], of: .guest) == .string("string")
    )
  }

  @Test("a scalar or a mapping may stand where a field has a short form")
  func shorthand() {
    #expect(
      property(["$defs", "guest", "properties", "cpus", "anyOf"], of: .guest)
        == .array([
          .object([
            ("type", .string("integer")), ("minimum", .integer(1)), ("maximum", .integer(65535)),
          ]), .object([("$ref", .string("#/$defs/guest-processors"))]),
        ]))
  }

  @Test("spec is required where a kind cannot do without")
  func requiredSpec() {
    let envelope = ["apiVersion", "kind", "metadata"]
    for kind in Kind.allCases {
      let required = property(["required"], of: kind)
      let expected =
        [.host, .secret, .pool, .image, .volume].contains(kind) ? envelope + ["spec"] : envelope
      #expect(required == .array(expected.map(JSON.string)), "\(kind)")
    }
  }
}

extension JSON {
  /// The value of an object's key.
  fileprivate subscript(key: String) -> JSON? {
    guard case .object(let pairs) = self else { return nil }
    return pairs.first { $0.0 == key }?.1
  }
}
