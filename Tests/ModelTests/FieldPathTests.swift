import Foundation
import Model
import Testing

@Suite("Paths of fields") struct FieldPathTests {
  @Test("a path reads again as it was written, plain ones as text")
  func coding() throws {
    let paths: [FieldPath] = [
      "firmware.loader",
      FieldPath([.field("disks"), .item(Record([("name", "v.[a]")])), .field("cache")]),
      FieldPath([.field("videos"), .place(2)]),
    ]
    let data = try JSONEncoder().encode(paths)
    #expect(try JSONDecoder().decode([FieldPath].self, from: data) == paths)
    #expect(String(decoding: data, as: UTF8.self).hasPrefix(#"["firmware.loader",["disks""#))
  }
}
