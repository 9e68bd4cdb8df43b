/// Sizes in bytes and durations in seconds, as manifests spell them.
public enum Quantity {
  /// Units of size in bytes: binary with `i`, decimal without (IEC 80000-13).
  public static let sizeUnits: [(name: String, bytes: Int64)] = [
    ("B", 1), ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("TiB", 1 << 40),
    ("PiB", 1 << 50),
    ("kB", 1_000), ("KB", 1_000), ("MB", 1_000_000), ("GB", 1_000_000_000),
    ("TB", 1_000_000_000_000),
    ("PB", 1_000_000_000_000_000),
  ]

  /// Units of duration in seconds.
  public static let durationUnits: [(name: String, seconds: Int64)] = [
    ("s", 1), ("m", 60), ("h", 3_600), ("d", 86_400),
  ]

  /// What went wrong with a quantity.
  public enum Problem: Error, Sendable, Hashable {
    /// A bare number.
    case missingUnit
    /// A unit that is none; the nearest one if there is any.
    case unknownUnit(String, nearest: String?)
    /// No number at all.
    case malformed
    /// Not a whole number of bytes or seconds, or too large.
    case outOfRange
  }

  /// Bytes of `2GiB`, `1.5 GiB`, `500MB`.
  public static func size(_ text: String) throws(Problem) -> Int64 {
    let (number, unit) = try split(text)
    if unit.isEmpty { throw .missingUnit }
    guard let factor = sizeUnits.first(where: { $0.name == unit })?.bytes else {
      throw .unknownUnit(unit, nearest: nearestSizeUnit(unit))
    }
    return try multiply(number, factor)
  }

  /// Seconds of `90s`, `5m`, `2h`.
  public static func duration(_ text: String) throws(Problem) -> Int64 {
    let (number, unit) = try split(text)
    if unit.isEmpty { throw .missingUnit }
    guard let factor = durationUnits.first(where: { $0.name == unit })?.seconds else {
      throw .unknownUnit(unit, nearest: durationUnits.first { unit.hasPrefix($0.name) }?.name)
    }
    return try multiply(number, factor)
  }

  /// The shortest exact spelling of a size: `2GiB`, `1536MiB`, `10B`.
  public static func sizeText(_ bytes: Int64) -> String {
    for (name, factor) in sizeUnits[...5].reversed() where bytes != 0 && bytes % factor == 0 {
      return "\(bytes / factor)\(name)"
    }
    return "\(bytes)B"
  }

  /// The shortest exact spelling of a duration.
  public static func durationText(_ seconds: Int64) -> String {
    for (name, factor) in durationUnits.reversed() where seconds != 0 && seconds % factor == 0 {
      return "\(seconds / factor)\(name)"
    }
    return "\(seconds)s"
  }

  /// `2G`, `2Gi` and `2gib` mean `2GiB` to most who write them.
  private static func nearestSizeUnit(_ unit: String) -> String? {
    let lower = unit.lowercased()
    if let same = sizeUnits.first(where: { $0.name.lowercased() == lower }) { return same.name }
    return sizeUnits.first { $0.name.lowercased().hasPrefix(lower) }?.name
  }

  private typealias Decimal = (whole: Int64, fraction: Int64, scale: Int64)

  private static func split(_ text: String) throws(Problem) -> (Decimal, String) {
    var whole: Int64 = 0
    var fraction: Int64 = 0
    var scale: Int64 = 1
    var digits = 0
    var inFraction = false
    var rest = Substring(text)
    while let character = rest.utf8.first {
      if character == UInt8(ascii: "."), !inFraction, digits > 0 {
        inFraction = true
      } else if (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(character) {
        digits += 1
        let digit = Int64(character - UInt8(ascii: "0"))
        let (product, overflow) = (inFraction ? fraction : whole).multipliedReportingOverflow(
          by: 10)
        let (sum, carry) = product.addingReportingOverflow(digit)
        if overflow || carry || scale > 1_000_000_000 { throw .outOfRange }
        if inFraction {
          fraction = sum
          scale *= 10
        } else {
          whole = sum
        }
      } else {
        break
      }
      rest = rest.dropFirst()
    }
    if digits == 0 { throw .malformed }
    let unit = rest.drop { $0 == " " }
    if unit.utf8.contains(where: { !isLetter($0) }) { throw .malformed }
    return ((whole, fraction, scale), String(unit))
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
  }

  private static func multiply(_ number: Decimal, _ factor: Int64) throws(Problem) -> Int64 {
    let (whole, overflow) = number.whole.multipliedReportingOverflow(by: factor)
    let (part, partOverflow) = number.fraction.multipliedReportingOverflow(by: factor)
    if overflow || partOverflow || part % number.scale != 0 { throw .outOfRange }
    let (sum, carry) = whole.addingReportingOverflow(part / number.scale)
    if carry { throw .outOfRange }
    return sum
  }
}
