/// How a text field's content is checked and brought to its canonical spelling.
public enum Format: String, Sendable, Hashable, CaseIterable {
  /// Any text, line breaks included.
  case text
  /// One line of text.
  case line
  /// A name of an object: letters, digits, `.`, `_`, `-`, at most 63 bytes.
  case name
  /// An absolute path.
  case path
  /// A host name or address.
  case host
  /// A MAC address, six pairs of hexadecimal digits, not a multicast one.
  case mac
  /// An IPv4 or IPv6 address.
  case address
  /// An IPv4 or IPv6 address with its prefix length.
  case cidr
  /// A DNS name.
  case domain
  /// A name of a network device: at most 15 bytes.
  case device
  /// A UUID.
  case uuid
  /// Three or four octal digits of a file mode.
  case mode
  /// A libvirt CPU set: `0-3,^2,8`.
  case cpuSet
  /// A libvirt URI.
  case uri
  /// The address of a PCI device, with or without its domain: `0000:3b:00.0`.
  case pciAddress
  /// Vendor and product of a USB device: `1d6b:0002`.
  case usbID
  /// Bus and device number of a USB device: `1:4`.
  case usbAddress
  /// A number of a network filter, decimal or hexadecimal, or a variable.
  case filterNumber
  /// A MAC address or mask of a network filter, or a variable.
  case filterMAC
  /// An IP address of a network filter, or a variable.
  case filterAddress
  /// A prefix length or network mask of a network filter, or a variable.
  case filterMask
  /// Versions: `>=9.0`, `<11`; `9.0` alone is that one and newer ones.
  case versionRange
}

/// What a field holds.
public indirect enum FieldType: Sendable {
  case text(Format)
  case choice([String])
  case integer(ClosedRange<Int64>)
  case boolean
  /// Bytes, written with a unit: `2GiB`, `500MB`.
  case size
  /// Seconds, written with a unit: `90s`, `5m`.
  case duration
  /// Items of one type; `key` names the fields that identify an item (none: by position).
  case list(FieldType, key: [String])
  /// A nested record; `shorthand` is the field that a bare scalar stands for.
  case record(Table, shorthand: String?)
  /// Free pairs of text.
  case map
}

/// How a change of a field is made on an object that exists.
public enum Change: Sendable, Hashable {
  /// Virtspec's own; libvirt does not know it.
  case own
  /// While the object runs, by this call.
  case live(LiveCall)
  /// In the persistent definition; the running object takes it at its next start.
  case restart
  /// Only by making the object anew.
  case recreate
  /// Only by making the object anew, which loses its content.
  case dataLoss
}

/// The libvirt call that makes a change while the object runs.
public enum LiveCall: String, Sendable, Hashable, CaseIterable {
  /// `virDomainSetVcpusFlags`, up to the maximum of the running guest.
  case vcpus
  /// `virDomainSetMemoryFlags`: the balloon, up to the maximum of the running guest.
  case memory
  /// `virDomainSetMetadata`: title, description and virtspec's own element.
  case metadata
  /// `virDomainAttachDeviceFlags` and `virDomainDetachDeviceFlags`, where the bus can.
  case attach
  /// `virDomainUpdateDeviceFlags` with a changed medium.
  case media
  /// `virDomainUpdateDeviceFlags` with a changed link state.
  case link
  /// `virNetworkUpdate` of the section that the field stands in.
  case networkSection
  /// `virDomainSetAutostart` and its siblings.
  case autostart
  /// Start, shutdown or destroy.
  case power
  /// `virStorageVolResize` or `virDomainBlockResize`, upward only.
  case resize
  /// `virNWFilterDefineXML`, which changes the rules of running guests too.
  case filter
  /// `virSecretDefineXML` and `virSecretSetValue`.
  case secret
  /// `virDomainSetBlockIoTune` of the disk that the field stands in.
  case diskLimits
  /// `virDomainSetSchedulerParametersFlags`; like the three below, where the host has control groups.
  case scheduler
  /// `virDomainSetMemoryParameters`.
  case memoryLimits
  /// `virDomainSetBlkioParameters`.
  case blockIO
  /// `virDomainSetNumaParameters`, where the mode is strict or restrictive.
  case numaNodes
  /// `virDomainPinVcpuFlags`, `virDomainPinEmulator` and `virDomainPinIOThread`.
  case pin
  /// `virDomainAddIOThread` and `virDomainDelIOThread`.
  case iothreads
  /// `virDomainUpdateDeviceFlags` with other limits on an interface's traffic.
  case bandwidth
}

