import Execution
import Glibc
import Model

/// Finds out before a plan is made what an image is: its digest, and what is known of its content already. Nothing is
/// downloaded but lists of digests.
public actor ImageFinder {
  /// What is asked for.
  public struct Question: Sendable, Hashable {
    public var name: String
    public var source: ImageSource
    /// As declared.
    public var digest: ContentDigest?
    /// Where a list of digests is.
    public var checksums: ImageSource?
    public var compression: String
    public var format: String?

    public init(
      name: String, source: ImageSource, digest: ContentDigest?, checksums: ImageSource?,
      compression: String, format: String?
    ) {
      self.name = name
      self.source = source
      self.digest = digest
      self.checksums = checksums
      self.compression = compression
      self.format = format
    }
  }

  /// Why it cannot be told.
  public struct Problem: Error, Sendable {
    public var message: String
    public var expected: String
    /// The field that it is about.
    public var field: String

    public init(message: String, expected: String, field: String) {
      self.message = message
      self.expected = expected
      self.field = field
    }
  }

  private let cache: ImageCache
  private let limits: DownloadLimits
  private let agent: String
  private var lists: [ImageSource: Result<ChecksumFile, HypervisorError>] = [:]

  public init(cache: ImageCache, limits: DownloadLimits = DownloadLimits(), agent: String) {
    self.cache = cache
    self.limits = limits
    self.agent = agent
  }

  /// What an image is to hold.
  public func content(_ question: Question) async throws(Problem) -> ImageContent {
    let digest = try await digest(question)
    var content = ImageContent(
      name: question.name, source: question.source.text, digest: digest,
      compression: question.compression, format: question.format)
    guard let local = local(question, digest) else { return content }
    content.size = local.size
    if let header = try? DiskImageHeader(path: local.path, size: local.size) {
      content.format = content.format ?? header.format
      content.virtualSize = header.virtualSize
    }
    return content
  }

  /// The unpacked image, where it is on this machine.
  private func local(
    _ question: Question, _ digest: ContentDigest
  ) -> (path: String, size: Int64)? {
    if case .file(let path) = question.source, let size = FileStamp(path)?.size {
      let packing = (try? LocalFile.head(path, limit: 8)).map(Packing.init(magic:))
      if question.compression == "none" || packing == Packing.none { return (path, size) }
    }
    return cache.content(digest).map { ($0.path, $0.size) }
  }

  private func digest(_ question: Question) async throws(Problem) -> ContentDigest {
    if case .file(let path) = question.source, FileStamp(path) == nil {
      let exists = access(path, F_OK) == 0
      throw Problem(
        message: "'\(path)' \(exists ? "is no file" : "does not exist")",
        expected: "a file that is there, named from the manifest's own folder", field: "source")
    }
    if let digest = question.digest { return digest }
    if let checksums = question.checksums {
      return try await listed(question, in: checksums)
    }
    guard case .file(let path) = question.source else {
      throw Problem(
        message: "it has no digest", expected: "'sha256', 'sha512' or 'checksums'", field: "source")
    }
    do throws(HypervisorError) {
      return try await measured(path)
    } catch {
      throw Problem(message: error.message, expected: "a file that can be read", field: "source")
    }
  }

  private func listed(
    _ question: Question, in source: ImageSource
  ) async throws(Problem) -> ContentDigest {
    let list: ChecksumFile
    do throws(HypervisorError) {
      list = try await checksums(source)
    } catch {
      throw Problem(
        message: error.message,
        expected: "a file such as SHA256SUMS that can be fetched now, or 'sha256: …' instead of it",
        field: "checksums")
    }
    if let digest = list.digest(of: question.source.fileName) { return digest }
    let near = Nearest.word(to: question.source.fileName, among: list.names)
    let hint = near.map { "; did you mean '\($0)'?" } ?? ""
    throw Problem(
      message:
        "\(source.text.withoutLogin) has no digest of '\(question.source.fileName)'\(hint)",
      expected: "a SHA-256 or SHA-512 beside the name of the source's file", field: "checksums")
  }

  private func checksums(_ source: ImageSource) async throws(HypervisorError) -> ChecksumFile {
    if let known = lists[source] { return try known.get() }
    let (limits, agent) = (self.limits, self.agent)
    let result: Result<ChecksumFile, HypervisorError>
    do throws(HypervisorError) {
      result = .success(
        try await Blocking.run { () throws(HypervisorError) in
          ChecksumFile(try Self.text(source, limits, agent))
        })
    } catch {
      result = .failure(error)
    }
    lists[source] = result
    return try result.get()
  }

  /// Lists of digests are short: what is longer is something else.
  private static let listLimit = 4 << 20

  private static func text(
    _ source: ImageSource, _ limits: DownloadLimits, _ agent: String
  ) throws(HypervisorError) -> String {
    switch source {
    case .file(let path):
      do throws(FileProblem) {
        return String(decoding: try LocalFile.head(path, limit: listLimit), as: UTF8.self)
      } catch {
        throw .content("read", error.description)
      }
    case .url(let url):
      var template = Array("/tmp/virtspec-checksums-XXXXXX".utf8CString)
      let descriptor = mkstemp(&template)
      if descriptor < 0 { throw .file("mkstemp", "/tmp") }
      close(descriptor)
      let path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
      defer {
        unlink(path)
        unlink(path + ".validator")
      }
      try Download(url, to: path, "checksums", limits: limits, agent: agent, TransferMonitor())
        .run()
      return try text(.file(path), limits, agent)
    }
  }

  /// The digest of a file, which is read only when it is another one than before.
  private func measured(_ path: String) async throws(HypervisorError) -> ContentDigest {
    let cache = self.cache
    return try await Blocking.run { () throws(HypervisorError) in
      let place = cache.folder + "/file-" + Digest.sha256(path, length: 32) + ".facts"
      if let bytes = try? LocalFile.read(place),
        let facts = Facts(String(decoding: bytes, as: UTF8.self)), facts.stamp == FileStamp(path)
      {
        return facts.digest
      }
      let stamp = FileStamp(path)
      var facts = try FileWork.digest(path, .sha256) { false }
      facts.stamp = stamp
      // Where it cannot be kept, it is read again.
      try? cache.make()
      if stamp == FileStamp(path) { try? LocalFile.write(facts.text.utf8, to: place) }
      return facts.digest
    }
  }
}
