import Model
import Planning

/// How far a download or an upload has come.
public struct Transfer: Sendable, Hashable {
  public enum Direction: String, Sendable, Hashable {
    case download, unpack, upload
  }

  public var direction: Direction
  /// What is under way, and where to: `image debian-12`, `volume/default/debian.qcow2 on kvm-a`.
  public var subject: String
  /// Bytes so far.
  public var done: Int64
  /// Bytes in all, where that is known.
  public var total: Int64?

  public init(_ direction: Direction, _ subject: String, done: Int64 = 0, total: Int64? = nil) {
    self.direction = direction
    self.subject = subject
    self.done = done
    self.total = total
  }
}

/// Stands beside the transfers of a run: hears how far each has come, and says when they are to stop. Its closures
/// are called on the threads that move the bytes. A class, because closures as a task's local value end the optimised
/// program of Swift 6.3.
public final class TransferMonitor: Sendable {
  /// The one of the running command.
  @TaskLocal public static var current = TransferMonitor()

  /// Called for each block, and once for a transfer that failed.
  public let report: @Sendable (Transfer, _ failed: Bool) -> Void
  /// Whether a transfer that goes on is to be given up: what it has made is done anew by the next run.
  public let isStopping: @Sendable () -> Bool

  public init(
    report: @escaping @Sendable (Transfer, _ failed: Bool) -> Void = { _, _ in },
    isStopping: @escaping @Sendable () -> Bool = { false }
  ) {
    self.report = report
    self.isStopping = isStopping
  }
}

/// Content as a file on this machine, as it goes into a volume.
public struct LocalContent: Sendable, Hashable {
  public var path: String
  public var size: Int64
  /// Of the file: what is read from it while it is uploaded must come to this.
  public var digest: ContentDigest

  public init(path: String, size: Int64, digest: ContentDigest) {
    self.path = path
    self.size = size
    self.digest = digest
  }
}

/// Gets images to this machine.
public protocol ContentProviding: Sendable {
  /// The image as a file, whole, checked and unpacked.
  func file(of image: ImageContent) async throws(HypervisorError) -> LocalContent
}

/// Where a run gets images from.
public enum Contents {
  /// The one of the running command; nil where there is none.
  @TaskLocal public static var provider: (any ContentProviding)?

  /// The image as a file on this machine.
  public static func file(of image: ImageContent) async throws(HypervisorError) -> LocalContent {
    guard let provider else {
      throw HypervisorError(
        .content, call: "download", message: "nothing here can fetch image '\(image.name)'")
    }
    return try await provider.file(of: image)
  }
}
