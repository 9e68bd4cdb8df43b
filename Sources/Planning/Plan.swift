import Model

/// What a step costs the users of an object, mildest first.
public enum Disruption: String, Sendable, Hashable, Codable, CaseIterable, Comparable {
  /// Nobody notices.
  case none
  /// A running object changes while it runs.
  case live
  /// Something that runs stops, and starts again if it should run.
  case restart
  /// The object is made anew.
  case recreate
  /// Data is gone for good.
  case dataLoss = "data-loss"

  public static func < (left: Disruption, right: Disruption) -> Bool {
    (allCases.firstIndex(of: left) ?? 0) < (allCases.firstIndex(of: right) ?? 0)
  }
}

/// Where a difference comes from.
public enum Origin: String, Sendable, Hashable, Codable, CaseIterable {
  /// The manifest changed since it was applied last.
  case manifest
  /// Somebody changed the host.
  case drift
  /// It is configured already, and waits for the object's next start.
  case pending
  /// The profile of the guest's operating system says so, and the manifest nothing.
  case profile
}

/// One field whose declared value the host does not have.
public struct FieldChange: Sendable, Hashable, Codable {
  /// Which side of an object it was found on.
  public enum Side: String, Sendable, Hashable, Codable, CaseIterable {
    /// The persistent definition, or the object itself where there is only one side.
    case defined
    /// What runs now.
    case running
  }

  /// `cpus.count`, `disks[vda].cache`.
  public var path: String
  /// What the host has; nil for nothing.
  public var from: Value?
  /// What the manifest wants; nil for nothing.
  public var to: Value?
  public var side: Side
  public var origin: Origin
  /// How the values are written: sizes as bytes with units, …
  public var unit: Unit
  /// Why it is not made while the object runs, where its field could be.
  public var note: String?

  /// How a number is shown.
  public enum Unit: String, Sendable, Hashable, Codable {
    case plain, bytes, seconds
  }

  public init(
    path: String, from: Value?, to: Value?, side: Side, origin: Origin, unit: Unit = .plain,
    note: String? = nil
  ) {
    self.path = path
    self.from = from
    self.to = to
    self.side = side
    self.origin = origin
    self.unit = unit
    self.note = note
  }
}

/// What a step does, in the words of the plan.
public enum Action: String, Sendable, Hashable, Codable, CaseIterable {
  case create, adopt, rename, update, attach, detach, resize, start, stop, restart, resume, remove,
    release,
    record, recreate, wait
  /// Whether it takes something away, so that it comes after what uses the object is gone.
  public var isRemoval: Bool { self == .remove || self == .release }
}

/// Why a step is there.
public enum Reason: Sendable, Hashable, Codable {
  /// The manifest declares the object, and the host has none.
  case missing
  /// The host has the guest under the name that it had before.
  case renamed(from: String)
  /// A run died before the volume had all of its content.
  case unfinished
  /// Declared fields differ.
  case differs
  /// The host has the object, and no stack owns it.
  case unowned
  /// The declared power state differs.
  case power(from: String, to: String)
  /// The declared autostart differs.
  case autostart(Bool)
  /// The running object takes the change only when it starts anew.
  case pendingRestart([String])
  /// The stack owns the object, and no manifest declares it.
  case notDeclared
  /// The bookkeeping of ownership changes.
  case ownership
  /// The bookkeeping of what was applied, after it was.
  case applied
  /// The guest was not seen ready since it was started, or since its manifest says what that is.
  case readiness
  /// A volume is no longer declared, and its manifest said to keep it.
  case kept
  /// It was made for a guest that has another one by now.
  case superseded

  // The names of what has no label, as a saved plan has them.
  private enum AutostartCodingKeys: String, CodingKey { case _0 = "autostart" }
  private enum PendingRestartCodingKeys: String, CodingKey { case _0 = "paths" }
}

/// Why a step is not taken, and what would let it be.
public struct Blockage: Sendable, Hashable, Codable {
  /// A stable name for scripts.
  public enum Code: String, Sendable, Hashable, Codable, CaseIterable {
    /// The disruption is above the ceiling.
    case ceiling
    /// It was left to the guest's own next start.
    case waiting
    /// It needs `--adopt`.
    case adopt
    /// It needs `--prune`.
    case prune
    /// Another stack owns the object.
    case otherStack = "other-stack"
    /// `lifecycle.protect`.
    case protected
    /// It would shrink a disk.
    case shrink
    /// It would need the object made anew.
    case recreate
    /// The manifest lacks something that a new object needs.
    case incomplete
    /// The object must exist, and does not.
    case absent
    /// It cannot be told yet.
    case unknown
    /// A step that it waits for is blocked.
    case dependency
    /// Something else is at work on it.
    case busy
    /// Somebody changed it since the run that is to be rolled back.
    case changed
    /// The host, or the operating system of the guest, cannot do it.
    case unsupported
    /// The host is not what its manifest requires it to be.
    case requirement
  }

