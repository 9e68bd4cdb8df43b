import Model
import Testing

@Suite("Records")
struct RecordTests {
  @Test("records are equal in any order, and hash so")
  func equality() {
    let one = Record([("a", 1), ("b", ["x", 2])])
    let two = Record([("b", ["x", 2]), ("a", 1)])
    #expect(one == two)
    #expect(Set([one, two]).count == 1)
    #expect(one != Record([("a", 1)]))
    #expect(one != Record([("a", 1), ("c", ["x", 2])]))
    #expect(one != Record([("a", 1), ("b", [2, "x"])]))
  }

  @Test("a field is set, replaced in its place and removed")
  func fields() {
    var record = Record([("a", 1), ("b", 2)])
    record["a"] = "x"
    record["c"] = true
    #expect(record.entries.map(\.name) == ["a", "b", "c"])
    #expect(record["a"] == "x")
    record["b"] = nil
    record["d"] = nil
    #expect(record.entries.map(\.name) == ["a", "c"])
    #expect(Record().isEmpty && !record.isEmpty)
    #expect(Record([("a", 1), ("a", 2)]) == Record([("a", 2)]))
  }

  @Test("values are read only as what they are")
  func access() {
    let record = Record([
      ("text", "x"), ("number", 1), ("flag", false), ("list", [["a": 1], "b", ["c": 2]]),
      ("inner", ["a": 1]),
    ])
    #expect(record.string("text") == "x" && record.string("number") == nil)
    #expect(record.integer("number") == 1 && record.integer("flag") == nil)
    #expect(record.boolean("flag") == false && record.boolean("text") == nil)
    #expect(record.records("list") == [Record([("a", 1)]), Record([("c", 2)])])
    #expect(record.records("inner") == [] && record.records("missing") == [])
    #expect(record.record("inner") == Record([("a", 1)]) && record.record("list") == nil)
  }

  @Test("an overlay wins field by field, in nested records too, and replaces lists")
  func overlay() {
    let base = Record([
      ("cpus", ["count": 1, "mode": "host-model", "topology": ["cores": 1, "threads": 1]]),
      ("disks", [["name": "vda"], ["name": "vdb"]]), ("title", "base"),
    ])
    let over = Record([
      ("cpus", ["count": 2, "topology": ["threads": 2]]), ("disks", [["name": "vdc"]]),
      ("power", "running"),
    ])
    #expect(
      base.overlaid(with: over)
        == Record([
          ("cpus", ["count": 2, "mode": "host-model", "topology": ["cores": 1, "threads": 2]]),
          ("disks", [["name": "vdc"]]), ("title", "base"), ("power", "running"),
        ]))
  }

  @Test("an overlay of another type replaces what is there, and an empty one nothing")
  func overlayOfType() {
    let base = Record([("a", ["b": 1]), ("c", 1)])
    #expect(
      base.overlaid(with: Record([("a", 2), ("c", ["d": 1])]))
        == Record([("a", 2), ("c", ["d": 1])]))
    #expect(base.overlaid(with: Record([("a", [:])])) == base)
    #expect(base.overlaid(with: Record()) == base)
  }

  @Test("a shape has every field that is declared, those of list items together")
  func shape() {
    let shape = Shape(of: Record([("disks", [["name": "vda"], ["size": 1]]), ("memory", 1)]))
    #expect(shape["disks"]?["name"] != nil && shape["disks"]?["size"] != nil)
    #expect(shape["memory"] == Shape())
    #expect(shape["cpus"] == nil && shape["disks"]?["pool"] == nil)
  }
}
