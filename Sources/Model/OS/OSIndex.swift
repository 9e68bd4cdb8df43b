/// Finds operating systems by what people call them: short identifiers and URIs.
public struct OSIndex: Sendable {
  /// Places in a list by identifier.
  private let places: [String: Int]

  /// - Parameter names: of each place, every identifier that means it.
  public init(_ names: [[String]]) {
    var places: [String: Int] = [:]
    for (place, identifiers) in names.enumerated() {
      for identifier in identifiers where places[identifier] == nil { places[identifier] = place }
    }
    self.places = places
  }

  /// What an identifier finds.
  public enum Match: Sendable, Hashable {
    case exact(Int)
    /// The newest version before the one that was asked for.
    case older(Int)
    case none(suggestion: String?)
  }

  public subscript(identifier: String) -> Match {
    if let place = places[identifier] { return .exact(place) }
    if let place = older(than: identifier) { return .older(place) }
    // A URI would swamp the short identifiers by its length.
    let isURI = identifier.contains("://")
    let candidates = places.keys.filter { $0.contains("://") == isURI }.sorted()
    return .none(suggestion: Nearest.word(to: identifier, among: candidates))
  }

  /// `debian12` where there is `debian11`: a version by numbers behind the same word.
  private func older(than identifier: String) -> Int? {
    guard let wanted = Versioned(identifier) else { return nil }
    let earlier = places.compactMap { name, place -> (Versioned, Int)? in
      guard let found = Versioned(name), found.stem == wanted.stem, found.version < wanted.version
      else { return nil }
      return (found, place)
    }
    return earlier.max { $0.0.version < $1.0.version }?.1
  }

  /// An identifier that ends in a version.
  private struct Versioned {
    let stem: Substring
    let version: Version

    init?(_ identifier: String) {
      let digits = identifier.reversed().prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
      guard !digits.isEmpty, digits.count < identifier.count else { return nil }
      stem = identifier.dropLast(digits.count)
      let numbers = identifier.suffix(digits.count).split(
        separator: ".", omittingEmptySubsequences: false
      )
      .map { Int($0) }
      guard !numbers.contains(nil) else { return nil }
      version = Version(numbers: numbers.compactMap { $0 })
    }
  }

  private struct Version: Comparable {
    let numbers: [Int]
    static func < (left: Version, right: Version) -> Bool {
      left.numbers.lexicographicallyPrecedes(right.numbers)
    }
  }
}
