import Crypto

/// A digest of a file's content, with how it was made: `sha256:3f2a…`.
public struct ContentDigest: Sendable, Hashable, Codable, CustomStringConvertible {
  public enum Algorithm: String, Sendable, Hashable, Codable, CaseIterable {
    case sha256, sha512

    /// How many hexadecimal digits a digest has.
    public var digits: Int { self == .sha256 ? 64 : 128 }
  }

  public let algorithm: Algorithm
  /// In lower case.
  public let hexadecimal: String

  public init(_ algorithm: Algorithm, _ hexadecimal: String) {
    self.algorithm = algorithm
    self.hexadecimal = hexadecimal.lowercased()
  }

  /// Reads what `description` gives; nil for anything else.
  public init?(_ text: String) {
    let parts = text.split(separator: ":", maxSplits: 1)
    guard parts.count == 2, let algorithm = Algorithm(rawValue: String(parts[0])),
      Self.isHexadecimal(parts[1], digits: algorithm.digits)
    else { return nil }
    self.init(algorithm, String(parts[1]))
  }

  /// The digest of bytes at hand.
  public init(of bytes: [UInt8], _ algorithm: Algorithm = .sha256) {
    var hasher = ContentHasher(algorithm)
    bytes.withUnsafeBytes { hasher.update($0) }
    self = hasher.digest
  }

  public var description: String { algorithm.rawValue + ":" + hexadecimal }

  /// Enough of it to tell files apart in a name.
  public var short: String { String(hexadecimal.prefix(12)) }

  /// Whether a text is so many hexadecimal digits.
  public static func isHexadecimal(_ text: some StringProtocol, digits: Int) -> Bool {
    text.utf8.count == digits && text.allSatisfy { $0.isASCII && $0.isHexDigit }
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let digest = ContentDigest(text) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "'\(text)' is no digest")
    }
    self = digest
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}

/// Makes the digest of a content that comes in pieces.
public struct ContentHasher {
  private enum State {
    case sha256(SHA256)
    case sha512(SHA512)
  }

  private var state: State

  public init(_ algorithm: ContentDigest.Algorithm) {
    switch algorithm {
    case .sha256: state = .sha256(SHA256())
    case .sha512: state = .sha512(SHA512())
    }
  }

  /// Takes the next piece.
  public mutating func update(_ bytes: UnsafeRawBufferPointer) {
    switch state {
    case .sha256(var hash):
      hash.update(bufferPointer: bytes)
      state = .sha256(hash)
    case .sha512(var hash):
      hash.update(bufferPointer: bytes)
      state = .sha512(hash)
    }
  }

  /// The digest of what was taken so far.
  public var digest: ContentDigest {
    switch state {
    case .sha256(let hash): ContentDigest(.sha256, Self.text(hash.finalize()))
    case .sha512(let hash): ContentDigest(.sha512, Self.text(hash.finalize()))
    }
  }

  private static func text(_ digest: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    for byte in digest {
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
  }
}
