/// Whether a guest runs, by `virDomainGetState`.
public enum PowerState: String, Sendable, Hashable, CaseIterable {
  case running, paused, stopped, crashed, suspended, unknown

  /// Whether there is a live guest whose configuration can differ from the persistent one.
  public var isActive: Bool {
    switch self {
    case .running, .paused, .suspended: true
    case .stopped, .crashed, .unknown: false
    }
  }
}

/// A digest of what was observed; a plan holds only for what it saw.
public typealias Fingerprint = String

extension Fingerprint {
  /// Whether two fingerprints are of the same definition, in whatever state the object is.
  public func hasSameDefinition(as other: Fingerprint) -> Bool {
    prefix { $0 != "-" } == other.prefix { $0 != "-" }
  }
}

/// A domain as libvirt reports it.
public struct ObservedGuest: Sendable {
  public var name: String
  public var uuid: String
  public var power: PowerState
  /// False for a transient domain, which has no persistent definition.
  public var persistent: Bool
  public var autostart: Bool
  /// A managed save image exists: the next start restores the old configuration.
  public var hasManagedSave: Bool
  /// libvirt has records of snapshots or checkpoints of it.
  public var hasSnapshots: Bool
  public var ownership: Ownership?
  /// Fields of the persistent (inactive) definition.
  public var spec: Record
  /// Fields of the running guest; nil when it does not run.
  public var live: Record?
  /// The whole definition, and that of the running guest, where an overlay is to be compared.
  public var xml: XMLElement?
  public var liveXML: XMLElement?
  /// What decides how the running guest can be changed.
  public var facts = RunningFacts()
  /// virtspec's element in what runs: by which spec the guest was started, or brought to since.
  public var liveOwnership: Ownership?
  /// What became of the fields of that spec; only read where it is not the one that was applied last.
  public var former: FormerFields?
  public var fingerprint: Fingerprint
  /// What no row of the table tells; only read where everything is.
  public var remainders: [Remainder] = []
  /// That as an overlay; nil when there is nothing to lay over the fields.
  public var leftover: LeftoverOverlay?

  public init(
    name: String, uuid: String, power: PowerState, persistent: Bool = true, autostart: Bool = false,
    hasManagedSave: Bool = false, hasSnapshots: Bool = false, ownership: Ownership? = nil,
    spec: Record, live: Record? = nil,
    fingerprint: Fingerprint
  ) {
    self.name = name
    self.uuid = uuid
    self.power = power
    self.persistent = persistent
    self.autostart = autostart
    self.hasManagedSave = hasManagedSave
    self.hasSnapshots = hasSnapshots
    self.ownership = ownership
    self.spec = spec
    self.live = live
    self.fingerprint = fingerprint
  }
}

/// A virtual network as libvirt reports it.
public struct ObservedNetwork: Sendable {
  public var name: String
  public var uuid: String
  public var active: Bool
  public var persistent: Bool
  public var autostart: Bool
  public var ownership: Ownership?
  /// Fields of the persistent definition.
  public var spec: Record
  /// Fields of the running network; nil when it does not run.
  public var live: Record?
  /// The whole definition, and that of the running network, where an overlay is to be compared.
  public var xml: XMLElement?
  public var liveXML: XMLElement?
  /// virtspec's element in what runs: by which spec the network was started.
  public var liveOwnership: Ownership?
  /// What became of the fields of that spec; only read where it is not the one that was applied last.
  public var former: FormerFields?
  public var fingerprint: Fingerprint
  /// What no row of the table tells; only read where everything is.
  public var remainders: [Remainder] = []
  /// That as an overlay; nil when there is nothing to lay over the fields.
  public var leftover: LeftoverOverlay?

  public init(
    name: String, uuid: String, active: Bool, persistent: Bool = true, autostart: Bool = false,
    ownership: Ownership? = nil, spec: Record, live: Record? = nil, fingerprint: Fingerprint
  ) {
    self.name = name
    self.uuid = uuid
    self.active = active
    self.persistent = persistent
    self.autostart = autostart
    self.ownership = ownership
    self.spec = spec
    self.live = live
    self.fingerprint = fingerprint
  }
}

