import Execution
import Model
import Planning

/// Many simulated hosts, whose calls a test watches: each tells where it begins and may be held up there.
public struct SimulatedFleet: HypervisorOpening {
  /// What a test does at the beginning of a call; it may throw in its place.
  public typealias Watch =
    @Sendable (_ host: String, _ call: String) async throws(HypervisorError) -> Void

  private let hosts: [String: SimulatedHost]
  private let watch: Watch

  /// - Parameter count: hosts `host-1`, …, at `sim:///host-1`, ….
  public init(_ count: Int, watch: @escaping Watch) {
    hosts = Dictionary(uniqueKeysWithValues: (1...count).map { ("host-\($0)", SimulatedHost()) })
    self.watch = watch
  }

  /// Hosts that a test has made, at `sim:///NAME`.
  public init(_ hosts: [String: SimulatedHost], watch: @escaping Watch) {
    self.hosts = hosts
    self.watch = watch
  }

  /// The manifests of a network on every host.
  public func manifests(stack: String) -> String {
    let head = "apiVersion: virtspec/v1\nkind: Stack\nmetadata: {name: \(stack)}\n"
    return hosts.keys.sorted().reduce(into: head) { text, name in
      text += """
        ---
        apiVersion: virtspec/v1
        kind: Host
        metadata: {name: \(name), labels: {fleet: yes}}
        spec: {uri: "sim:///\(name)"}

        """
    } + """
      ---
      apiVersion: virtspec/v1
      kind: Network
      metadata: {name: web}
      spec: {hosts: {matchLabels: {fleet: yes}}, forward: isolated}

      """
  }

  public func open(uri: String) async throws(HypervisorError) -> any Hypervisor {
    let name = String(uri.dropFirst("sim:///".count))
    guard let host = hosts[name] else {
      throw HypervisorError(.unreachable, call: "open", message: "there is no \(uri)")
    }
    try await watch(name, "open")
    return Watched(name: name, inner: host.connect(), watch: watch)
  }

  /// A connection of which every call is watched.
  private struct Watched: Hypervisor {
    let name: String
    let inner: SimulatedHypervisor
    let watch: Watch

    func observe(_ request: ObservationRequest) async throws(HypervisorError) -> ObservedHost {
      try await watch(name, "observe")
      return try await inner.observe(request)
    }

    func perform(
      _ operation: Operation, on object: ObjectID
    ) async throws(HypervisorError) -> Fingerprint? {
      try await watch(name, operation.name.rawValue)
      return try await inner.perform(operation, on: object)
    }

    func record(
      of object: ObjectID, stack: String
    ) async throws(HypervisorError) -> ObjectRecord? {
      try await watch(name, "record")
      return try await inner.record(of: object, stack: stack)
    }

    func fingerprint(
      of object: ObjectID, stack: String
    ) async throws(HypervisorError) -> Fingerprint? {
      try await watch(name, "fingerprint")
      return try await inner.fingerprint(of: object, stack: stack)
    }

    func addresses(
      ofGuest guest: String
    ) async throws(HypervisorError) -> [GuestAddress] {
      try await inner.addresses(ofGuest: guest)
    }

    func capabilities(
      of platforms: Set<GuestPlatform>
    ) async throws(HypervisorError) -> HostCapabilities {
      try await watch(name, "capabilities")
      return try await inner.capabilities(of: platforms)
    }

    func facts(_ parts: Set<HostFacts.Part>) async throws(HypervisorError) -> HostFacts {
      try await watch(name, "facts")
      return try await inner.facts(parts)
    }

    func acquireLock(_ lock: HostLock) async throws(HypervisorError) -> HostLock? {
      try await watch(name, "acquireLock")
      return try await inner.acquireLock(lock)
    }

    func releaseLock(_ lock: HostLock?) async throws(HypervisorError) -> HostLock? {
      try await watch(name, "releaseLock")
      return try await inner.releaseLock(lock)
    }

    func close() async {
      try? await watch(name, "close")
      await inner.close()
    }
  }
}

/// A place that nobody leaves before a number of tasks has come to it.
public final class Barrier: Sendable {
  private struct State {
    var missing: Int
    var waiting: [CheckedContinuation<Void, Never>] = []
  }

  private let state: Lock<State>

  public init(_ count: Int) { state = Lock(State(missing: count)) }

  /// Whether all have come.
  public var isOpen: Bool { state.withLock { $0.missing <= 0 } }

  /// Counts as one that has come, and waits for the others.
  public func arrive() async {
    await withCheckedContinuation { continuation in
      let released = state.withLock { state -> [CheckedContinuation<Void, Never>] in
        state.missing -= 1
        state.waiting.append(continuation)
        if state.missing > 0 { return [] }
        defer { state.waiting = [] }
        return state.waiting
      }
      for continuation in released { continuation.resume() }
    }
  }

  /// Waits for all without being one of them.
  public func wait() async {
    await withCheckedContinuation { continuation in
      let isOpen = state.withLock { state in
        if state.missing > 0 { state.waiting.append(continuation) }
        return state.missing <= 0
      }
      if isOpen { continuation.resume() }
    }
  }
}
