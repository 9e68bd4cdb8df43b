/// libvirt's units of size (`virScaleInteger`): one letter and `iB` are binary, `B` alone decimal.
public enum LibvirtUnit {
  /// Bytes of a number with libvirt's unit; without one, of the place's own default.
  public static func bytes(_ text: String, unit: String?, spelling: Spelling) -> Int64? {
    guard let number = Int64(text) else { return nil }
    let factor: Int64?
    switch unit {
    case nil:
      switch spelling {
      case .kibibytes, .bareKibibytes: factor = 1024
      default: factor = 1
      }
    case let unit?: factor = self.factor(unit)
    }
    guard let factor else { return nil }
    let (product, overflow) = number.multipliedReportingOverflow(by: factor)
    return overflow ? nil : product
  }

  private static func factor(_ unit: String) -> Int64? {
    let lower = unit.lowercased()
    if lower == "b" || lower == "bytes" || lower == "byte" { return 1 }
    guard let exponent = "kmgtpe".firstIndex(where: { $0 == lower.first }) else { return nil }
    let power = "kmgtpe".distance(from: "kmgtpe".startIndex, to: exponent) + 1
    let base: Int64
    switch lower.dropFirst() {
    case "", "ib": base = 1024
    case "b": base = 1000
    default: return nil
    }
    return (0..<power).reduce(1) { product, _ in product * base }
  }
}
