/// What a volume is to hold when it is made, beside its size and format.
public enum VolumeContent: Sendable, Hashable, Codable {
  /// Bytes that the plan itself has: the small disc of a first boot.
  case bytes(ContentBytes)
  /// A disk image, which is fetched when the plan is carried out.
  case image(ImageContent)
  /// A disc that virtspec makes of a few files when the plan is carried out.
  case disc(GeneratedDisc)

  /// What tells it from every other content: of an image the digest of the file as it is downloaded.
  public var digest: ContentDigest {
    switch self {
    case .bytes(let content): ContentDigest(of: content.bytes)
    case .image(let image): image.digest
    case .disc(let disc): ContentDigest(of: Array(disc.digest(salt: "").utf8))
    }
  }

  /// How many bytes the volume's file has; nil where only the download will tell.
  public var size: Int64? {
    switch self {
    case .bytes(let content): Int64(content.bytes.count)
    case .image(let image): image.size
    case .disc: nil
    }
  }

  // The names of what has no label, as saved plans have them.
  private enum BytesCodingKeys: String, CodingKey { case _0 = "base64" }
  private enum ImageCodingKeys: String, CodingKey { case _0 = "image" }
  private enum DiscCodingKeys: String, CodingKey { case _0 = "disc" }
}

/// A disk image by where it comes from and what it must be.
public struct ImageContent: Sendable, Hashable, Codable {
  /// The name of its manifest.
  public var name: String
  /// A URL, or a path on the machine that virtspec runs on.
  public var source: String
  /// Of the file as it is downloaded.
  public var digest: ContentDigest
  /// `auto`, `none`, `xz`, `gz`, `zst` or `bz2`.
  public var compression: String
  /// `qcow2` or `raw`; nil where the content tells.
  public var format: String?
  /// How many bytes the unpacked image has, where that is known before.
  public var size: Int64?
  /// The size of the disk that a guest sees, where that is known before.
  public var virtualSize: Int64?

  public init(
    name: String, source: String, digest: ContentDigest, compression: String = "auto",
    format: String? = nil, size: Int64? = nil, virtualSize: Int64? = nil
  ) {
    self.name = name
    self.source = source
    self.digest = digest
    self.compression = compression
    self.format = format
    self.size = size
    self.virtualSize = virtualSize
  }
}

/// Bytes that a saved plan has as base64.
public struct ContentBytes: Sendable, Hashable, Codable {
  public var bytes: [UInt8]

  public init(_ bytes: [UInt8]) { self.bytes = bytes }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    guard let bytes = Base64.decoded(try container.decode(String.self)) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "it is no base64")
    }
    self.bytes = bytes
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(Base64.text(bytes))
  }
}

/// Bytes as text (RFC 4648, with padding).
public enum Base64 {
  private static let digits = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  private static let padding = UInt8(ascii: "=")

  /// The text of bytes.
  public static func text(_ bytes: [UInt8]) -> String {
    var text: [UInt8] = []
    text.reserveCapacity((bytes.count + 2) / 3 * 4)
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<min(start + 3, bytes.count)]
      var bits = 0
      for (place, byte) in group.enumerated() { bits |= Int(byte) << (16 - 8 * place) }
      for place in 0..<4 {
        text.append(
          place <= group.count ? digits[bits >> (18 - 6 * place) & 63] : padding)
      }
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// The bytes of a text; nil when it is no base64.
  public static func decoded(_ text: String) -> [UInt8]? {
    let characters = Array(text.utf8)
    if characters.count % 4 != 0 { return nil }
    var values = [UInt8](repeating: 255, count: 256)
    for (value, digit) in digits.enumerated() { values[Int(digit)] = UInt8(value) }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(characters.count / 4 * 3)
    for start in stride(from: 0, to: characters.count, by: 4) {
      let group = characters[start..<start + 4]
      let missing = group.reversed().prefix { $0 == padding }.count
      if missing > 2 || missing > 0 && start + 4 < characters.count { return nil }
      var bits = 0
      for character in group.prefix(4 - missing) {
        let value = values[Int(character)]
        if value == 255 { return nil }
        bits = bits << 6 | Int(value)
      }
      bits <<= 6 * missing
      for place in 0..<3 - missing { bytes.append(UInt8(bits >> (16 - 8 * place) & 255)) }
    }
    return bytes
  }
}
