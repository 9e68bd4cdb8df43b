import Crypto

/// Digests and the identifiers derived from them.
public enum Digest {
  /// The SHA-256 of a text in lower-case hexadecimal; `length` digits of it.
  public static func sha256(_ text: String, length: Int = 64) -> String {
    var text = text
    return text.withUTF8 {
      hexadecimal(SHA256.hash(data: UnsafeRawBufferPointer($0)), length: length)
    }
  }

  /// The SHA-256 of bytes in lower-case hexadecimal; `length` digits of it.
  public static func sha256(_ bytes: UnsafeRawBufferPointer, length: Int = 64) -> String {
    hexadecimal(SHA256.hash(data: bytes), length: length)
  }

  /// virtspec's own namespace for name-based UUIDs: the UUIDv5 of its metadata namespace in the URL
  /// namespace of RFC 9562.
  private static let namespace: [UInt8] = nameBased(
    Array(Ownership.namespace.utf8),
    in: [
      0x6b, 0xa7, 0xb8, 0x11, 0x9d, 0xad, 0x11, 0xd1, 0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30,
      0xc8,
    ])

  /// The UUIDv5 of a stack's object: the same on every run and every host, so that ownership can be told
  /// without a state file.
  public static func uuid(stack: String, kind: Kind, name: String) -> String {
    let bytes = nameBased(Array("\(stack)/\(kind.word)/\(name)".utf8), in: namespace)
    let text = hexadecimal(bytes, length: 32)
    var result = ""
    for (index, character) in text.enumerated() {
      if [8, 12, 16, 20].contains(index) { result.append("-") }
      result.append(character)
    }
    return result
  }

  /// A MAC address in QEMU's range (52:54:00) that follows from a guest and an interface.
  public static func mac(stack: String, host: String, guest: String, interface: String) -> String {
    let digest = sha256("\(stack)/\(host)/\(guest)/\(interface)", length: 6)
    var result = "52:54:00"
    for (index, character) in digest.enumerated() {
      if index % 2 == 0 { result.append(":") }
      result.append(character)
    }
    return result
  }

  private static func nameBased(_ name: [UInt8], in namespace: [UInt8]) -> [UInt8] {
    var bytes = Array(Insecure.SHA1.hash(data: namespace + name).prefix(16))
    bytes[6] = bytes[6] & 0x0f | 0x50
    bytes[8] = bytes[8] & 0x3f | 0x80
    return bytes
  }

  private static func hexadecimal(_ digest: some Sequence<UInt8>, length: Int) -> String {
    let digits: StaticString = "0123456789abcdef"
    var text: [UInt8] = []
    text.reserveCapacity(64)
    for byte in digest {
      text.append(digits.utf8Start[Int(byte >> 4)])
      text.append(digits.utf8Start[Int(byte & 15)])
    }
    return String(decoding: text.prefix(length), as: UTF8.self)
  }
}