  public var code: Code
  /// What is in the way.
  public var message: String
  /// What to do instead.
  public var remedy: String
  /// The field that asks for it, where it is one: `disks[vda].bus`.
  public var path: String?
  /// `file:line:column` of that field, where it is known.
  public var place: String?

  public init(_ code: Code, _ message: String, remedy: String) {
    self.code = code
    self.message = message
    self.remedy = remedy
  }
}

/// One step of a plan.
public struct Step: Sendable, Hashable, Codable, Identifiable {
  /// The step's place in the plan, from 1.
  public var id: Int
  public var object: ObjectID
  public var action: Action
  /// What the hypervisor does; nil for a step that is only said (a change that waits for a restart).
  public var operation: Operation?
  public var reason: Reason
  public var changes: [FieldChange]
  public var disruption: Disruption
  /// Steps that must have succeeded before.
  public var waitsFor: [Int]
  /// Why the step is not taken; nil when it is.
  public var blocked: Blockage?
  /// What else is to be said of it, in sentences; nil for nothing.
  public var notes: [String]?
  /// Why a new guest is virtualized as it is, for those who ask.
  public var reasoning: String?

  public init(
    object: ObjectID, action: Action, operation: Operation?, reason: Reason,
    changes: [FieldChange] = [],
    disruption: Disruption = .none, blocked: Blockage? = nil
  ) {
    id = 0
    self.object = object
    self.action = action
    self.operation = operation
    self.reason = reason
    self.changes = changes
    self.disruption = disruption
    waitsFor = []
    self.blocked = blocked
  }
}

/// A host that could not be read, so that its objects are unknown.
public struct UnreadableHost: Sendable, Hashable, Codable {
  public var host: String
  public var uri: String
  public var reason: String

  public init(host: String, uri: String, reason: String) {
    self.host = host
    self.uri = uri
    self.reason = reason
  }
}

/// The ordered steps from what the hosts have to what the manifests want. It is data: carrying it out takes
/// no decision.
public struct Plan: Sendable, Hashable, Codable {
  public var stack: String
  public var hosts: [DesiredHost]
  public var steps: [Step]
  /// Hosts whose state is unknown.
  public var unreadable: [UnreadableHost]
  /// Objects that were compared.
  public var compared: Int
  /// What is said, and nothing is done about; nil for nothing.
  private var remarks: [PlanNote]?
  public var notes: [PlanNote] {
    get { remarks ?? [] }
    set { remarks = newValue.isEmpty ? nil : newValue }
  }

  public init(
    stack: String, hosts: [DesiredHost], steps: [Step], unreadable: [UnreadableHost], compared: Int
  ) {
    self.stack = stack
    self.hosts = hosts
    self.steps = steps
    self.unreadable = unreadable
    self.compared = compared
  }

  /// Steps that are carried out.
  public var executable: [Step] { steps.filter { $0.blocked == nil && $0.operation != nil } }
  /// Steps that are not, with the reason in each.
  public var blocked: [Step] { steps.filter { $0.blocked != nil } }
  /// Whether the hosts are as the manifests say, as far as they could be read.
  public var isEmpty: Bool { steps.isEmpty }
}

/// What the user allows a plan to do.
public struct PlanOptions: Sendable, Hashable, Codable {
  /// The worst disruption that is carried out.
  public var ceiling: Disruption
  /// Removes what the stack owns and no manifest declares.
  public var prune: Bool
  /// Takes over declared objects that nobody owns.
  public var adopt: Bool
  /// Nothing is wanted: `destroy`.
  public var destroy: Bool
  /// Leaves restarts of guests to the guests: what they would bring comes with their own next start.
  public var waitsForRestart: Bool
  /// The volumes that may be made anew although nothing but their image is another one now; nil for none.
  public var renewed: [String]?

  public init(
    ceiling: Disruption = .live, prune: Bool = false, adopt: Bool = false, destroy: Bool = false,
    waitsForRestart: Bool = false, renewed: [String]? = nil
  ) {
    self.ceiling = ceiling
    self.prune = prune
    self.adopt = adopt
    self.destroy = destroy
    self.waitsForRestart = waitsForRestart
    self.renewed = renewed
  }
}

/// What could be read of a host.
public enum HostReading: Sendable {
  case read(ObservedHost)
  /// Why not.
  case unreadable(String)
}
