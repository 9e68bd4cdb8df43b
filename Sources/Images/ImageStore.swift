import Execution
import Glibc
import Model

/// Brings images to this machine, each once however many hosts want it.
public actor ImageStore: ContentProviding {
  private let cache: ImageCache
  private let limits: DownloadLimits
  private let agent: String
  private var underWay: [ContentDigest: Task<Result<LocalContent, HypervisorError>, Never>] = [:]

  public init(cache: ImageCache, limits: DownloadLimits = DownloadLimits(), agent: String) {
    self.cache = cache
    self.limits = limits
    self.agent = agent
  }

  /// The image as a file, whole, checked and unpacked.
  public func file(of image: ImageContent) async throws(HypervisorError) -> LocalContent {
    if let task = underWay[image.digest] { return try await task.value.get() }
    let work = ImageWork(
      image: image, cache: cache, limits: limits, agent: agent, monitor: .current)
    let task = Task { () async -> Result<LocalContent, HypervisorError> in
      do throws(HypervisorError) {
        return .success(
          try await Blocking.run { () throws(HypervisorError) in try work.content() })
      } catch {
        return .failure(error)
      }
    }
    underWay[image.digest] = task
    let result = await task.value
    // Another attempt may go better.
    if case .failure = result { underWay[image.digest] = nil }
    return try result.get()
  }
}

/// One image on its way to this machine. Blocks.
struct ImageWork: Sendable {
  let image: ImageContent
  let cache: ImageCache
  let limits: DownloadLimits
  let agent: String
  let monitor: TransferMonitor

  private var subject: String { "image \(image.name)" }

  /// The image, from the cache or from where it comes from.
  func content() throws(HypervisorError) -> LocalContent {
    guard let source = ImageSource(image.source) else {
      throw .content("download", "\(image.source.withoutLogin) is no URL of http, https or file")
    }
    // Whether it can be unpacked is seen at its first bytes. What needs no unpacking is uploaded from where it is.
    if case .file(let path) = source, try packing(of: path) == .none {
      return try local(path)
    }
    if let content = cache.content(image.digest) { return try fitting(content) }
    try cache.make()
    return try cache.whileHolding(image.digest, isStopping: monitor.isStopping) {
      () throws(HypervisorError) in
      // Another run may have brought it meanwhile.
      if let content = cache.content(image.digest) { return try fitting(content) }
      cache.dropUnused()
      return try brought(source)
    }
  }

  private func local(_ path: String) throws(HypervisorError) -> LocalContent {
    let facts = try FileWork.digest(path, image.digest.algorithm, monitor.isStopping)
    try check(facts, path)
    return try fitting(LocalContent(path: path, size: facts.size, digest: facts.digest))
  }

  private func brought(_ source: ImageSource) throws(HypervisorError) -> LocalContent {
    let part = cache.path(image.digest, "part")
    let packed: String
    switch source {
    case .file(let path): packed = path
    case .url(let url):
      try Download(url, to: part, subject, limits: limits, agent: agent, monitor).run()
      packed = part
    }
    let facts = try FileWork.digest(packed, image.digest.algorithm, monitor.isStopping)
    do throws(HypervisorError) {
      try check(facts, source.text)
    } catch {
      // Nothing of it can be of use.
      unlink(part)
      throw error
    }
    let packing = try packing(of: packed)
    guard packing != .none else {
      // The digest of the download is that of the image.
      try fits(packed, facts.size)
      try cache.keep(packed, facts, image.digest)
      return LocalContent(
        path: cache.path(image.digest, "image"), size: facts.size, digest: facts.digest)
    }
    let target = cache.path(image.digest, "unpacked")
    let unpacked: Facts
    do throws(HypervisorError) {
      unpacked = try FileWork.unpack(packed, to: target, subject, monitor)
      try fits(target, unpacked.size)
    } catch {
      unlink(target)
      throw error.about(source.text)
    }
    try cache.keep(target, unpacked, image.digest)
    unlink(part)
    return LocalContent(
      path: cache.path(image.digest, "image"), size: unpacked.size, digest: unpacked.digest)
  }

  private func check(_ facts: Facts, _ source: String) throws(HypervisorError) {
    if facts.digest == image.digest { return }
    throw .content(
      "checksum",
      """
      \(source.withoutLogin) is not what image '\(image.name)' declares: \(image.digest.algorithm.rawValue) \
      \(image.digest.hexadecimal) is expected, and its \(facts.size) bytes have \(facts.digest.hexadecimal)
      """)
  }

  private func packing(of path: String) throws(HypervisorError) -> Packing {
    if image.compression == "none" { return .none }
    let head: [UInt8]
    do throws(FileProblem) {
      head = try LocalFile.head(path, limit: 8)
    } catch {
      throw .content("read", error.description)
    }
    let found = Packing(magic: head)
    if image.compression == "auto" || image.compression == found.rawValue { return found }
    throw .content(
      "unpack",
      "\(image.source.withoutLogin) is not packed with \(image.compression), as image '\(image.name)' declares"
    )
  }

  private func fitting(_ content: LocalContent) throws(HypervisorError) -> LocalContent {
    try fits(content.path, content.size)
    return content
  }

  /// Whether a disk can be made of the file alone, and is of the declared format.
  private func fits(_ path: String, _ size: Int64) throws(HypervisorError) {
    let header: DiskImageHeader
    do throws(FileProblem) {
      header = try DiskImageHeader(path: path, size: size)
    } catch {
      throw .content("read", error.description)
    }
    if size == 0 { throw .content("image", "\(image.source.withoutLogin) is empty") }
    if let need = header.need {
      throw .content(
        "image",
        "\(image.source.withoutLogin) needs \(need): make one image of both with 'qemu-img convert'"
      )
    }
    if let format = image.format, format != header.format {
      throw .content(
        "image",
        "\(image.source.withoutLogin) is \(header.format), and image '\(image.name)' declares \(format)"
      )
    }
  }
}

extension HypervisorError {
  /// The same with what it is about in front.
  fileprivate func about(_ source: String) -> HypervisorError {
    var copy = self
    if code == .content { copy.message = "\(source.withoutLogin): \(message)" }
    return copy
  }
}
