/// A version of libvirt or of a hypervisor.
public struct Version: Sendable, Hashable, Comparable, CustomStringConvertible {
  public var major: Int
  public var minor: Int
  public var release: Int

  public init(_ major: Int, _ minor: Int = 0, _ release: Int = 0) {
    self.major = major
    self.minor = minor
    self.release = release
  }

  /// libvirt's number: 9000000 is 9.0.0.
  public init(number: UInt) {
    self.init(
      Int(clamping: number / 1_000_000), Int(clamping: number / 1_000 % 1_000),
      Int(clamping: number % 1_000))
  }

  /// `9`, `9.0`, `9.0.0`; nil for anything else.
  public init?(_ text: some StringProtocol) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    let numbers = parts.compactMap { part in
      part.allSatisfy { $0.isASCII && $0.isNumber } ? Int(part) : nil
    }
    guard (1...3).contains(parts.count), numbers.count == parts.count else { return nil }
    self.init(
      numbers[0], numbers.count > 1 ? numbers[1] : 0, numbers.count > 2 ? numbers[2] : 0)
  }

  public static func < (left: Version, right: Version) -> Bool {
    (left.major, left.minor, left.release) < (right.major, right.minor, right.release)
  }

  public var description: String { "\(major).\(minor).\(release)" }
}
