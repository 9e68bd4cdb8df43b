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
      (1...9).contains(part.utf8.count) && part.utf8.allSatisfy(\.isDigit) ? Int(part) : nil
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

/// Versions that are meant: `>=9.0`, `<11`, `=9.0.0`. A version alone means that one and newer ones.
public struct VersionRange: Sendable, Hashable {
  private let comparison: String
  private let version: Version

  /// Nil when the text is no comparison with a version.
  public init?(_ text: String) {
    let comparison = text.prefix { "<>=".contains($0) }
    guard ["", ">=", "<=", ">", "<", "="].contains(comparison),
      let version = Version(text.dropFirst(comparison.count))
    else { return nil }
    self.comparison = String(comparison)
    self.version = version
  }

  /// Whether a version is one of them.
  public func contains(_ other: Version) -> Bool {
    switch comparison {
    case "<": other < version
    case "<=": other <= version
    case ">": other > version
    case "=": other == version
    default: other >= version
    }
  }
}

/// Names of hypervisors' drivers, as manifests have them.
public enum HypervisorName {
  public static let words = [
    "qemu", "xen", "esx", "vpx", "lxc", "ch", "bhyve", "vbox", "vz", "hyperv", "test",
  ]

  /// The word for what `virConnectGetType` says.
  public static func word(_ type: String) -> String {
    switch type.lowercased() {
    case "cloud-hypervisor": "ch"
    case "hyper-v": "hyperv"
    case let other: other
    }
  }
}
