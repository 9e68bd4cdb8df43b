import Crypto

/// The value of a secret on its way from where it is kept to a host. It is never shown: whatever describes it says
/// `(secret)`.
public struct SecretValue: Sendable, Hashable {
  /// For the call that hands it to the host, and for no other.
  public let bytes: [UInt8]

  public init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The most bytes that a daemon takes (REMOTE_SECRET_VALUE_MAX of libvirt's remote_protocol.x).
  public static let limit = 65_536
  /// What is shown in its place.
  public static let placeholder = "(secret)"
}

extension SecretValue: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var description: String { Self.placeholder }
  public var debugDescription: String { Self.placeholder }
  public var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}

extension SecretTexts {
  /// Texts as the reading of a guest brings them: one value for all.
  public init?(_ value: SecretValue) {
    guard let record = Record(canonicalJSON: String(decoding: value.bytes, as: UTF8.self)) else {
      return nil
    }
    self.init()
    for entry in record.entries { self[entry.name] = entry.value.string }
  }

  /// All of them as one value.
  public var value: SecretValue {
    SecretValue(
      Array(
        Record(unique: texts.map { Record.Entry(name: $0.key, value: .string($0.value)) })
          .canonicalJSON.utf8))
  }
}

/// What tells whether a secret has a value without telling the value: `hmac-sha256:ROUNDS:SALT:DIGEST`.
public struct SecretDigest: Sendable, Hashable, Codable {
  /// As the ledger keeps it.
  public let text: String

  /// A digest that was kept.
  public init(text: String) { self.text = text }

  /// The digest of a value. The rounds make it costly to try words, in case that somebody reads the ledger.
  ///
  /// - Parameter isKept: whether it is written down anywhere. One that is only compared is cheap.
  public init(of value: SecretValue, salt: String, isKept: Bool = true) {
    text = Self.text(value, salt: salt, rounds: isKept ? Self.rounds : 1)
  }

  /// Whether the value is the one that it was made of. One of another form matches nothing.
  public func matches(_ value: SecretValue) -> Bool {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 4, parts[0] == Self.name, let rounds = Int(parts[1]),
      (1...1_000_000).contains(rounds)
    else { return false }
    return text == Self.text(value, salt: String(parts[2]), rounds: rounds)
  }

  /// What it was salted with; nil for one of another form.
  public var salt: String? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    return parts.count == 4 ? String(parts[2]) : nil
  }

  /// A salt that nobody had before.
  public static func newSalt() -> String {
    var generator = SystemRandomNumberGenerator()
    return (0..<2).map { _ in
      let digits = String(generator.next() as UInt64, radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }.joined()
  }

  public init(from decoder: any Decoder) throws {
    text = try decoder.singleValueContainer().decode(String.self)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text)
  }

  private static let name = "hmac-sha256"
  private static let rounds = 4096

  /// Digests of this run, by a plain hash of what they were made of: planning again asks for the same ones.
  private static let known = Lock<[String: String]>([:])
  private static let mostKnown = 1024

  private static func text(_ value: SecretValue, salt: String, rounds: Int) -> String {
    let question = "\(name):\(rounds):\(salt):"
    let key = (Array(question.utf8) + value.bytes).withUnsafeBytes { Digest.sha256($0, length: 64) }
    if let text = known.withLock({ $0[key] }) { return text }
    let text = question + digits(value, salt: salt, rounds: rounds)
    known.withLock { known in
      if known.count >= mostKnown { known = [:] }
      known[key] = text
    }
    return text
  }

  private static func digits(_ value: SecretValue, salt: String, rounds: Int) -> String {
    let key = SymmetricKey(data: Array(salt.utf8))
    var digest = Array(HMAC<SHA256>.authenticationCode(for: value.bytes, using: key))
    for _ in 1..<rounds { digest = Array(HMAC<SHA256>.authenticationCode(for: digest, using: key)) }
    return digest.withUnsafeBytes { Digest.sha256($0) }
  }
}

/// A value that a secret of the host is to get. Saved plans and journals have its digest alone.
public struct SecretAssignment: Sendable, Hashable, Codable {
  public var uuid: String
  public var digest: SecretDigest
  /// Nil where it came out of a file; it is read anew, and compared with the digest.
  public var value: SecretValue?

  public init(uuid: String, digest: SecretDigest, value: SecretValue?) {
    self.uuid = uuid
    self.digest = digest
    self.value = value
  }

  private enum CodingKeys: String, CodingKey { case uuid, digest }
}

/// What could be read of the value of a Secret manifest, by those who may read it.
public enum SecretReading: Sendable, Hashable {
  /// The salt is for a new digest.
  case value(SecretValue, salt: String)
  /// Why not.
  case failed(String)
  /// Nobody looked: what the host has is taken for right. Only for plans that are not carried out.
  case unread
}

/// What a libvirt secret is for, which tells it from all others of its host.
public struct SecretUsage: Sendable, Hashable, CustomStringConvertible {
  /// `ceph`, `iscsi`, `tls`, `volume` or `vtpm`.
  public var type: String
  public var id: String

  public init(type: String, id: String) {
    self.type = type
    self.id = id
  }

  /// The usage in the spec of a secret.
  public init?(_ spec: Record) {
    guard let entry = spec.record("usage")?.entries.first, let id = entry.value.string else {
      return nil
    }
    self.init(type: entry.name, id: id)
  }

  /// What virtspec keeps for itself: ledgers and locks.
  public static let ownPrefix = "virtspec/"
  /// Whether it is one of virtspec's own, which nobody manages.
  public var isOwn: Bool { id.hasPrefix(Self.ownPrefix) }

  /// `ceph/client.libvirt`.
  public var description: String { "\(type)/\(id)" }
}
