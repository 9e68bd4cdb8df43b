import Model

/// One effect on a host, with everything that it needs: a hypervisor carries it out without a decision.
///
/// Each is one libvirt call, or a short sequence that ends in one. The object is named by the step.
///
/// Saved plans and journals carry operations under the names that they have here: a case or a label that is
/// renamed is another form of those files (`SavedPlan.formatVersion`).
public enum Operation: Sendable, Hashable, Codable {
  // Guests
  /// Lays the spec over the persistent definition (or a new one with this UUID) and defines it.
  case defineGuest(Definition)
  /// `virDomainSetMetadata` of virtspec's element in the persistent definition, and where `live` is given in the
  /// running guest. A definition that is given back unchanged would be reordered by libvirt.
  case recordGuest(Ownership, live: Ownership? = nil)
  /// `virDomainRename` of a guest that is off and as the plan saw it, then the definition if it changes. Nothing is
  /// expected where a step before it has changed the guest.
  case renameGuest(from: String, expected: Fingerprint?, definition: Definition?)
  /// `virDomainUndefineFlags`, keeping NVRAM and TPM state when `keepState` is true.
  case undefineGuest(keepState: Bool)
  /// `virDomainCreate`.
  case startGuest
  /// `virDomainCreateXML` of the defined guest with an installer's media. The guest's metadata says before and after
  /// how far that has come.
  case installGuest(GuestInstallation)
  /// Waits until the guest is off: its installer has ended. Nothing is done to it when the deadline passes.
  case awaitGuestOff(deadlineSeconds: Int64)
  /// `virDomainResume` of a paused guest.
  case resumeGuest
  /// `virDomainShutdown`, then waits for the guest to be off; after the deadline it fails, or pulls the plug.
  case shutDownGuest(deadlineSeconds: Int64, destroyAfterwards: Bool)
  /// `virDomainDestroy`: pulls the plug.
  case destroyGuest
  /// Waits until the guest is ready, then `virDomainSetMetadata` of virtspec's element in the definition. Fails when
  /// the time is over, or the guest stops before.
  case awaitGuest(Readiness)
  /// `virDomainSetAutostart`.
  case setGuestAutostart(Bool)
  /// `virDomainSetVcpusFlags` on the running guest.
  case setLiveVcpus(Int64)
  /// `virDomainSetMemoryFlags` on the running guest, in bytes.
  case setLiveMemory(Int64)
  /// `virDomainSetMetadata` of title and description on the running guest; nil leaves one alone.
  case setLiveDescription(title: String?, description: String?)
  /// `virDomainAttachDeviceFlags` of a list's item on the running guest.
  case attachDevice(list: String, item: Record)
  /// `virDomainDetachDeviceFlags` on the running guest, then waits for the removal to be reported. `item` has
  /// the list's key fields.
  case detachDevice(list: String, item: Record, deadlineSeconds: Int64)
  /// `virDomainUpdateDeviceFlags` on the running guest: the item's fields are laid over the live device.
  case updateDevice(list: String, item: Record)
  /// Changes limits and places of the running guest's threads, memory and disks.
  case tuneGuest(LiveTuning)

  // Guests, networks and pools
  /// Defines an object as a journal has it, whatever the host has.
  case restore(Restoration)

  // Secrets, which have no names on the host
  case defineSecret(Definition)
  /// `virSecretSetValue`.
  case setSecretValue(SecretAssignment)
  case undefineSecret(uuid: String)

  // Network filters
  /// `virNWFilterDefineXML`, which changes the rules of running guests too.
  case defineFilter(Definition)
  case undefineFilter

  // Networks
  case defineNetwork(Definition)
  case undefineNetwork
  case startNetwork
  case stopNetwork
  case setNetworkAutostart(Bool)
  /// `virNetworkUpdate` of one entry of a section, live.
  case updateNetwork(NetworkUpdate)
  /// `virDomainUpdateDeviceFlags` of interfaces of running guests, to a network made for it and back: the network
  /// was stopped and started.
  case reattachInterfaces([GuestInterface])

  // Pools
  case definePool(Definition)
  /// `virStoragePoolBuild`.
  case buildPool
  case undefinePool
  case startPool
  case stopPool
  case setPoolAutostart(Bool)

  // Volumes
  /// `virStorageVolCreateXML`; nothing when the pool has the volume and `unlessThere` is true.
  case createVolume(spec: Record, unlessThere: Bool = false)
  /// `virStorageVolCreateXML` and `virStorageVolUpload`, to the last byte or not at all.
  case uploadVolume(VolumeUpload)
  /// `virStorageVolCreateXMLFrom` of a volume, which may be of another pool, and `virStorageVolResize` to the capacity;
  /// one that a run left half done goes first where `replaces` is true.
  case cloneVolume(spec: Record, pool: String, volume: String, replaces: Bool = false)
  /// `virStorageVolResize`, upward only, in bytes.
  case resizeVolume(bytes: Int64)
  /// `virDomainBlockResize` of the disk of a running guest that has the volume open, upward only, in bytes.
  case resizeGuestDisk(guest: String, disk: String, bytes: Int64)
  /// `virStorageVolDelete`.
  case removeVolume