/// Values that libvirt reports differently from how they are declared, and that mean the same.
public enum Equivalence: String, Sendable, Hashable, CaseIterable {
  /// Only the same value.
  case exact
  /// Upper and lower case are the same (MAC addresses, UUIDs).
  case caseInsensitive
  /// A machine alias and the versioned type behind it: `q35` and `pc-q35-7.2`.
  case machineType
  /// Sizes that round up to the same KiB, libvirt's unit of guest memory.
  case kibibytes
  /// Port `-1` means that libvirt picks one.
  case automaticPort
  /// IP addresses in any spelling of the same address.
  case address
  /// `0644` and `644`.
  case octal
  /// Paths that differ in repeated or trailing slashes.
  case path
  /// CPU sets of the same members: `0-3` and `0,1,2,3`.
  case cpuSet
  /// Numbers, addresses, masks and flags of a network filter in any spelling; variables only as they are.
  case filterValue
  /// Two sizes where the host may give more than was asked (LVM rounds up to whole extents).
  case atLeast
  /// Zero means that there is none, which libvirt reports by leaving it out.
  case zeroIsNone
  /// PCI addresses in either case, with or without the domain 0000.
  case pciAddress
  /// USB addresses with or without leading zeros.
  case usbAddress
}

/// Whether the running guest's XML tells a field's value in the declared form.
public enum LiveForm: Sendable, Hashable {
  /// The live XML has it as declared.
  case same
  /// libvirt replaces it at start (`host-model` becomes a model, firmware becomes a path).
  case resolved
  /// It is about the next start only: a running guest is left as it is.
  case nextStart
}

/// One row of a table: everything that virtspec knows about a manifest field.
public final class Field: Sendable {
  /// The name in the manifest.
  public let name: String
  /// What it holds.
  public let type: FieldType
  /// Where it stands in libvirt's XML.
  public let xml: XMLBinding
  /// Values that must stand beside it in the XML for the row to apply; they are written with it.
  public let when: [XMLCondition]
  /// How a change is made.
  public let change: Change
  /// What counts as the same.
  public let equivalence: Equivalence
  /// How the running guest tells it.
  public let live: LiveForm
  /// What a new object gets when the manifest is silent; never compared.
  public let implied: Value?
  /// Names of sibling fields beside which a new object does not get it.
  public let impliedWithout: [String]
  /// Whether a manifest must have it.
  public let required: Bool
  /// For a list: whether one more live than declared is drift. Lists that libvirt extends by itself are not.
  public let complete: Bool
  /// Compared and written as a whole: what an item of a list does not mention is not there, and an element that
  /// is there means something even when it is empty.
  public let isWhole: Bool
  /// Names of sibling fields that cannot stand beside it.
  public let excludes: [String]
  /// One sentence for `explain`, the schema and the reference.
  public let doc: String

  /// A row.
  public init(
    _ name: String, _ type: FieldType, xml: XMLBinding = .none, when: [XMLCondition] = [],
    change: Change = .restart, equivalence: Equivalence = .exact, live: LiveForm = .same,
    implied: Value? = nil, impliedWithout: [String] = [], required: Bool = false,
    complete: Bool = true, isWhole: Bool = false, excludes: [String] = [], doc: String
  ) {
    self.name = name
    self.type = type
    self.xml = xml
    self.when = when
    self.change = change
    self.equivalence = equivalence
    self.live = live
    self.implied = implied
    self.impliedWithout = impliedWithout
    self.required = required
    self.complete = complete
    self.isWhole = isWhole
    self.excludes = excludes
    self.doc = doc
  }
}

extension Field {
  /// What a new record gets of it beside the fields that it has; nil for nothing.
  public func implied(beside record: Record) -> Value? {
    (excludes + impliedWithout).contains { record[$0] != nil } ? nil : implied
  }
}

/// The fields of one kind of record, in the order in which they are documented and written.
public final class Table: Sendable {
  /// The record's name in messages: `guest`, `disk`, `network address`.
  public let name: String
  /// One sentence on what it describes.
  public let doc: String
  /// The rows.
  public let fields: [Field]
  /// Groups of fields of which a manifest must have exactly one.
  public let exactlyOne: [[String]]
  /// The rows that a manifest must have.
  public let required: [Field]
  /// The rows that exclude others, by name.
  public let excluding: [String: Field]
  private let positions: [String: Int]

  /// A table of rows.
  public init(_ name: String, doc: String, exactlyOne: [[String]] = [], _ fields: [Field]) {
    self.name = name
    self.doc = doc
    self.fields = fields
    self.exactlyOne = exactlyOne
    required = fields.filter(\.required)
    excluding = Dictionary(
      fields.filter { !$0.excludes.isEmpty }.map { ($0.name, $0) },
      uniquingKeysWith: { first, _ in first })
    var positions: [String: Int] = [:]
    for (index, field) in fields.enumerated() { positions[field.name] = index }
    self.positions = positions
  }

  /// The row of a field.
  public subscript(name: String) -> Field? {
    positions[name].map { fields[$0] }
  }

  /// The row's place among the rows.
  public func position(of name: String) -> Int? { positions[name] }
}
