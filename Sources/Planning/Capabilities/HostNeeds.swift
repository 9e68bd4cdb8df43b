import Model

/// What must be known of a host, beyond its state, before its plan can be final.
///
/// A plan of guests that are there and stay as they are needs nothing.
public struct HostNeeds: Sendable, Hashable {
  /// Of which platforms it must be known what guests can have.
  public var platforms: Set<GuestPlatform> = []
  /// Guests that are there, whose platform only the host can tell.
  public var guests: Set<String> = []
  /// What the host must be asked for because its manifest requires something.
  public var facts: Set<HostFacts.Part> = []
  /// Whether the capabilities are needed for requirements.
  public var requiresCapabilities = false

  public init() {}

  /// Whether all of the other is in it.
  public func includes(_ other: HostNeeds) -> Bool {
    platforms.isSuperset(of: other.platforms) && guests.isSuperset(of: other.guests)
      && facts.isSuperset(of: other.facts)
      && (requiresCapabilities || !other.requiresCapabilities)
  }

  public mutating func formUnion(_ other: HostNeeds) {
    platforms.formUnion(other.platforms)
    guests.formUnion(other.guests)
    facts.formUnion(other.facts)
    requiresCapabilities = requiresCapabilities || other.requiresCapabilities
  }

  public var isEmpty: Bool {
    platforms.isEmpty && guests.isEmpty && facts.isEmpty && !requiresCapabilities
  }
}

extension Planner {
  /// What the hosts of a plan must be asked for before it is final, by host.
  public static func needs(
    _ plan: Plan, _ desired: Desired, _ readings: [String: HostReading]
  ) -> [String: HostNeeds] {
    var result: [String: HostNeeds] = [:]
    for step in plan.steps where step.object.kind == .guest {
      var needs = result[step.object.host] ?? HostNeeds()
      needs.add(step)
      result[step.object.host] = needs
    }
    for host in desired.hosts {
      guard let requires = host.requires else { continue }
      var needs = result[host.name] ?? HostNeeds()
      needs.facts.formUnion(Requirements.facts(requires))
      needs.requiresCapabilities = true
      result[host.name] = needs
    }
    // What cannot be read is not asked anything.
    return result.filter { host, needs in
      if case .read? = readings[host] { !needs.isEmpty } else { false }
    }
  }
}

extension HostNeeds {
  fileprivate mutating func add(_ step: Step) {
    if step.action == .create, case .defineGuest(let definition)? = step.operation {
      platforms.insert(GuestPlatform(definition.spec))
      return
    }
    if case .renameGuest(let old, _, _)? = step.operation, step.changes.contains(where: \.isAsked) {
      guests.insert(old)
    } else if step.changes.contains(where: \.isAsked) {
      guests.insert(step.object.name)
    }
  }
}

extension FieldChange {
  /// Fields that a host may not be able to give a guest.
  private static let asked: Set<String> = [
    "virtType", "arch", "machine", "emulator", "cpus.max", "cpus.mode", "cpus.model",
    "firmware.type", "firmware.secureBoot", "memory.source", "tpm", "launchSecurity",
  ]
  /// Lists whose new items a host may not be able to give.
  private static let askedLists: Set<String> = [
    "disks", "graphics", "videos", "filesystems", "hostDevices", "usbRedirections", "channels",
    "rngs", "panics", "interfaces",
  ]

  /// Whether it brings something that depends on what the host can do.
  var isAsked: Bool {
    if to == nil { return false }
    if Self.asked.contains(path) { return true }
    let root = String(root)
    if Self.asked.contains(root) { return true }
    guard Self.askedLists.contains(root) else { return false }
    return path.hasSuffix("]") || path.hasSuffix(".bus") || path.hasSuffix(".model")
      || path.hasSuffix(".type") || path.hasSuffix(".driver") || path.hasSuffix(".device")
  }

  /// The field of the object that it is in.
  var root: Substring { path.prefix { $0 != "." && $0 != "[" } }
}
