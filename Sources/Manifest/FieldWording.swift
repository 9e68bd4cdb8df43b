import Model

extension FieldType {
  /// One or two words for columns: `word`, `list of mappings`.
  var label: String {
    switch self {
    case .text(let format): format.label
    case .choice: "word"
    case .integer: "integer"
    case .boolean: "boolean"
    case .size: "size"
    case .duration: "duration"
    case .list(let item, _): "list of " + item.pluralLabel
    case .record(let table, let shorthand):
      if let field = shorthand.flatMap({ table[$0] }) {
        field.type.label + " or mapping"
      } else {
        "mapping"
      }
    case .map: "map"
    }
  }

  private var pluralLabel: String {
    switch self {
    case .text(.text), .text(.line): "texts"
    case .text(.mac), .text(.address): label + "es"
    case .record(let table, let shorthand?):
      (table[shorthand].map { $0.type.pluralLabel + " or " } ?? "") + "mappings"
    default: label + "s"
    }
  }

  /// What it holds, with its limits, as part of a sentence.
  var wording: String {
    switch self {
    case .text(let format): ["text", format.expectation].compactMap(\.self).joined(separator: ": ")
    case .choice(let words): "one of " + words.joined(separator: ", ")
    case .integer: ["a whole number", example].compactMap(\.self).joined(separator: ", ")
    case .boolean: "true or false"
    case .size: Self.quantity("2GiB", Quantity.sizeUnits.map(\.name))
    case .duration: Self.quantity("90s", Quantity.durationUnits.map(\.name))
    case .list(let item, let key):
      switch item {
      case .record(let table, _):
        "a list of mappings; each is one \(table.name)"
          + (key.isEmpty ? "" : ", known by its " + key.joined(separator: " and "))
          + item.shorthandWording
      default: "a list; each item is \(item.wording)"
      }
    case .record: "a mapping" + shorthandWording
    case .map: "a mapping of names to text, free in both"
    }
  }

  private var shorthandWording: String {
    guard case .record(let table, let shorthand?) = self, let field = table[shorthand] else {
      return ""
    }
    return "; \(field.type.noun) alone is its \(field.name)"
  }

  private static func quantity(_ example: String, _ units: [String]) -> String {
    "a number with a unit, such as \(example); units are " + units.joined(separator: ", ")
  }

  /// The record of the field, or of its items.
  var table: Table? {
    switch self {
    case .record(let table, _): table
    case .list(let item, _): item.table
    default: nil
    }
  }

  var isList: Bool { if case .list = self { true } else { false } }
}

extension Format {
  fileprivate var label: String {
    switch self {
    case .text, .line: "text"
    case .name: "name"
    case .path: "path"
    case .host: "host name"
    case .mac: "MAC address"
    case .address: "IP address"
    case .cidr: "CIDR"
    case .domain: "DNS name"
    case .device: "device name"
    case .uuid: "UUID"
    case .mode: "file mode"
    case .cpuSet: "CPU set"
    case .versionRange: "version"
    case .uri: "URI"
    case .pciAddress: "PCI address"
    case .usbID: "USB vendor and product"
    case .usbAddress: "USB bus and device"
    case .filterNumber: "number or variable"
    case .filterMAC: "MAC address or variable"
    case .filterAddress: "IP address or variable"
    case .filterMask: "mask or variable"
    }
  }
}

extension Field {
  /// What a new object gets when the manifest is silent, as the manifest would spell it.
  var defaultText: String? {
    implied.map { Self.flow(JSON($0, of: type)) }
  }

  /// YAML in flow style.
  private static func flow(_ json: JSON) -> String {
    switch json {
    case .string(let text): text
    case .array(let items): "[" + items.map(flow).joined(separator: ", ") + "]"
    case .object(let pairs):
      "{" + pairs.map { "\($0.0): \(flow($0.1))" }.joined(separator: ", ") + "}"
    default: json.compact
    }
  }

  /// Whether the row itself is compared, and not only the rows beneath it.
  private var isLeaf: Bool { if case .record = type { false } else { true } }

  /// How a change is made, in one word for columns; the words of `--allow` where it has one.
  var changeLabel: String {
    switch change {
    case .own: "own"
    case _ where !isLeaf: "by field"
    case .live: "live"
    case .restart: "restart"
    case .recreate: "recreate"
    case .dataLoss: "data loss"
    }
  }

  /// How a change is made on an object of the kind that exists.
  func changeText(_ kind: Kind) -> String {
    let word = kind == .guestClass ? Kind.guest.word : kind.word
    return switch change {
    case .own: "the field is virtspec's own; libvirt's XML does not have it"
    case _ where !isLeaf: "field by field, as each of the fields below says"
    case .live(let call): "live, " + call.wording(kind)
    case .restart: "in the \(word)'s definition; a running \(word) has it after a restart"
    case .recreate: "only by making the \(word) anew"
    case .dataLoss: "only by making the \(word) anew, which loses its content"
    }
  }
}

extension LiveCall {
  fileprivate func wording(_ kind: Kind) -> String {
    switch self {
    case .vcpus: "by virDomainSetVcpusFlags, up to the maximum of the running guest"
    case .memory: "by virDomainSetMemoryFlags, up to the maximum of the running guest"
    case .metadata: "by virDomainSetMetadata"
    case .attach:
      "by virDomainAttachDeviceFlags and virDomainDetachDeviceFlags, where the bus can"
    case .media: "by virDomainUpdateDeviceFlags, where the medium is removable"
    case .link: "by virDomainUpdateDeviceFlags"
    case .networkSection: "by virNetworkUpdate"
    case .autostart:
      switch kind {
      case .network: "by virNetworkSetAutostart"
      case .pool: "by virStoragePoolSetAutostart"
      default: "by virDomainSetAutostart"
      }
    case .power: "by starting it or shutting it down"
    case .filter: "by virNWFilterDefineXML"
    case .secret: "by virSecretDefineXML and virSecretSetValue"
    case .resize: "by virStorageVolResize or virDomainBlockResize, upward only"
    case .diskLimits: "by virDomainSetBlockIoTune; on a drive after a restart"
    case .scheduler:
      "by virDomainSetSchedulerParametersFlags where the host has control groups"
    case .memoryLimits: "by virDomainSetMemoryParameters where the host has control groups"
    case .blockIO: "by virDomainSetBlkioParameters where the host has control groups"
    case .numaNodes:
      "by virDomainSetNumaParameters where the host has control groups and the mode is strict or restrictive"
    case .pin: "by virDomainPinVcpuFlags, virDomainPinEmulator or virDomainPinIOThread"
    case .iothreads: "by virDomainAddIOThread and virDomainDelIOThread"
    case .bandwidth: "by virDomainUpdateDeviceFlags, where the host shapes the interface's traffic"
    }
  }
}
