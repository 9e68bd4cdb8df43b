import Glibc
import Testing

@testable import Libvirt

@Suite("Ports that are tried", .timeLimit(.minutes(1))) struct PortProbeTests {
  /// A listener on the loopback that says something to whoever connects.
  private final class Listener {
    let port: Int
    private let descriptor: Int32
    private let banner: String
    private var clients: [Int32] = []

    /// - Parameter banner: what it says; empty for nothing.
    init(_ banner: String = "") throws {
      self.banner = banner
      descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue), 0)
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
      var size = socklen_t(MemoryLayout<sockaddr_in>.size)
      let descriptor = self.descriptor
      let isBound = withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          bind(descriptor, $0, size) == 0 && listen(descriptor, 8) == 0
            && getsockname(descriptor, $0, &size) == 0
        }
      }
      try #require(isBound)
      port = Int(UInt16(bigEndian: address.sin_port))
    }

    /// Greets who has connected.
    func serve() {
      while true {
        let client = accept(descriptor, nil, nil)
        if client < 0 { return }
        clients.append(client)
        _ = banner.withCString { send(client, $0, banner.utf8.count, Int32(MSG_NOSIGNAL)) }
      }
    }

    func end() {
      for client in clients { close(client) }
      close(descriptor)
    }
  }

  /// Looks until the state is one of those.
  private func look(
    _ probe: PortProbe, _ listener: Listener? = nil, until isWanted: (PortProbe.State) -> Bool
  ) async throws -> PortProbe.State {
    while true {
      listener?.serve()
      let state = probe.look()
      if isWanted(state) { return state }
      try Task.checkCancellation()
      await Task.yield()
    }
  }

  @Test("one that takes connections is reached")
  func reached() async throws {
    let listener = try Listener()
    defer { listener.end() }
    let probe = PortProbe(address: "127.0.0.1", port: listener.port, expectsSSH: false)
    #expect(try await look(probe) { $0 == .reached } == .reached)
  }

  @Test("one that nobody has opened is refused, and reached once it is there")
  func refused() async throws {
    let listener = try Listener()
    let port = listener.port
    listener.end()
    let probe = PortProbe(address: "127.0.0.1", port: port, expectsSSH: false)
    let state = try await look(probe) { $0 != .trying }
    #expect(state == .failed("connection refused"))
    // Another attempt does not make the reason forgotten.
    #expect(probe.look() == .failed("connection refused"))
  }

  @Test("an SSH server is known by what it says first")
  func ssh() async throws {
    let listener = try Listener("SSH-2.0-test\r\n")
    defer { listener.end() }
    let probe = PortProbe(address: "127.0.0.1", port: listener.port, expectsSSH: true)
    #expect(try await look(probe, listener) { $0 == .reached } == .reached)
  }

  @Test("another server on its port is none")
  func noSSH() async throws {
    let listener = try Listener("220 mail\r\n")
    defer { listener.end() }
    let probe = PortProbe(address: "127.0.0.1", port: listener.port, expectsSSH: true)
    let state = try await look(probe, listener) { $0 != .trying }
    #expect(state == .failed("something else than SSH answers"))
  }

  @Test("one that says nothing is not waited for within a look")
  func silent() async throws {
    let listener = try Listener()
    defer { listener.end() }
    let probe = PortProbe(address: "127.0.0.1", port: listener.port, expectsSSH: true)
    for _ in 0..<100 { #expect(probe.look() == .trying) }
  }

  @Test("what is no address fails")
  func noAddress() {
    let probe = PortProbe(address: "not an address", port: 22, expectsSSH: false)
    #expect(probe.look() == .failed("not an address is no address"))
  }
}