  // Ownership
  /// Writes the stack's ledger; an empty one removes the secret.
  case writeLedger(Ledger)

  // The names of what has no label, as saved plans have them.
  private enum DefineGuestCodingKeys: String, CodingKey { case _0 = "definition" }
  private enum RecordGuestCodingKeys: String, CodingKey {
    case _0 = "ownership"
    case live
  }
  private enum AwaitGuestCodingKeys: String, CodingKey { case _0 = "readiness" }
  private enum InstallGuestCodingKeys: String, CodingKey { case _0 = "installation" }
  private enum SetGuestAutostartCodingKeys: String, CodingKey { case _0 = "autostart" }
  private enum SetLiveVcpusCodingKeys: String, CodingKey { case _0 = "count" }
  private enum SetLiveMemoryCodingKeys: String, CodingKey { case _0 = "bytes" }
  private enum TuneGuestCodingKeys: String, CodingKey { case _0 = "tuning" }
  private enum RestoreCodingKeys: String, CodingKey { case _0 = "restoration" }
  private enum DefineSecretCodingKeys: String, CodingKey { case _0 = "definition" }
  private enum SetSecretValueCodingKeys: String, CodingKey { case _0 = "assignment" }
  private enum DefineFilterCodingKeys: String, CodingKey { case _0 = "definition" }
  private enum DefineNetworkCodingKeys: String, CodingKey { case _0 = "definition" }
  private enum SetNetworkAutostartCodingKeys: String, CodingKey { case _0 = "autostart" }
  private enum UpdateNetworkCodingKeys: String, CodingKey { case _0 = "update" }
  private enum ReattachInterfacesCodingKeys: String, CodingKey { case _0 = "interfaces" }
  private enum DefinePoolCodingKeys: String, CodingKey { case _0 = "definition" }
  private enum SetPoolAutostartCodingKeys: String, CodingKey { case _0 = "autostart" }
  private enum UploadVolumeCodingKeys: String, CodingKey { case _0 = "upload" }
  private enum WriteLedgerCodingKeys: String, CodingKey { case _0 = "ledger" }
}

/// A definition to be laid over what the host has.
public struct Definition: Sendable, Hashable, Codable {
  /// The UUID of a new object; an existing one keeps its own.
  public var uuid: String
  /// The declared fields, complete with what a new object needs.
  public var spec: Record
  /// Fields that return to libvirt's default, and items that go.
  public var cleared: [FieldPath]
  /// The overlay to lay over them, and what goes of the former one.
  public var overlay: OverlayEdit?
  /// What is written into the metadata; nil for kinds without metadata.
  public var ownership: Ownership?
  /// What is written into the metadata of the running guest before; nil leaves that alone. It tells what the guest
  /// may still have when the definition no longer says so.
  public var liveOwnership: Ownership?
  /// The fingerprint of the object that the plan saw; nil when it saw none.
  public var expected: Fingerprint?

  public init(
    uuid: String, spec: Record, cleared: [FieldPath] = [], overlay: OverlayEdit? = nil,
    ownership: Ownership?, expected: Fingerprint?
  ) {
    self.uuid = uuid
    self.spec = spec
    self.cleared = cleared
    self.overlay = overlay
    self.ownership = ownership
    self.expected = expected
  }
}

/// A former definition to be laid back.
public struct Restoration: Sendable, Hashable, Codable {
  /// libvirt's XML as it was, without passwords.
  public var xml: String
  /// The fingerprint of what it takes the place of; nil when there is nothing.
  public var expected: Fingerprint?

  public init(xml: String, expected: Fingerprint?) {
    self.xml = xml
    self.expected = expected
  }
}

/// One entry of a network section that `virNetworkUpdate` can change while the network runs.
public struct NetworkUpdate: Sendable, Hashable, Codable {
  /// `virNetworkUpdateSection`.
  public enum Section: String, Sendable, Hashable, Codable {
    case dhcpHost, dhcpRange, dnsHost, dnsTxt, dnsSrv
  }
  /// `virNetworkUpdateCommand`.
  public enum Command: String, Sendable, Hashable, Codable {
    case add, modify, delete
  }

  public var section: Section
  public var command: Command
  /// The index of the `<ip>` element that the DHCP sections belong to; -1 for the others.
  public var addressIndex: Int
  /// The entry, by the table of its list.
  public var entry: Record

  public init(section: Section, command: Command, addressIndex: Int = -1, entry: Record) {
    self.section = section
    self.command = command
    self.addressIndex = addressIndex
    self.entry = entry
  }
}
