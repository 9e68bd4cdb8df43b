import Execution
import Model
import Planning

/// What of a guest's readiness was seen, and what was seen last of the rest.
struct AwaitedConditions {
  /// A condition that does not hold yet.
  struct Open {
    var condition: Readiness.Condition
    /// What is there instead.
    var seen: String
  }

  /// What a look has to find out for the conditions that are open.
  struct Needs: Sendable {
    var addresses = false
    var agent = false
    var cloudInit = false
  }

  private(set) var open: [Open]
  /// Why the console is not listened to; nil while it is.
  var consoleTrouble: String?
  private let interfaces: [Readiness.Interface]
  private let patterns: [String: Regex<AnyRegexOutput>]
  private var probes: [String: PortProbe] = [:]

  /// cloud-init's last message on the console, which its `final_message` begins with unless somebody changed it.
  private static let cloudInitPattern = #"^.*Cloud-init v\. .* finished at "#
  private static let sshPort = 22

  /// Throws `refused` for a regular expression that is none.
  init(_ readiness: Readiness) throws(HypervisorError) {
    open = readiness.conditions.map { Open(condition: $0, seen: "nothing was seen yet") }
    interfaces = readiness.interfaces
    var patterns: [String: Regex<AnyRegexOutput>] = [:]
    for text in readiness.conditions.compactMap(Self.pattern) {
      do {
        patterns[text] = try Regex(text)
      } catch {
        throw HypervisorError(
          .refused, call: ReadinessWait.call, message: "'\(text)' is no regular expression")
      }
    }
    self.patterns = patterns
  }

  private static func pattern(_ condition: Readiness.Condition) -> String? {
    switch condition {
    case .console(let pattern): pattern
    case .cloudInit: cloudInitPattern
    default: nil
    }
  }

  var areMet: Bool { open.isEmpty }

  /// `address, tcp 5432`.
  var missing: String { open.map(\.condition.text).joined(separator: ", ") }

  /// Whether there is something that only an agent can tell.
  var needAgent: Bool { open.contains { $0.condition == .agent } }

  var needs: Needs {
    var needs = Needs()
    for each in open {
      switch each.condition {
      case .address, .tcp, .ssh: needs.addresses = true
      case .agent: needs.agent = true
      case .cloudInit:
        needs.agent = true
        needs.cloudInit = true
      case .console: break
      }
    }
    return needs
  }

  /// What the console wrote since the last look.
  mutating func look(at lines: [String]) {
    let patterns = self.patterns
    open = Self.settled(open) { condition in
      guard let text = Self.pattern(condition), let pattern = patterns[text] else { return nil }
      if lines.contains(where: { (try? pattern.firstMatch(in: $0)) != nil }) { return .met }
      return nil
    }
  }

  /// What was found out about the guest.
  mutating func look(at view: GuestView) {
    consoleTrouble = view.consoleTrouble
    var probes = self.probes
    let interfaces = self.interfaces
    open = Self.settled(open) { condition in
      switch condition {
      case .address: return Self.address(view, interfaces)
      case .agent: return view.agent.map { $0.isMet ? .met : .open($0.text) }
      case .cloudInit:
        if view.cloudInit == .done { return .met }
        let console = view.consoleTrouble.map { ", and its console \($0)" } ?? ""
        return .open("no word of it on the console\(console); \(view.agent?.text ?? "")")
      case .console:
        return view.consoleTrouble.map { .open("its console \($0)") }
          ?? .open("no line of the console matched")
      case .tcp(let port): return Self.reach(port, isSSH: false, view, interfaces, &probes)
      case .ssh: return Self.reach(Self.sshPort, isSSH: true, view, interfaces, &probes)
      }
    }
    self.probes = probes
  }

  private enum Finding {
    case met
    case open(String)
  }

  /// Goes over the open conditions; nil leaves one as it is.
  private static func settled(
    _ open: [Open], _ look: (Readiness.Condition) -> Finding?
  ) -> [Open] {
    open.compactMap { each in
      switch look(each.condition) {
      case .met?: return nil
      case .open(let seen)?: return Open(condition: each.condition, seen: seen)
      case nil: return each
      }
    }
  }

  private static func address(
    _ view: GuestView, _ interfaces: [Readiness.Interface]
  ) -> Finding {
    let wanted = interfaces.filter { $0.address != nil }
    if wanted.isEmpty {
      return view.addresses.contains { !$0.isLinkLocal } ? .met : .open(view.noAddress)
    }
    for interface in wanted {
      let found = view.addresses.filter { $0.mac == interface.mac }
      let isThere = found.contains {
        IPAddress($0.address) == interface.address.flatMap(IPAddress.init)
      }
      if isThere { continue }
      let wanted = interface.address ?? ""
      let others = found.map { "\($0.address) (\($0.source.rawValue))" }
      let holder = view.holders[wanted].map { ", which is leased to \($0)" } ?? ""
      return .open(
        others.isEmpty
          ? "\(wanted) is not there\(holder): \(view.noAddress)"
          : "interface \(interface.mac) has \(others.joined(separator: ", ")), and is to have \(wanted)\(holder)"
      )
    }
    return .met
  }

  private static func reach(
    _ port: Int, isSSH: Bool, _ view: GuestView, _ interfaces: [Readiness.Interface],
    _ probes: inout [String: PortProbe]
  ) -> Finding {
    var addresses = interfaces.compactMap(\.address)
    for found in view.addresses where !found.isLinkLocal && !addresses.contains(found.address) {
      addresses.append(found.address)
    }
    if addresses.isEmpty { return .open("no address to try: \(view.noAddress)") }
    var failures: [String] = []
    for address in addresses {
      let key = "\(address) \(port) \(isSSH)"
      let probe = probes[key] ?? PortProbe(address: address, port: port, expectsSSH: isSSH)
      probes[key] = probe
      switch probe.look() {
      case .reached:
        probes[key] = nil
        return .met
      case .trying: failures.append("\(address): no answer yet")
      case .failed(let why): failures.append("\(address): \(why)")
      }
    }
    return .open(failures.joined(separator: "; "))
  }
}