/// A storage pool as libvirt reports it.
public struct ObservedPool: Sendable {
  public var name: String
  public var uuid: String
  public var active: Bool
  public var persistent: Bool
  public var autostart: Bool
  /// Fields of the persistent definition.
  public var spec: Record
  /// The whole definition, where an overlay is to be compared.
  public var xml: XMLElement?
  /// Empty when the pool is not active: then its volumes are unknown, not absent.
  public var volumes: [ObservedVolume]
  public var fingerprint: Fingerprint
  /// What no row of the table tells; only read where everything is.
  public var remainders: [Remainder] = []
  /// That as an overlay; nil when there is nothing to lay over the fields.
  public var leftover: LeftoverOverlay?

  public init(
    name: String, uuid: String, active: Bool, persistent: Bool = true, autostart: Bool = false,
    spec: Record, volumes: [ObservedVolume] = [], fingerprint: Fingerprint
  ) {
    self.name = name
    self.uuid = uuid
    self.active = active
    self.persistent = persistent
    self.autostart = autostart
    self.spec = spec
    self.volumes = volumes
    self.fingerprint = fingerprint
  }
}

/// A storage volume as libvirt reports it.
public struct ObservedVolume: Sendable {
  public var name: String
  /// Where a guest finds it: a file or a device node; for network pools libvirt's own name of it.
  public var path: String
  public var spec: Record
  public var fingerprint: Fingerprint
  /// What no row of the table tells; only read where everything is.
  public var remainders: [Remainder] = []

  public init(name: String, path: String, spec: Record, fingerprint: Fingerprint) {
    self.name = name
    self.path = path
    self.spec = spec
    self.fingerprint = fingerprint
  }
}

/// Everything that one host reports, read in one pass.
public struct ObservedHost: Sendable {
  public var guests: [ObservedGuest]
  /// Without virtspec's own.
  public var secrets: [ObservedSecret]
  public var filters: [ObservedFilter]
  public var networks: [ObservedNetwork]
  public var pools: [ObservedPool]
  /// The stack's ledger; nil when the host has none yet.
  public var ledger: Ledger?
  /// The ledgers of other stacks on the host, whose pools and volumes are not to be touched.
  public var otherLedgers: [Ledger]
  /// What the hypervisor picks where a guest does not say; only read where everything is.
  public var capabilities = HostCapabilities()
  /// What a plan had to learn beyond that.
  public var knowledge = HostKnowledge()

  public init(
    guests: [ObservedGuest] = [], secrets: [ObservedSecret] = [], filters: [ObservedFilter] = [],
    networks: [ObservedNetwork] = [], pools: [ObservedPool] = [],
    ledger: Ledger? = nil, otherLedgers: [Ledger] = []
  ) {
    self.guests = guests
    self.secrets = secrets
    self.filters = filters
    self.networks = networks
    self.pools = pools
    self.ledger = ledger
    self.otherLedgers = otherLedgers
  }
}

/// The fields that a reader should bring back, nested as the record is. Reading only what is declared keeps
/// a plan as cheap as the calls behind it.
public struct Shape: Sendable, Hashable {
  /// A wanted field and what is wanted inside it.
  public struct Entry: Sendable, Hashable {
    public let name: String
    public fileprivate(set) var shape: Shape
  }

  /// In the order in which they were asked for, so that what is read has one order too.
  public private(set) var entries: [Entry] = []

  public init() {}

  /// Everything that a record declares; list items are joined.
  public init(of record: Record) {
    for entry in record.entries { insert(entry.value, at: insert(field: entry.name)) }
  }

  private mutating func insert(_ value: Value, at index: Int) {
    switch value {
    case .record(let record): entries[index].shape.insert(record)
    case .list(let items):
      for item in items {
        if case .record(let record) = item { entries[index].shape.insert(record) }
      }
    case .string, .integer, .boolean: break
    }
  }

  private mutating func insert(_ record: Record) {
    for entry in record.entries { insert(entry.value, at: insert(field: entry.name)) }
  }

  /// Adds what another shape wants.
  public mutating func formUnion(_ other: Shape) {
    for entry in other.entries { entries[insert(field: entry.name)].shape.formUnion(entry.shape) }
  }

