import Model
import Testing

@Suite("Sizes and durations")
struct QuantityTests {
  private static let sizes: [(String, Int64)] = [
    ("0B", 0), ("10B", 10), ("1KiB", 1024), ("512MiB", 536_870_912), ("2GiB", 2_147_483_648),
    ("2 GiB", 2_147_483_648), ("1.5GiB", 1_610_612_736), ("3TiB", 3_298_534_883_328),
    ("1PiB", 1_125_899_906_842_624),
    ("1kB", 1_000), ("1KB", 1_000), ("500MB", 500_000_000), ("1.25GB", 1_250_000_000),
    ("1TB", 1_000_000_000_000), ("1PB", 1_000_000_000_000_000), ("0.5KiB", 512),
    ("9223372036854775807B", 9_223_372_036_854_775_807), ("8191PiB", 9_222_246_136_947_933_184),
  ]

  private static let texts: [(Int64, String)] = [
    (0, "0B"), (1, "1B"), (1023, "1023B"), (1024, "1KiB"), (1536, "1536B"),
    (1_610_612_736, "1536MiB"),
    (2_147_483_648, "2GiB"), (5_497_558_138_880, "5TiB"), (1_125_899_906_842_624, "1PiB"),
    (500_000_000, "500000000B"),
    (9_223_372_036_854_775_807, "9223372036854775807B"),
  ]

  @Test(
    "sizes are read with their units",
    arguments: sizes)
  func size(_ text: String, _ bytes: Int64) throws {
    #expect(try Quantity.size(text) == bytes)
  }

  @Test(
    "a size comes back from its shortest spelling",
    arguments: texts)
  func sizeRoundTrip(_ bytes: Int64, _ text: String) throws {
    #expect(Quantity.sizeText(bytes) == text)
    #expect(try Quantity.size(text) == bytes)
  }

  @Test("a bare number has no unit", arguments: ["2", "2048", "1.5", "2 "])
  func missingUnit(_ text: String) {
    #expect(throws: Quantity.Problem.missingUnit) { try Quantity.size(text) }
    #expect(throws: Quantity.Problem.missingUnit) { try Quantity.duration(text) }
  }

  @Test(
    "of an unknown unit, the nearest one is known",
    arguments: [
      ("2G", "GiB"), ("2Gi", "GiB"), ("2gib", "GiB"), ("2gb", "GB"), ("512m", "MiB"),
      ("512M", "MiB"), ("4K", "KiB"), ("1t", "TiB"), ("7b", "B"), ("2 mib", "MiB"),
    ])
  func nearestUnit(_ text: String, _ nearest: String) {
    let unit = String(text.drop { $0.isNumber || $0 == " " })
    #expect(throws: Quantity.Problem.unknownUnit(unit, nearest: nearest)) {
      try Quantity.size(text)
    }
  }

  @Test("a unit that is like none has no nearest one")
  func unknownUnit() {
    #expect(throws: Quantity.Problem.unknownUnit("XiB", nearest: nil)) {
      try Quantity.size("2XiB")
    }
    #expect(throws: Quantity.Problem.unknownUnit("sec", nearest: "s")) {
      try Quantity.duration("90sec")
    }
    #expect(throws: Quantity.Problem.unknownUnit("weeks", nearest: nil)) {
      try Quantity.duration("2weeks")
    }
  }

  @Test(
    "what is no number is malformed",
    arguments: [
      "", "GiB", "-2GiB", "+2GiB", ".5GiB", "2,5GiB", "2GiB!", "two", "1.2.3GiB", "0x10B",
    ])
  func malformed(_ text: String) {
    #expect(throws: Quantity.Problem.malformed) { try Quantity.size(text) }
  }

  @Test(
    "fractions of a byte, and what does not fit in 63 bits, are out of range",
    arguments: [
      "1.5B", "0.1KiB", "8192PiB", "9223372036854775808B", "99999999999999999999GiB",
      "9223372036854775807.9KiB",
    ])
  func outOfRange(_ text: String) {
    #expect(throws: Quantity.Problem.outOfRange) { try Quantity.size(text) }
  }

  @Test(
    "durations are read with their units, and come back",
    arguments: [
      ("0s", 0), ("90s", 90), ("2m", 120), ("61m", 3_660), ("2h", 7_200), ("25h", 90_000),
      ("3d", 259_200),
    ])
  func duration(_ text: String, _ seconds: Int64) throws {
    #expect(try Quantity.duration(text) == seconds)
    #expect(Quantity.durationText(seconds) == text)
  }

  @Test("durations are whole seconds")
  func wholeSeconds() throws {
    #expect(try Quantity.duration("1.5m") == 90)
    #expect(throws: Quantity.Problem.outOfRange) { try Quantity.duration("1.5s") }
  }
}
