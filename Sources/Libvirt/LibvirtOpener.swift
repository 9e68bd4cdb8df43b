import CLibvirt
import Execution

/// Opens hosts through libvirt.
public struct LibvirtOpener: HypervisorOpening {
  /// Calls in flight per host. The daemon works on 5 of a client at a time by default
  /// (`max_client_requests`); what is sent beyond them waits at its door, which hides the way
  /// there. Reading 500 guests over a link of 20 ms took 2.3 s with 5, 0.8 s with 16 and 0.4 s with
  /// 32; over a local socket all take the same.
  /// Nil takes 5 on this machine and 16 elsewhere.
  public var callsInFlight: Int?
  /// How long one call may take before its host is given up, in seconds; nil waits for libvirt's
  /// own keepalive, which finds a dead host within half a minute. Creating volumes and starting
  /// guests have no such limit.
  public var timeoutSeconds: Double?
  /// Whether the connection only reads: then it does without events and keepalive, and is faster.
  /// A host that stops answering is found by `timeoutSeconds`.
  public var readsOnly: Bool
  /// Whether a host's domains are listed as soon as it is open, for an `observe` that comes within a second.
  public var listsAhead: Bool

  /// An opener.
  public init(
    callsInFlight: Int? = nil, timeoutSeconds: Double? = nil, readsOnly: Bool = false,
    listsAhead: Bool = false
  ) {
    self.callsInFlight = callsInFlight
    self.timeoutSeconds = timeoutSeconds
    self.readsOnly = readsOnly
    self.listsAhead = listsAhead
  }

  /// Does in the background what every document needs and, for a command that is `connecting`, every host: the
  /// loader takes 7 ms for libvirt's sixty libraries, in which the command line and the manifests are read.
  public static func prepare(connecting: Bool) { EventLoop.prepare(connecting: connecting) }

  /// Opens a connection on a thread of its own, so that a host that hangs holds up no other one.
  ///
  /// Throws `unreachable`, `denied` when the login was refused, or `timeout`.
  public func open(uri: String) async throws(HypervisorError) -> any Hypervisor {
    LibvirtHypervisor(connection: try await connect(uri: uri), listsAhead: listsAhead)
  }

  func connect(uri: String) async throws(HypervisorError) -> Connection {
    if Task.isCancelled {
      let message = "stopped before \(uri) was opened"
      throw HypervisorError(.cancelled, call: "virConnectOpenAuth", message: message)
    }
    let readsOnly = self.readsOnly
    if readsOnly { try EventLoop.initialize() } else { try EventLoop.start() }
    let result = await withCheckedContinuation {
      (continuation: CheckedContinuation<Result<ConnectionHandle, HypervisorError>, Never>) in
      let reply = Reply(continuation)
      let started = Thread.start {
        guard let pointer = Credentials.open(uri, interactive: Credentials.terminalIsThere) else {
          reply.resume(.failure(.last("virConnectOpenAuth", opening: true)))
          return
        }
        // Drivers without a daemon have no keepalive; nothing is lost there.
        if !readsOnly { virConnectSetKeepAlive(pointer, 5, 5) }
        // Too late: whoever asked has gone.
        if !reply.resume(.success(ConnectionHandle(pointer: pointer))) { virConnectClose(pointer) }
      }
      if !started {
        let message = "no thread to open a connection"
        reply.resume(
          .failure(HypervisorError(.unreachable, call: "pthread_create", message: message)))
      }
      expire(reply, uri)
    }
    return Connection(
      uri: uri, handle: try result.get(),
      callsInFlight: callsInFlight ?? (Self.isLocal(uri) ? 5 : 16),
      timeoutSeconds: timeoutSeconds)
  }

  /// Whether the daemon is on this machine: the URI names no host (https://libvirt.org/uri.html).
  public static func isLocal(_ uri: String) -> Bool {
    guard let colon = uri.firstIndex(of: ":") else { return true }
    return uri[colon...].hasPrefix(":///")
  }

  private func expire(_ reply: Reply<ConnectionHandle>, _ uri: String) {
    guard let timeoutSeconds else { return }
    Task.detached {
      try? await Task.sleep(for: .milliseconds(Int64(timeoutSeconds * 1000)))
      let message = "\(uri) did not answer within \(timeoutSeconds) s"
      reply.resume(
        .failure(HypervisorError(.timeout, call: "virConnectOpenAuth", message: message)))
    }
  }
}
