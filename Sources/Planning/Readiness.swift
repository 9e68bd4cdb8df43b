import Model

/// What a guest is waited for, with everything that the waiting needs.
public struct Readiness: Sendable, Hashable, Codable {
  /// One thing that must hold.
  public enum Condition: Sendable, Hashable, Codable {
    case address, agent
    case tcp(port: Int)
    case ssh, cloudInit
    case console(pattern: String)
  }

  /// An interface of the guest as the plan knows it.
  public struct Interface: Sendable, Hashable, Codable {
    public var mac: String
    /// The libvirt network that it is connected to.
    public var network: String?
    /// The address that it is to have.
    public var address: String?

    public init(mac: String, network: String? = nil, address: String? = nil) {
      self.mac = mac
      self.network = network
      self.address = address
    }
  }

  /// All of them, in the order in which they are told.
  public var conditions: [Condition]
  public var timeoutSeconds: Int64
  /// The declared interfaces; empty where the manifest does not tell, so that any counts.
  public var interfaces: [Interface]
  /// Whether the run has just started the guest: leases from before are of a former start.
  public var isBoot: Bool
  /// What the guest's metadata says once it is ready.
  public var settled: Ownership

  public init(
    conditions: [Condition], timeoutSeconds: Int64, interfaces: [Interface] = [], isBoot: Bool,
    settled: Ownership
  ) {
    self.conditions = conditions
    self.timeoutSeconds = timeoutSeconds
    self.interfaces = interfaces
    self.isBoot = isBoot
    self.settled = settled
  }
}

extension Readiness {
  /// How long a guest may take whose manifest does not say.
  public static let defaultTimeout: Int64 = 300

  /// What a guest's `ready` says; empty without one.
  static func conditions(_ ready: Record?) -> [Condition] {
    guard let ready else { return [] }
    var conditions: [Condition] = []
    if ready.boolean("address") == true { conditions.append(.address) }
    if ready.boolean("agent") == true { conditions.append(.agent) }
    if let port = ready.integer("tcp") { conditions.append(.tcp(port: Int(port))) }
    if ready.boolean("ssh") == true { conditions.append(.ssh) }
    if ready.boolean("cloudInit") == true { conditions.append(.cloudInit) }
    if let pattern = ready.string("console") { conditions.append(.console(pattern: pattern)) }
    return conditions
  }
}

extension Readiness.Condition {
  /// As people read it: `tcp 5432`.
  public var text: String {
    switch self {
    case .address: "address"
    case .agent: "agent"
    case .tcp(let port): "tcp \(port)"
    case .ssh: "ssh"
    case .cloudInit: "cloud-init"
    case .console(let pattern): "console /\(pattern)/"
    }
  }

  /// Whether it is only told while the guest boots.
  var isOfBoot: Bool { if case .console = self { true } else { false } }
}
