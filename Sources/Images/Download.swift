import CLibCurl
import Execution
import Glibc
import Model

/// How patient a download is.
public struct DownloadLimits: Sendable {
  /// Seconds that a connection may take.
  public var connectSeconds: Int
  /// Seconds without a byte after which the connection is given up.
  public var stallSeconds: Int
  /// How often a download that broke off is taken up again without having come further.
  public var attempts: Int
  /// The pause before that, in milliseconds.
  public var pauseMilliseconds: UInt32

  public init(
    connectSeconds: Int = 30, stallSeconds: Int = 60, attempts: Int = 4,
    pauseMilliseconds: UInt32 = 1000
  ) {
    self.connectSeconds = connectSeconds
    self.stallSeconds = stallSeconds
    self.attempts = attempts
    self.pauseMilliseconds = pauseMilliseconds
  }
}

/// One file that is fetched from a URL into a partial file, which a later run can take up where this one ended.
///
/// Used on one thread, which it blocks.
final class Download {
  private let url: String
  private let path: String
  private let limits: DownloadLimits
  private let agent: String
  private let monitor: TransferMonitor
  private var transfer: Transfer
  private var descriptor: Int32 = -1
  /// Bytes of the file that are there.
  private var offset: Int64 = 0
  private var failure: HypervisorError?

  /// - Parameters:
  ///   - path: of the partial file. What tells that it is still of the same file stands in `PATH.validator`.
  init(
    _ url: String, to path: String, _ subject: String, limits: DownloadLimits, agent: String,
    _ monitor: TransferMonitor
  ) {
    self.url = url
    self.path = path
    self.limits = limits
    self.agent = agent
    self.monitor = monitor
    transfer = Transfer(.download, subject)
  }

  private var validatorPath: String { path + ".validator" }

  /// Fetches what is missing. Throws `content` with the URL when the server, or the way to it, gives up.
  func run() throws(HypervisorError) {
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    if descriptor < 0 { throw .file("open", path) }
    defer { close(descriptor) }
    offset = Int64(lseek(descriptor, 0, SEEK_END))
    if offset < 0 { throw .file("lseek", path) }
    do throws(HypervisorError) {
      try fetch()
    } catch {
      monitor.report(transfer, true)
      if offset == 0 { unlink(path) }
      throw error
    }
    if fsync(descriptor) != 0 { throw .file("fsync", path) }
    unlink(validatorPath)
  }

  private func fetch() throws(HypervisorError) {
    var left = limits.attempts
    while true {
      if monitor.isStopping() { throw .stopped }
      let before = offset
      // Without the server's word for the file, what is there may be of another one.
      let validator = offset > 0 ? storedValidator : nil
      if offset > 0, validator == nil { try restart() }
      let result = request(validator)
      if let failure { throw failure }
      switch result.outcome {
      case CLIBCURL_DONE: return
      case CLIBCURL_RANGE_REFUSED where before > 0: try restart()
      case CLIBCURL_PASSING:
        // As long as it comes further, it may go on.
        left = offset > before ? limits.attempts : left - 1
        if left <= 0 { throw error(result) }
        usleep(limits.pauseMilliseconds * 1000)
      default: throw error(result)
      }
    }
  }

  private func restart() throws(HypervisorError) {
    if ftruncate(descriptor, 0) != 0 { throw .file("ftruncate", path) }
    unlink(validatorPath)
    offset = 0
  }

  private var storedValidator: String? {
    guard let bytes = try? LocalFile.read(validatorPath) else { return nil }
    // The URL stands before it: what another mirror had may differ.
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    return lines.count == 2 && lines[0] == url ? lines[1] : nil
  }

  private func request(_ validator: String?) -> clibcurl_result {
    var result = clibcurl_result()
    let context = Unmanaged.passUnretained(self).toOpaque()
    withOptionalCString(validator) { validator in
      url.withCString { url in
        agent.withCString { agent in
          var request = clibcurl_request()
          request.url = url
          request.offset = offset
          request.validator = validator
          request.connect_seconds = limits.connectSeconds
          request.stall_seconds = limits.stallSeconds
          request.agent = agent
          request.context = context
          request.begin = { context, offset, total, validator in
            Download.of(context)?.begin(
              offset, total, validator.map { String(cString: $0) }) == true ? 0 : 1
          }
          request.take = { context, bytes, count in
            Download.of(context)?.take(UnsafeRawBufferPointer(start: bytes, count: count)) == true
              ? 0 : 1
          }
          request.is_stopping = { context in Download.of(context)?.goesOn == true ? 0 : 1 }
          clibcurl_fetch(&request, &result)
        }
      }
    }
    return result
  }

  private static func of(_ context: UnsafeMutableRawPointer?) -> Download? {
    context.map { Unmanaged<Download>.fromOpaque($0).takeUnretainedValue() }
  }

  private func withOptionalCString(_ text: String?, _ body: (UnsafePointer<CChar>?) -> Void) {
    guard let text else { return body(nil) }
    text.withCString { body($0) }
  }

  private func begin(_ start: Int64, _ total: Int64, _ validator: String?) -> Bool {
    do throws(HypervisorError) {
      if start == 0, offset > 0 { try restart() }
      if lseek(descriptor, off_t(start), SEEK_SET) < 0 { throw .file("lseek", path) }
      if let validator, start == 0 {
        do throws(FileProblem) {
          try LocalFile.write("\(url)\n\(validator)\n".utf8, to: validatorPath)
        } catch {
          throw .content("write", error.description)
        }
      }
    } catch {
      failure = error
      return false
    }
    transfer.done = offset
    transfer.total = total < 0 ? nil : total
    monitor.report(transfer, false)
    return true
  }

  private func take(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var rest = bytes
    while rest.count > 0 {
      let count = write(descriptor, rest.baseAddress, rest.count)
      if count < 0, errno == EINTR { continue }
      if count < 0 {
        failure = .file("write", path)
        return false
      }
      rest = UnsafeRawBufferPointer(rebasing: rest[count...])
    }
    offset += Int64(bytes.count)
    transfer.done = offset
    monitor.report(transfer, false)
    return goesOn
  }

  private var goesOn: Bool {
    if failure == nil, monitor.isStopping() { failure = .stopped }
    return failure == nil
  }

  private func error(_ result: clibcurl_result) -> HypervisorError {
    var result = result
    let message = withUnsafeBytes(of: &result.message) { bytes in
      String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
    return .content("download", "\(url.withoutLogin) cannot be fetched: \(message)")
  }
}
