import CLibvirt
import Execution
import LibvirtXML
import Model
import Planning

/// Waits until a guest is ready, then strikes off that it is owed.
///
/// Events tell of the guest's end, of its agent and of its console; leases and ports are looked for, ever less often.
/// The console is listened to all the while, also where nothing of it is waited for: its last lines say why a guest did
/// not come up.
struct ReadinessWait: Sendable {
  let name: String
  let readiness: Readiness

  static let call = "wait"
  private static let firstInterval = Duration.milliseconds(200)
  private static let longestInterval = Duration.seconds(2)

  init(_ name: String, _ readiness: Readiness) {
    self.name = name
    self.readiness = readiness
  }

  /// Throws `notReady` when the time is over or the guest stopped, `cancelled` when the run was stopped.
  func run(on hypervisor: LibvirtHypervisor) async throws(HypervisorError) {
    let begun = hypervisor.waits.take(name)
    let parts = begun ?? BegunWait()
    do throws(HypervisorError) {
      try await wait(on: hypervisor, parts.events, parts.console, begun?.before)
    } catch {
      await end(parts, on: hypervisor)
      throw error
    }
    await end(parts, on: hypervisor)
    let settled = readiness.settled
    try await hypervisor.withGuest(name, "virDomainSetMetadata") {
      domain throws(HypervisorError) in
      try Guests.record(settled, VIR_DOMAIN_AFFECT_CONFIG, domain)
    }
  }

  private func end(_ parts: BegunWait, on hypervisor: LibvirtHypervisor) async {
    // A connection that is gone took both with it.
    try? await hypervisor.connection.call("virStreamAbort") { connection in parts.end(connection) }
  }

  private func wait(
    on hypervisor: LibvirtHypervisor, _ events: GuestEvents, _ console: ConsoleListener,
    _ begun: GuestLook.Before?
  ) async throws(HypervisorError) {
    var conditions = try AwaitedConditions(readiness)
    let look = GuestLook(readiness)
    let begin = ContinuousClock.now
    let before: GuestLook.Before
    do throws(HypervisorError) {
      try hypervisor.checkCancellation(Self.call)
      before = try await hypervisor.withGuest(name, "virDomainGetXMLDesc", isLong: true) {
        domain throws(HypervisorError) in
        events.subscribe(.lifecycle, domain)
        events.subscribe(.agent, domain)
        if let begun { return begun }
        return try look.begin(domain, console)
      }
    } catch {
      throw explained(error, conditions, console, since: begin)
    }
    conditions.consoleTrouble = before.consoleTrouble
    var told: String?
    let isReady: Bool?
    do throws(HypervisorError) {
      isReady = try await events.wait(
        every: Self.firstInterval, upTo: Self.longestInterval, seconds: readiness.timeoutSeconds
      ) { event throws(HypervisorError) -> Bool? in
        conditions.look(at: console.takeFresh())
        if event != .console {
          let needs = conditions.needs
          let view = try await hypervisor.withGuest(name, "virDomainGetState", isLong: true) {
            domain throws(HypervisorError) in
            try look.again(domain, needs, since: before, console)
          }
          if let end = view.end { throw failure("it \(end)", conditions, console, since: begin) }
          conditions.look(at: view)
          if view.hasNoChannel, conditions.needAgent {
            throw failure("it never will", conditions, console, since: begin)
          }
        }
        if conditions.areMet { return true }
        let missing = conditions.missing
        if missing != told || event == .tick {
          told = missing
          await StepProgress.current?.report(missing)
        }
        return nil
      }
    } catch {
      throw explained(error, conditions, console, since: begin)
    }
    if isReady != true {
      throw failure(
        "not within \(Quantity.durationText(readiness.timeoutSeconds))", conditions, console,
        since: nil)
    }
  }

  /// A guest that is gone was transient, and ended.
  private func explained(
    _ error: HypervisorError, _ conditions: AwaitedConditions, _ console: ConsoleListener,
    since begin: ContinuousClock.Instant
  ) -> HypervisorError {
    switch error.code {
    case .notFound: return failure("it is gone", conditions, console, since: begin)
    case .cancelled:
      return HypervisorError(
        .cancelled, call: Self.call,
        message:
          "the run was stopped while it waited for: \(conditions.missing); the next apply waits again"
      )
    default: return error
    }
  }

  /// What was waited for, for how long, what was seen last, and what the console said.
  private func failure(
    _ what: String, _ conditions: AwaitedConditions, _ console: ConsoleListener,
    since begin: ContinuousClock.Instant?
  ) -> HypervisorError {
    let time = begin.map { " after \((ContinuousClock.now - $0).components.seconds) s" } ?? ""
    var lines = ["the guest did not become ready: \(what)\(time)"]
    lines += conditions.open.map { "  \($0.condition.text): \($0.seen)" }
    let last = console.lastLines
    if last.isEmpty {
      let why = conditions.consoleTrouble.map { ": " + $0 } ?? " wrote nothing"
      lines.append("  its console\(why)")
    } else {
      lines.append("  the last lines of its console:")
      lines += last.map { "  | " + $0 }
    }
    return HypervisorError(
      .notReady, call: Self.call, message: lines.joined(separator: "\n    "))
  }
}
