import Execution
import LibvirtXML
import Model
import Planning

/// What a simulated host has: libvirt's objects as XML, and the files that its pools show.
struct SimulatedState: Sendable {
  struct Domain: Sendable {
    /// A transient domain has one too: libvirt gives what it was started with.
    var inactive: XMLTree
    var isPersistent = true
    /// Nil when it does not run.
    var live: XMLTree?
    var isPaused = false
    var autostart = false
    /// The managed save image: what ran when it was made.
    var saved: XMLTree?
    /// Whether it has snapshots.
    var hasSnapshots = false
    /// Whether the guest's system hangs, so that it never becomes ready.
    var isUnready = false
    /// Whether the guest's system does not listen to the power button.
    var ignoresShutdown = false

    var power: PowerState { live == nil ? .stopped : isPaused ? .paused : .running }
  }

  struct Network: Sendable {
    var inactive: XMLTree
    var isPersistent = true
    var live: XMLTree?
    var autostart = false
  }

  struct Pool: Sendable {
    var inactive: XMLTree
    var live: XMLTree?
    var autostart = false
    /// Whether its folder or volume group is there.
    var isBuilt = false
  }

  struct Secret: Sendable {
    var definition: XMLTree
    var value: SecretValue?
  }

  var domains: [String: Domain] = [:]
  /// By UUID.
  var secrets: [String: Secret] = [:]
  var filters: [String: XMLTree] = [:]
  var networks: [String: Network] = [:]
  var pools: [String: Pool] = [:]
  /// Volumes by path. They are there whether or not a pool shows them.
  var files: [String: XMLTree] = [:]
  /// Paths of volumes that were deleted, which tell a lost disk from one outside of all pools.
  var deleted: Set<String> = []
  /// When each volume was made: one that was made anew is another one.
  var births: [String: Int] = [:]
  /// Paths of volumes whose content did not arrive as a whole.
  var halfUploads: Set<String> = []
  var ledgers: [String: Ledger] = [:]
  /// Interfaces that lost their bridge because the network was stopped: `GUEST MAC`.
  var cutInterfaces: Set<String> = []
  /// Operations that hang in the daemon.
  var late: [(operation: Operation, object: ObjectID)] = []
  /// Makes UUIDs, MACs and numbers that are the same in every run, and never twice.
  var counter = 0

  mutating func next() -> Int {
    counter += 1
    return counter
  }

  mutating func newUUID() -> String {
    "00000000-0000-4000-8000-" + Self.hexadecimal(next(), digits: 12)
  }

  mutating func newMAC() -> String {
    let digits = Self.hexadecimal(next(), digits: 6)
    return "52:54:00"
      + stride(from: 0, to: 6, by: 2).map { ":" + digits.dropFirst($0).prefix(2) }.joined()
  }

  private static func hexadecimal(_ number: Int, digits: Int) -> String {
    let text = String(number, radix: 16)
    return String(repeating: "0", count: max(0, digits - text.count)) + text
  }

  /// Carries an operation out as libvirt would.
  mutating func perform(_ operation: Operation, on object: ObjectID) throws(HypervisorError) {
    let name = object.name
    switch operation {
    case .defineGuest, .recordGuest, .renameGuest, .undefineGuest, .startGuest, .resumeGuest,
      .installGuest, .awaitGuestOff,
      .shutDownGuest,
      .destroyGuest, .setGuestAutostart, .awaitGuest:
      try performGuest(operation, name)
    case .setLiveVcpus, .setLiveMemory, .setLiveDescription, .attachDevice, .detachDevice,
      .updateDevice, .tuneGuest, .resizeGuestDisk:
      try performLive(operation, name)
    case .defineSecret, .setSecretValue, .undefineSecret: try performSecret(operation)
    case .defineFilter, .undefineFilter: try performFilter(operation, name)
    case .defineNetwork, .undefineNetwork, .startNetwork, .stopNetwork, .setNetworkAutostart,
      .updateNetwork, .reattachInterfaces:
      try performNetwork(operation, name)
    case .definePool, .buildPool, .undefinePool, .startPool, .stopPool, .setPoolAutostart:
      try performPool(operation, name)
    case .createVolume, .cloneVolume, .resizeVolume, .removeVolume:
      guard let (pool, volume) = object.poolAndVolume else {
        throw .notFound("virStorageVolLookupByName", "volume", name, 50)
      }
      try performVolume(operation, pool: pool, volume: volume)
    case .uploadVolume(let upload): try self.upload(upload, object, isWhole: true)
    case .restore(let restoration): try restore(restoration, object)
    case .writeLedger(let ledger):
      ledgers[ledger.stack] = ledger.entries.isEmpty ? nil : ledger
    }
  }
}

extension HypervisorError {
  /// A refusal in libvirt's words, with its `virErrorNumber`.
  static func refused(_ call: String, _ message: String, _ number: Int32 = 55) -> HypervisorError {
    HypervisorError(.refused, call: call, message: message, libvirtCode: number)
  }

  /// There is no such object.
  static func notFound(
    _ call: String, _ kind: String, _ name: String, _ number: Int32
  ) -> HypervisorError {
    HypervisorError(
      .notFound, call: call, message: "\(kind) not found: no \(kind) with matching name '\(name)'",
      libvirtCode: number)
  }

  /// XML that cannot be parsed.
  static func broken(_ call: String, _ problem: XMLProblem) -> HypervisorError {
    HypervisorError(
      .refused, call: call, message: "XML error: \(problem.message)", libvirtCode: 27)
  }
}

extension Definition {
  /// The XML to define, by the writer under test: the spec laid over what the host has, or over nothing.
  func xml(
    root: String, name: String, kind: Kind, over existing: XMLTree?
  ) throws(HypervisorError) -> String {
    do throws(XMLProblem) {
      var document =
        if let existing {
          try LibvirtDocument(parsing: existing.serialized)
        } else {
          try LibvirtDocument(root: root, name: name, uuid: uuid)
        }
      document.write(
        spec, Table.spec(of: kind), clearing: cleared, overlay: overlay, of: kind)
      if let ownership { document.setOwnership(ownership) }
      return document.serialized()
    } catch {
      throw .broken("xmlReadMemory", error)
    }
  }

  /// Throws `changed` when the host does not have what the plan saw.
  func check(_ found: Fingerprint?, _ object: String, _ call: String) throws(HypervisorError) {
    func digest(_ fingerprint: Fingerprint?) -> Substring? { fingerprint?.prefix { $0 != "-" } }
    if digest(expected) == digest(found) { return }
    let what = expected == nil ? "made" : found == nil ? "removed" : "changed"
    throw HypervisorError(
      .changed, call: call,
      message: "\(object) was \(what) by somebody else since the plan; plan again")
  }
}

extension XMLTree {
  /// Parses what is handed to a call.
  static func given(_ text: String, _ call: String) throws(HypervisorError) -> XMLTree {
    do throws(XMLProblem) {
      return try XMLTree(parsing: text)
    } catch {
      throw .broken(call, error)
    }
  }

  /// A digest of the definition, and the state beside it.
  func fingerprint(_ state: String) -> Fingerprint {
    Digest.sha256(serialized, length: 16) + "-" + state
  }
}
