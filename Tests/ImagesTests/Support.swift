import Execution
import FoundationEssentials
import Glibc
import Images
import Model
import TestSupport
import Testing

/// A server and a cache of a test's own.
final class Site: Sendable {
  let server: ImageServer
  let cache: ImageCache
  /// Content that is no disk image but a raw one.
  static let content = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ $0 >> 8) }
  static let digest = ContentDigest(of: content)

  /// For how long the server may say nothing. It may be slow on a busy machine, where only a test of silence is
  /// impatient.
  let stallSeconds: Int

  init(stallSeconds: Int = 60) throws {
    self.stallSeconds = stallSeconds
    let root = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    server = try ImageServer(script: root + "/Tests/Lab/serve")
    cache = ImageCache(folder: server.folder + "/cache/images")
    try server.add("disk.img", Self.content)
  }

  var limits: DownloadLimits {
    DownloadLimits(
      connectSeconds: 60, stallSeconds: stallSeconds, attempts: 2, pauseMilliseconds: 1)
  }

  func store() -> ImageStore { ImageStore(cache: cache, limits: limits, agent: "test") }

  func image(
    _ path: String, _ digest: ContentDigest = Site.digest, compression: String = "auto",
    format: String? = nil
  ) -> ImageContent {
    ImageContent(
      name: "debian", source: path.hasPrefix("/tmp") ? path : server.url + path, digest: digest,
      compression: compression, format: format)
  }

  /// The bytes that an image comes to.
  func bytes(_ image: ImageContent) async throws -> [UInt8] {
    let content = try await store().file(of: image)
    let bytes = try LocalFile.read(content.path)
    #expect(Int64(bytes.count) == content.size)
    #expect(ContentDigest(of: bytes, content.digest.algorithm) == content.digest)
    return bytes
  }

  /// The error that an image comes to.
  func refusal(_ image: ImageContent) async -> HypervisorError? {
    do throws(HypervisorError) {
      _ = try await store().file(of: image)
      return nil
    } catch {
      return error
    }
  }

  /// What is in the cache, without locks.
  func kept() -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: cache.folder)) ?? []
    return names.filter { !$0.hasSuffix(".lock") }.map {
      String($0.split(separator: ".").last ?? "")
    }
    .sorted()
  }

  /// The ranges that the server was asked for, of everything but its log.
  func ranges() throws -> [String?] {
    try server.requests().map(\.range)
  }
}
