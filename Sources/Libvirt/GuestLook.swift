import CLibvirt
import Execution
import Model
import Planning

/// What one look at a guest that is waited for has found.
struct GuestView: Sendable {
  /// What is known of the guest's agent.
  enum Agent: Sendable {
    case answers
    case silent(String)

    var isMet: Bool { if case .answers = self { true } else { false } }
    var text: String {
      switch self {
      case .answers: "the agent answers"
      case .silent(let why): why
      }
    }
  }

  /// How the guest ended; nil while it runs.
  var end: String?
  /// Addresses that it got since it was started.
  var addresses: [GuestAddress] = []
  /// By address, the MACs of others that have leases on the guest's networks.
  var holders: [String: String] = [:]
  /// Where addresses were looked for in vain.
  var noAddress = ""
  /// Nil where nobody asked.
  var agent: Agent?
  /// Whether no agent can ever answer.
  var hasNoChannel = false
  /// How cloud-init ended, by the agent; nil while it does not tell.
  var cloudInit: CloudInitResult?
  /// Why the console is not listened to; nil while it is.
  var consoleTrouble: String?
}

/// Looks at a guest that is waited for, on worker threads.
struct GuestLook: Sendable {
  /// What there was when the guest was started, or when the waiting began.
  struct Before: Sendable {
    /// Leases of a former start.
    var leases: [Lease] = []
    var consoleTrouble: String?
  }

  private let readiness: Readiness

  init(_ readiness: Readiness) { self.readiness = readiness }

  /// Notes the leases from before, and begins to listen.
  func begin(
    _ domain: virDomainPtr, _ console: ConsoleListener
  ) throws(HypervisorError) -> Before {
    Before(leases: try formerLeases(domain), consoleTrouble: listen(domain, console))
  }

  /// Leases that tell nothing of the guest's start.
  func formerLeases(_ domain: virDomainPtr) throws(HypervisorError) -> [Lease] {
    readiness.isBoot ? leases(try RunningInterfaces(of: domain), domain) : []
  }

  /// What there is now.
  func again(
    _ domain: virDomainPtr, _ needs: AwaitedConditions.Needs, since before: Before,
    _ console: ConsoleListener
  ) throws(HypervisorError) -> GuestView {
    var view = GuestView()
    view.end = try end(of: domain)
    if view.end != nil { return view }
    // Somebody who watched the console may have left it.
    view.consoleTrouble = console.isListening ? nil : listen(domain, console)
    guard needs.addresses || needs.agent else { return view }
    let running = try RunningInterfaces(of: domain)
    if needs.addresses {
      let known = leases(running, domain)
      let all = known.filter { running.networks[$0.mac] != nil }
      view.holders = Dictionary(
        known.filter { running.networks[$0.mac] == nil }.map { ($0.address, $0.mac) }
      ) { first, _ in first }
      // A lease that was there before is the guest's again once it was renewed; one without an end never is.
      let fresh = all.filter { $0.expiry == 0 || !before.leases.contains($0) }
      let leased = fresh.map { GuestAddress(mac: $0.mac, address: $0.address, source: .lease) }
      view.addresses = leased + running.otherAddresses(domain, besides: leased)
      view.noAddress = Self.words(running, stale: all.filter { !fresh.contains($0) })
    }
    if needs.agent {
      view.agent = agent(running, domain)
      view.hasNoChannel = running.agent == .noChannel
      if needs.cloudInit, view.agent?.isMet == true {
        view.cloudInit = CloudInitResult(of: domain)
        if case .failed(let errors) = view.cloudInit {
          view.end = "ended cloud-init with errors: \(errors.joined(separator: "; "))"
        }
      }
    }
    return view
  }

  /// Begins to listen; gives why that cannot be.
  func listen(_ domain: virDomainPtr, _ console: ConsoleListener) -> String? {
    do throws(HypervisorError) {
      try console.open(domain)
      return nil
    } catch {
      return "cannot be listened to (\(error.message))"
    }
  }

  /// The leases on the guest's networks, its own and those of others.
  private func leases(_ running: RunningInterfaces, _ domain: virDomainPtr) -> [Lease] {
    let connection = virDomainGetConnect(domain)
    return Set(running.networks.values).subtracting([""]).sorted()
      .flatMap { Lease.all(on: $0, connection) }
  }

  private static func words(_ running: RunningInterfaces, stale: [Lease]) -> String {
    let networks = Set(running.networks.values.filter { !$0.isEmpty }).sorted()
    var parts: [String] = []
    if let old = stale.first {
      parts.append("only the lease of a former start (\(old.address))")
    } else if !networks.isEmpty {
      parts.append("no lease on network \(networks.joined(separator: " and "))")
    }
    if running.agent == .disconnected { parts.append("no agent") }
    parts.append("nothing in the host's ARP table")
    return parts.joined(separator: ", ")
  }

  private func agent(_ running: RunningInterfaces, _ domain: virDomainPtr) -> GuestView.Agent {
    switch running.agent {
    case .noChannel:
      return .silent("the guest has no channel for an agent (org.qemu.guest_agent.0)")
    case .disconnected: return .silent("no agent has opened its channel")
    case .connected: break
    }
    var seconds: Int64 = 0
    var nanoseconds: UInt32 = 0
    if virDomainGetTime(domain, &seconds, &nanoseconds, 0) == 0 { return .answers }
    return .silent("its agent does not answer: \(HypervisorError.last("virDomainGetTime").message)")
  }

  /// How the guest ended; nil while there is something to wait for.
  private func end(of domain: virDomainPtr) throws(HypervisorError) -> String? {
    var state: Int32 = 0
    var reason: Int32 = 0
    try check(virDomainGetState(domain, &state, &reason, 0), "virDomainGetState")
    if UInt32(bitPattern: state) == VIR_DOMAIN_CRASHED.rawValue { return "crashed" }
    if PowerState(state, reason, of: domain).isActive { return nil }
    switch UInt32(bitPattern: reason) {
    case VIR_DOMAIN_SHUTOFF_SHUTDOWN.rawValue: return "shut down"
    case VIR_DOMAIN_SHUTOFF_DESTROYED.rawValue: return "was powered off"
    case VIR_DOMAIN_SHUTOFF_CRASHED.rawValue: return "crashed"
    case VIR_DOMAIN_SHUTOFF_SAVED.rawValue: return "was saved"
    case VIR_DOMAIN_SHUTOFF_FAILED.rawValue: return "did not start"
    case VIR_DOMAIN_SHUTOFF_MIGRATED.rawValue: return "was migrated away"
    default: return "stopped"
    }
  }
}