  /// What is wanted inside a field; nil when the field is not wanted.
  public subscript(name: String) -> Shape? { entries.first { $0.name == name }?.shape }

  /// Adds a field, and tells its place among the entries.
  @discardableResult
  public mutating func insert(field name: String) -> Int {
    if let index = entries.firstIndex(where: { $0.name == name }) { return index }
    entries.append(Entry(name: name, shape: Shape()))
    return entries.count - 1
  }
}

/// What to read from a host.
public struct ObservationRequest: Sendable {
  /// The stack whose ledger is read.
  public var stack: String
  /// The fields to read of each declared object, by kind and name. Undeclared objects are listed with their
  /// ownership and no fields.
  public var shapes: [Kind: [String: Shape]]
  /// What to read of a guest that no manifest declares: enough to tell what it uses.
  public var undeclaredGuest: Shape
  /// What to read of a volume that no manifest declares: what it lies over.
  public var undeclaredVolume: Shape
  /// What to read of a network filter that no manifest declares: what it refers to.
  public var undeclaredFilter: Shape
  /// What to read of a pool that no manifest declares: the secret that it is opened with.
  public var undeclaredPool: Shape
  /// The usages of the declared secrets: they have no names on the host.
  public var secretUsages: Set<SecretUsage>
  /// Lists the secrets and network filters too when nobody declares any.
  public var listsUnmanaged = false
  /// Reads every field of every object (import, status of unmanaged objects).
  public var everything: Bool

  public init(
    stack: String, shapes: [Kind: [String: Shape]] = [:], undeclaredGuest: Shape = Shape(),
    undeclaredVolume: Shape = Shape(), undeclaredFilter: Shape = Shape(),
    undeclaredPool: Shape = Shape(), secretUsages: Set<SecretUsage> = [], everything: Bool = false
  ) {
    self.stack = stack
    self.shapes = shapes
    self.undeclaredGuest = undeclaredGuest
    self.undeclaredVolume = undeclaredVolume
    self.undeclaredFilter = undeclaredFilter
    self.undeclaredPool = undeclaredPool
    self.secretUsages = secretUsages
    self.everything = everything
  }

  /// Whether the whole document of an object is to be read, because an overlay is declared for it or has left
  /// something in it.
  public func wantsTree(_ kind: Kind, _ name: String, _ owner: Ownership?) -> Bool {
    if shapes[kind]?[name]?["xml"] != nil { return true }
    return owner.map { $0.stack == stack && !$0.overlay.isEmpty } ?? false
  }

  /// Whether the volumes of every pool are to be read: an image of the stack may be removed, which anybody's volume may
  /// lie over.
  public func wantsAllVolumes(_ ledger: Ledger?) -> Bool {
    guard let ledger else { return false }
    return ledger.entries.contains {
      $0.kind == .volume && shapes[.volume]?[$0.name] == nil && $0.ownership.holdsImage
    }
  }

  /// Whether the host's network filters are worth reading: some are declared, or the stack owns some.
  public func wantsFilters(_ ledger: Ledger?) -> Bool {
    everything || listsUnmanaged || shapes[.networkFilter] != nil
      || ledger?.has(.networkFilter) == true
  }

  /// Whether the host's secrets are worth listing: some are declared, or the stack owns some.
  public func wantsSecrets(_ ledger: Ledger?) -> Bool {
    everything || listsUnmanaged || !secretUsages.isEmpty || ledger?.has(.secret) == true
  }

  /// Whether a secret is declared or the stack's own, so that it is worth reading.
  public func wants(_ usage: SecretUsage?, uuid: String, _ ledger: Ledger?) -> Bool {
    everything || usage.map(secretUsages.contains) == true
      || ledger?.entries.contains { $0.kind == .secret && $0.uuid == uuid } == true
  }

  /// The fields to read of an object; nil for all of them.
  public func shape(_ kind: Kind, _ name: String) -> Shape? {
    if everything { return nil }
    if let shape = shapes[kind]?[name] { return shape }
    switch kind {
    case .guest: return undeclaredGuest
    case .volume: return undeclaredVolume
    case .networkFilter: return undeclaredFilter
    case .pool: return undeclaredPool
    default: return Shape()
    }
  }
}
