import Glibc

/// Tries to reach a TCP port without ever blocking: each look does as much as can be done at once.
final class PortProbe {
  /// How far the attempt is.
  enum State: Sendable, Hashable {
    case trying
    case reached
    /// Why not, so far.
    case failed(String)
  }

  /// What an SSH server says first.
  private static let sshBanner = Array("SSH-".utf8)
  /// How long one attempt may take: the system's own repetitions come ever later.
  private static let patience = Duration.seconds(3)

  private let address: String
  private let port: Int
  private let expectsSSH: Bool
  private var descriptor: Int32 = -1
  private var isConnected = false
  private var begin = ContinuousClock.now
  private var lastFailure: String?

  /// - Parameter expectsSSH: whether what answers must be an SSH server.
  init(address: String, port: Int, expectsSSH: Bool) {
    self.address = address
    self.port = port
    self.expectsSSH = expectsSSH
  }

  deinit { end() }

  /// Begins an attempt, or looks what became of it.
  func look() -> State {
    if descriptor < 0 { return connectAnew() }
    if !isConnected {
      var event = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
      if poll(&event, 1, 0) <= 0 { return unlessStale("no answer") }
      var problem: Int32 = 0
      var size = socklen_t(MemoryLayout<Int32>.size)
      getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &problem, &size)
      if problem != 0 { return fail(Self.words(problem)) }
      isConnected = true
    }
    return expectsSSH ? lookForBanner() : reached()
  }

  private func lookForBanner() -> State {
    var bytes = [UInt8](repeating: 0, count: 256)
    let count = recv(descriptor, &bytes, bytes.count, Int32(MSG_DONTWAIT))
    if count > 0 {
      return bytes[..<count].starts(with: Self.sshBanner)
        ? reached() : fail("something else than SSH answers")
    }
    if count == 0 { return fail("it closes the connection") }
    if errno == EAGAIN || errno == EINTR { return unlessStale("connected, and no word of SSH") }
    return fail(Self.words(errno))
  }

  private func connectAnew() -> State {
    var hints = addrinfo()
    hints.ai_flags = AI_NUMERICHOST
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var list: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo(address, String(port), &hints, &list) == 0, let found = list else {
      return fail("\(address) is no address")
    }
    defer { freeaddrinfo(list) }
    let type = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
    descriptor = socket(found.pointee.ai_family, type, 0)
    if descriptor < 0 { return fail(Self.words(errno)) }
    begin = .now
    if connect(descriptor, found.pointee.ai_addr, found.pointee.ai_addrlen) == 0 {
      isConnected = true
      return expectsSSH ? lookForBanner() : reached()
    }
    return errno == EINPROGRESS ? underWay : fail(Self.words(errno))
  }

  private func reached() -> State {
    end()
    return .reached
  }

  private func fail(_ why: String) -> State {
    end()
    lastFailure = why
    return .failed(why)
  }

  private func unlessStale(_ why: String) -> State {
    if ContinuousClock.now - begin > Self.patience { return fail(why) }
    return underWay
  }

  /// What became of the attempt before tells more than that another one was begun.
  private var underWay: State { lastFailure.map(State.failed) ?? .trying }

  private func end() {
    if descriptor >= 0 { close(descriptor) }
    descriptor = -1
    isConnected = false
  }

  private static func words(_ number: Int32) -> String {
    strerror(number).map { String(cString: $0).lowercased() } ?? "error \(number)"
  }
}
