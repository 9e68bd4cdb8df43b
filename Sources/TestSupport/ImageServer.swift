import FoundationEssentials
import Glibc

/// `Tests/Lab/serve`: an HTTP server on the loopback that serves the files of a folder of its own, well or badly.
public final class ImageServer: Sendable {
  /// `http://127.0.0.1:PORT`.
  public let url: String
  /// What it serves.
  public let folder: String
  private let process: pid_t
  /// The server ends when this is closed.
  private let input: Int32

  /// What went wrong with the server itself.
  public struct Problem: Error, CustomStringConvertible {
    public let description: String
  }

  /// One request that it was asked.
  public struct Request: Sendable, Hashable, Codable {
    public var path: String
    /// The header of this name.
    public var range: String?
  }

  /// - Parameter script: the path of `Tests/Lab/serve`.
  public init(script: String) throws {
    var template = Array("/tmp/virtspec-serve-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw Problem(description: "there is no folder") }
    folder = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    // A server that had another one's end would keep that one alive, also one that is started in the moment between two
    // calls: a pipe is closed on execution by a second one, a socket from the beginning.
    var ends: [Int32] = [-1, -1]
    let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
    guard socketpair(AF_UNIX, type, 0, &ends) == 0 else {
      throw Problem(description: "there is no pair of sockets")
    }
    input = ends[0]
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, ends[1], 0)
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
    var words = [script, folder].map { (word: String) in strdup(word) }
    words.append(nil)
    defer { for word in words { free(word) } }
    var process: pid_t = 0
    let status = posix_spawn(&process, script, &actions, nil, words, environ)
    close(ends[1])
    guard status == 0 else { throw Problem(description: "\(script) cannot be started") }
    self.process = process
    var line: [UInt8] = []
    var byte: UInt8 = 0
    while read(ends[0], &byte, 1) == 1, byte != 10 { line.append(byte) }
    url = String(decoding: line, as: UTF8.self)
    guard url.hasPrefix("http://") else { throw Problem(description: "\(script) says '\(url)'") }
  }

  deinit {
    close(input)
    var status: Int32 = 0
    while waitpid(process, &status, 0) == -1, errno == EINTR {}
    try? FileManager.default.removeItem(atPath: folder)
  }

  /// Has the server serve a file, and gives its path.
  @discardableResult
  public func add(_ name: String, _ bytes: [UInt8]) throws -> String {
    try Data(bytes).write(to: URL(filePath: folder + "/" + name))
    return folder + "/" + name
  }

  /// What it was asked so far, as its own log tells.
  public func requests() throws -> [Request] {
    try JSONDecoder().decode([Request].self, from: Data(try fetch("/requests")))
  }

  /// A file over HTTP, by other means than those under test.
  private func fetch(_ name: String) throws -> [UInt8] {
    let port = UInt16(url.split(separator: ":")[2].prefix { $0.isNumber }) ?? 0
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    let status = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard status == 0 else { throw Problem(description: "no connection") }
    let request = Array("GET \(name) HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n".utf8)
    guard write(descriptor, request, request.count) == request.count else {
      throw Problem(description: "no request")
    }
    var answer: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = read(descriptor, &buffer, buffer.count)
      if count <= 0 { break }
      answer += buffer[..<count]
    }
    let text = String(decoding: answer, as: UTF8.self)
    let parts = text.split(separator: "\r\n\r\n", maxSplits: 1)
    return Array((parts.count > 1 ? parts[1] : "").utf8)
  }
}
