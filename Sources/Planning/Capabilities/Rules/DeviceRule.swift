import Model

/// The host has the devices of a guest, and the values of their fields, by a table: wherever libvirt reports what a
/// field can be, it is held against it.
enum DeviceRule: CapabilityRule {
  /// A field of a device, and where libvirt reports what it can be.
  struct Row: Sendable {
    /// The list of devices, and the field; nil stands for the device itself.
    let list: String
    let field: String?
    /// What identifies an item in a path.
    let key: String
    let device: String
    let values: String?
    /// What the field is called.
    let noun: String
    /// What libvirt takes without reporting it.
    var unreported: [String]? = nil
  }

  static let rows: [Row] = [
    Row(
      list: "disks", field: "device", key: "name", device: "disk", values: "diskDevice",
      noun: "disks of the kind"),
    Row(
      list: "disks", field: "bus", key: "name", device: "disk", values: "bus", noun: "disk bus",
      unreported: ["sd"]),
    Row(
      list: "graphics", field: "type", key: "type", device: "graphics", values: "type",
      noun: "graphics of the type"),
    Row(
      list: "videos", field: "model", key: "model", device: "video", values: "modelType",
      noun: "video model", unreported: ["none"]),
    Row(
      list: "interfaces", field: "model", key: "mac", device: "net", values: "model",
      noun: "interface model"),
    Row(
      list: "filesystems", field: "driver", key: "target", device: "filesystem",
      values: "driverType", noun: "filesystem driver"),
    Row(
      list: "filesystems", field: nil, key: "target", device: "filesystem", values: nil,
      noun: "shared folders"),
    Row(
      list: "rngs", field: "model", key: "model", device: "rng", values: "model",
      noun: "random number generator"),
    Row(
      list: "rngs", field: "backend", key: "model", device: "rng", values: "backendModel",
      noun: "source of random numbers"),
    Row(
      list: "usbRedirections", field: nil, key: "type", device: "redirdev", values: nil,
      noun: "USB redirection"),
    Row(
      list: "channels", field: "type", key: "name", device: "channel", values: "type",
      noun: "channels of the type",
      unreported: [
        "tcp", "udp", "file", "dev", "pipe", "null", "stdio", "vc", "spiceport", "dbus", "nmdm",
      ]),
    Row(
      list: "panics", field: "model", key: "model", device: "panic", values: "model",
      noun: "panic device"),
    Row(
      list: "hostDevices", field: nil, key: "pci", device: "hostdev", values: nil,
      noun: "devices passed through"),
  ]

  static func refusals(_ question: CapabilityQuestion) -> [Refusal] {
    guard let domain = question.domain else { return [] }
    return rows.flatMap { row in
      question.guest.records(row.list).enumerated().compactMap { index, item in
        refusal(row, item, index, domain)
      }
    } + memorySource(question, domain) + hostDevices(question, domain)
  }

  private static func refusal(
    _ row: Row, _ item: Record, _ index: Int, _ domain: DomainCapabilities
  ) -> Refusal? {
    let name = item.string(row.key) ?? String(index)
    let path = "\(row.list)[\(name)]" + (row.field.map { "." + $0 } ?? "")
    guard let field = row.field, let values = row.values else {
      guard domain.devices[row.device]?.isSupported == false else { return nil }
      return Refusal(path, "the host has no \(row.noun) for these guests", remedy: "leave it out")
    }
    guard let wanted = item.string(field), let has = domain.values(row.device, values),
      !has.contains(wanted), row.unreported?.contains(wanted) != true
    else { return nil }
    return Refusal(
      path, "the host has no \(row.noun) \(wanted) for these guests; it has \(WordList.text(has))",
      remedy: has.isEmpty
        ? "leave it out" : "declare \(WordList.instead(of: wanted, among: has))")
  }

  private static func memorySource(
    _ question: CapabilityQuestion, _ domain: DomainCapabilities
  ) -> [Refusal] {
    guard let wanted = question.guest.record("memory")?.string("source"),
      let has = domain.memoryBacking["sourceType"], !has.contains(wanted)
    else { return [] }
    return [
      Refusal(
        "memory.source", "the host cannot back memory by \(wanted); it has \(WordList.text(has))",
        remedy: "declare \(WordList.instead(of: wanted, among: has))")
    ]
  }

  /// A passed device names what it is by the field that it has.
  private static func hostDevices(
    _ question: CapabilityQuestion, _ domain: DomainCapabilities
  ) -> [Refusal] {
    guard let has = domain.values("hostdev", "subsysType"), !has.isEmpty else { return [] }
    let backends = domain.values("hostdev", "pciBackend")
    return question.guest.records("hostDevices").compactMap { item in
      // Mediated devices and host adapters are taken without being reported.
      for (field, type) in [
        ("pci", "pci"), ("usb", "usb"), ("usbAddress", "usb"), ("scsi", "scsi"),
      ] {
        guard let value = item.string(field) else { continue }
        if type == "pci", has.contains(type), backends?.isEmpty == true {
          return Refusal(
            "hostDevices[\(value)].pci",
            "the host cannot pass PCI devices through: it has no IOMMU that is on, or no VFIO",
            remedy:
              "turn on VT-d or AMD-Vi in its firmware's setup, boot with intel_iommu=on or amd_iommu=on, and load vfio-pci"
          )
        }
        if has.contains(type) { continue }
        return Refusal(
          "hostDevices[\(value)].\(field)",
          "the host passes no \(type) devices through; it has \(WordList.text(has))",
          remedy: "leave it out")
      }
      return nil
    }
  }
}
