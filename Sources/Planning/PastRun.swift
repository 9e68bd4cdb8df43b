import Model

/// What is known of a run that is to be rolled back.
public struct PastRun: Sendable {
  /// What an object was before the run.
  public struct Before: Sendable, Hashable {
    /// libvirt's XML.
    public var xml: String
    /// Its fields, for showing what comes back.
    public var spec: Record
    public var fingerprint: Fingerprint
    public var isActive: Bool
    public var autostart: Bool

    public init(
      xml: String, spec: Record, fingerprint: Fingerprint, isActive: Bool, autostart: Bool
    ) {
      self.xml = xml
      self.spec = spec
      self.fingerprint = fingerprint
      self.isActive = isActive
      self.autostart = autostart
    }
  }

  /// What the run left of an object.
  public enum Left: Sendable, Hashable {
    /// Nil for nothing.
    case known(Fingerprint?)
    /// The run broke off, or could not look.
    case unknown
  }

  /// An object that the run began to change.
  public struct Touched: Sendable, Hashable {
    public var object: ObjectID
    /// Nil when the run made it.
    public var before: Before?
    public var left: Left
    /// What was done to it, or may have been.
    public var operations: [Operation]

    public init(object: ObjectID, before: Before?, left: Left, operations: [Operation]) {
      self.object = object
      self.before = before
      self.left = left
      self.operations = operations
    }
  }

  public var stack: String
  public var hosts: [DesiredHost]
  /// In the order of the objects; ledgers are apart.
  public var touched: [Touched]
  /// The stack's ledgers as they were, by host, where the run wrote them.
  public var ledgers: [String: Ledger]
  /// The ledgers as the run wrote them last, by host.
  public var written: [String: Ledger]

  public init(
    stack: String, hosts: [DesiredHost], touched: [Touched], ledgers: [String: Ledger],
    written: [String: Ledger]
  ) {
    self.stack = stack
    self.hosts = hosts
    self.touched = touched
    self.ledgers = ledgers
    self.written = written
  }
}

/// What the user allows a rollback to do.
public struct RollbackOptions: Sendable, Hashable {
  /// Removes what the run made.
  public var prune: Bool
  /// Lays back also over what somebody changed since.
  public var force: Bool

  public init(prune: Bool = false, force: Bool = false) {
    self.prune = prune
    self.force = force
  }
}

/// The steps of a rollback, and what it cannot bring back.
public struct Rollback: Sendable, Hashable {
  public var plan: Plan
  /// In sentences.
  public var losses: [String]
}

extension Operation {
  /// Whether it sets whether the object starts with its host, or may lose it.
  var touchesAutostart: Bool {
    switch self {
    case .setGuestAutostart, .setNetworkAutostart, .setPoolAutostart, .undefineGuest,
      .undefineNetwork, .undefinePool:
      true
    default: false
    }
  }

  /// Whether it stops what runs.
  var stops: Bool {
    switch self {
    case .shutDownGuest, .destroyGuest, .stopNetwork, .stopPool: true
    default: false
    }
  }

  /// Whether it takes the place of a secret's value.
  var setsSecretValue: Bool { if case .setSecretValue = self { true } else { false } }

  /// Whether it starts something.
  var starts: Bool {
    switch self {
    case .startGuest, .installGuest, .startNetwork, .startPool: true
    default: false
    }
  }

  /// Whether it changes what runs, and not the definition.
  var isLive: Bool {
    switch self {
    case .setLiveVcpus, .setLiveMemory, .setLiveDescription, .attachDevice, .detachDevice,
      .updateDevice, .tuneGuest, .updateNetwork:
      true
    default: false
    }
  }
}
