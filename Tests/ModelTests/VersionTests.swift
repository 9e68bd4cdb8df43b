import Model
import Testing

@Suite("Versions") struct VersionTests {
  @Test("libvirt's numbers, and text")
  func reading() {
    #expect(Version(number: 9_000_000) == Version(9))
    #expect(Version(number: 7_002_022).description == "7.2.22")
    #expect(Version("9.1") == Version(9, 1) && Version("") == nil && Version("9.x") == nil)
  }

  @Test(
    "a range has the versions that are meant",
    arguments: [
      (">=9.0", "9.0.0", true), (">=9.0", "8.9.9", false), ("9", "10.1.0", true),
      ("<11", "11.0.0", false), ("<11", "10.10.0", true), ("=9.0.0", "9.0.1", false),
      (">9", "9.0.1", true), ("<=9", "9.0.0", true),
    ])
  func ranges(_ range: String, _ version: String, _ isIn: Bool) throws {
    let range = try #require(VersionRange(range))
    #expect(range.contains(try #require(Version(version))) == isIn)
  }
}
