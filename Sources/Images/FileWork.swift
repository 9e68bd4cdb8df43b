import CLibArchive
import Execution
import Glibc
import Model

/// Reading, checking and unpacking of files on this machine. All of it blocks.
enum FileWork {
  private static let block = 1 << 20

  /// The digest of a file, and how many bytes it has.
  static func digest(
    _ path: String, _ algorithm: ContentDigest.Algorithm, _ isStopping: () -> Bool
  ) throws(HypervisorError) -> Facts {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    if descriptor < 0 { throw .file("open", path) }
    defer { close(descriptor) }
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: block, alignment: 16)
    defer { buffer.deallocate() }
    var hasher = ContentHasher(algorithm)
    var size: Int64 = 0
    while true {
      let count = read(descriptor, buffer.baseAddress, block)
      if count < 0, errno == EINTR { continue }
      if count < 0 { throw .file("read", path) }
      if count == 0 { return Facts(size: size, digest: hasher.digest) }
      if isStopping() { throw .stopped }
      hasher.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
      size += Int64(count)
    }
  }

  /// Unpacks a file into another one, and tells what that has.
  static func unpack(
    _ path: String, to target: String, _ subject: String, _ monitor: TransferMonitor
  ) throws(HypervisorError) -> Facts {
    let descriptor = open(target, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    if descriptor < 0 { throw .file("open", target) }
    defer { close(descriptor) }
    let output = UnpackedFile(descriptor, target, Transfer(.unpack, subject), monitor)
    var message = [CChar](repeating: 0, count: 512)
    let outcome = virtspec_unpack(
      path,
      { context, bytes, count in
        guard let context else { return 1 }
        let output = Unmanaged<UnpackedFile>.fromOpaque(context).takeUnretainedValue()
        return output.take(UnsafeRawBufferPointer(start: bytes, count: count)) ? 0 : 1
      }, Unmanaged.passUnretained(output).toOpaque(), &message)
    let text = String(
      decoding: message.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    do throws(HypervisorError) {
      switch outcome {
      case VIRTSPEC_UNPACK_DONE: return try output.finish()
      case VIRTSPEC_UNPACK_ENDED: throw output.failure ?? .stopped
      case VIRTSPEC_UNPACK_MISSING:
        throw .content("unpack", "images cannot be unpacked here: \(text)")
      default: throw .content("unpack", "it cannot be unpacked: \(text)")
      }
    } catch {
      monitor.report(output.transfer, true)
      throw error
    }
  }
}

/// A file that takes what is unpacked, with holes where there are only zeroes.
private final class UnpackedFile {
  private static let grain = 1 << 16

  private let descriptor: Int32
  private let path: String
  private let monitor: TransferMonitor
  private var hasher = ContentHasher(.sha256)
  private(set) var transfer: Transfer
  private(set) var failure: HypervisorError?

  init(_ descriptor: Int32, _ path: String, _ transfer: Transfer, _ monitor: TransferMonitor) {
    self.descriptor = descriptor
    self.path = path
    self.transfer = transfer
    self.monitor = monitor
  }

  func take(_ bytes: UnsafeRawBufferPointer) -> Bool {
    hasher.update(bytes)
    for start in stride(from: 0, to: bytes.count, by: Self.grain) {
      let end = min(start + Self.grain, bytes.count)
      let part = UnsafeRawBufferPointer(rebasing: bytes[start..<end])
      if part.allSatisfy({ $0 == 0 }) { continue }
      if !write(part, at: transfer.done + Int64(start)) { return false }
    }
    transfer.done += Int64(bytes.count)
    monitor.report(transfer, false)
    if monitor.isStopping() { failure = .stopped }
    return failure == nil
  }

  private func write(_ bytes: UnsafeRawBufferPointer, at offset: Int64) -> Bool {
    var done = 0
    while done < bytes.count {
      let count = pwrite(
        descriptor, bytes.baseAddress?.advanced(by: done), bytes.count - done,
        off_t(offset) + off_t(done))
      if count < 0, errno == EINTR { continue }
      if count < 0 {
        failure = .file("write", path)
        return false
      }
      done += count
    }
    return true
  }

  func finish() throws(HypervisorError) -> Facts {
    if ftruncate(descriptor, off_t(transfer.done)) != 0 || fsync(descriptor) != 0 {
      throw .file("write", path)
    }
    transfer.total = transfer.done
    monitor.report(transfer, false)
    return Facts(size: transfer.done, digest: hasher.digest)
  }
}
