// Stands in for swift-crypto, whose hundreds of C files would take longer to build than the fuzzing takes.
// A digest decides nothing about how text is read, so any function of the bytes will do.

public struct SHA256 {
  private var taken: [UInt8] = []
  public init() {}
  public mutating func update(bufferPointer: UnsafeRawBufferPointer) { taken += bufferPointer }
  public func finalize() -> [UInt8] { bytes(of: taken, count: 32) }
  public static func hash(data: some Sequence<UInt8>) -> [UInt8] { bytes(of: data, count: 32) }
}

public struct SHA512 {
  private var taken: [UInt8] = []
  public init() {}
  public mutating func update(bufferPointer: UnsafeRawBufferPointer) { taken += bufferPointer }
  public func finalize() -> [UInt8] { bytes(of: taken, count: 64) }
}

public enum Insecure {
  public enum SHA1 {
    public static func hash(data: some Sequence<UInt8>) -> [UInt8] { bytes(of: data, count: 20) }
  }
}

/// FNV-1a, and a linear congruence to make it long enough.
private func bytes(of data: some Sequence<UInt8>, count: Int) -> [UInt8] {
  var state: UInt64 = 0xcbf2_9ce4_8422_2325
  for byte in data { state = (state ^ UInt64(byte)) &* 0x100_0000_01b3 }
  return (0..<count).map { _ in
    state = state &* 6_364_136_223_846_793_005 &+ 1
    return UInt8(truncatingIfNeeded: state >> 56)
  }
}

/// The key of a stand-in.
public struct SymmetricKey: Sendable {
  public init(data: [UInt8]) {}
}

/// Digests of secrets take no part in reading.
public enum HMAC<Hash> {
  public static func authenticationCode(for data: [UInt8], using key: SymmetricKey) -> [UInt8] {
    Array(data.prefix(32))
  }
}
