import CLibvirt
import Execution
import Model
import Planning

/// What a wait knows from its guest's start on.
struct BegunWait: Sendable {
  let events: GuestEvents
  let console: ConsoleListener
  var before: GuestLook.Before

  init() {
    events = GuestEvents()
    console = ConsoleListener(events: events)
    before = GuestLook.Before()
  }

  /// Starts a guest, and notes what the wait for it must know: its leases from before, and every line of its console.
  /// Between the start and the wait's turn there may be many other calls, and the guest may have done everything that
  /// it is waited for.
  static func start(
    _ domain: virDomainPtr, _ look: GuestLook
  ) throws(HypervisorError) -> BegunWait {
    var wait = BegunWait()
    wait.before.leases = try look.formerLeases(domain)
    try Guests.start(domain)
    wait.before.consoleTrouble = look.listen(domain, wait.console)
    return wait
  }

  /// Lets go of everything, on a worker thread.
  func end(_ connection: virConnectPtr) {
    console.close()
    events.unsubscribe(connection)
  }
}

/// Waits that begin with the start of their guests, by the guests' names.
final class BegunWaits: Sendable {
  private struct State {
    var expected: [String: Readiness] = [:]
    var begun: [String: BegunWait] = [:]
  }

  private let state = Lock(State())

  func expect(_ readiness: Readiness, _ name: String) {
    state.withLock { $0.expected[name] = readiness }
  }

  /// How a guest will be looked at; nil where nobody waits for it.
  func look(_ name: String) -> GuestLook? {
    state.withLock { $0.expected[name] }.map { GuestLook($0) }
  }

  /// Keeps a wait until its turn comes.
  func keep(_ wait: BegunWait, _ name: String) {
    state.withLock { $0.begun[name] = wait }
  }

  func take(_ name: String) -> BegunWait? {
    state.withLock { $0.begun.removeValue(forKey: name) }
  }

  /// Those whose turn did not come.
  func takeAll() -> [BegunWait] {
    state.withLock { state in
      defer { state.begun = [:] }
      return Array(state.begun.values)
    }
  }
}
