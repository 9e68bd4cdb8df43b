import Execution
import Glibc
import Model

/// What the first bytes of a file tell of the disk that it holds.
public struct DiskImageHeader: Sendable, Hashable {
  /// `qcow2` or `raw`: what has no header that is known is taken for the disk itself.
  public var format: String
  /// The size of the disk that a guest sees.
  public var virtualSize: Int64
  /// What the image needs beside itself, which no single file brings along; nil for nothing.
  public var need: String?

  /// How many bytes must be looked at.
  public static let length = 104

  /// - Parameter size: of the whole file.
  public init(_ bytes: [UInt8], size: Int64) {
    guard bytes.starts(with: [0x51, 0x46, 0x49, 0xfb]), bytes.count >= 72,
      (2...3).contains(Self.integer(bytes, 4, 4))
    else {
      self.init(format: "raw", virtualSize: size)
      return
    }
    self.init(
      format: "qcow2", virtualSize: Int64(clamping: Self.integer(bytes, 24, 8)))
    // QEMU's docs/interop/qcow2.txt: the backing file's name stands at this offset; bit 2 of the incompatible
    // features says that the data is in another file.
    if Self.integer(bytes, 8, 8) != 0 {
      need = "a backing file"
    } else if Self.integer(bytes, 4, 4) == 3, bytes.count >= 80,
      Self.integer(bytes, 72, 8) & 4 != 0
    {
      need = "a data file"
    }
  }

  private init(format: String, virtualSize: Int64) {
    self.format = format
    self.virtualSize = virtualSize
  }

  /// Reads the header of a file.
  public init(path: String, size: Int64) throws(FileProblem) {
    self.init(try LocalFile.head(path, limit: Self.length), size: size)
  }

  private static func integer(_ bytes: [UInt8], _ start: Int, _ count: Int) -> UInt64 {
    bytes[start..<start + count].reduce(0) { $0 << 8 | UInt64($1) }
  }
}

/// How a file was packed, by its first bytes.
public enum Packing: String, Sendable, Hashable, CaseIterable {
  case none, xz, gz, zst, bz2

  private var magic: [UInt8] {
    switch self {
    case .none: []
    case .xz: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]
    case .gz: [0x1f, 0x8b]
    case .zst: [0x28, 0xb5, 0x2f, 0xfd]
    case .bz2: [0x42, 0x5a, 0x68]
    }
  }

  /// How a file with these first bytes was packed.
  public init(magic bytes: [UInt8]) {
    self = Self.allCases.first { $0 != .none && bytes.starts(with: $0.magic) } ?? .none
  }
}
