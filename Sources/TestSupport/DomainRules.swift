import Execution

/// What libvirt's QEMU driver refuses to define: rules that a writer can break.
enum DomainRules {
  private static let call = "virDomainDefineXMLFlags"

  static func check(_ domain: XMLTree) throws(HypervisorError) {
    guard number(domain.text("memory")) ?? 0 > 0 else {
      throw .refused(call, "XML error: missing or invalid 'memory' element", 27)
    }
    if domain.text("os/type") ?? "" == "" {
      throw .refused(call, "XML error: an os <type> must be specified", 27)
    }
    let most = number(domain.text("vcpu")) ?? 1
    if let current = number(domain.text("vcpu/@current")), current > most {
      throw .refused(
        call, "XML error: maxvcpus must not be less than current vcpus (\(most) < \(current))", 27)
    }
    if let topology = domain.child("cpu")?.child("topology") {
      let product = ["sockets", "dies", "cores", "threads"].reduce(1) {
        $0 * (number(topology[$1]) ?? 1)
      }
      if product != most {
        throw .refused(
          call,
          "unsupported configuration: CPU topology doesn't match maximum vcpu count (\(product), \(most))",
          67)
      }
    }
    let devices = domain.child("devices") ?? XMLTree("devices")
    let hasDeviceBoot = devices.children.contains { $0.child("boot") != nil }
    if hasDeviceBoot, domain.child("os")?.child("boot") != nil {
      throw .refused(
        call,
        "unsupported configuration: per-device boot elements cannot be used together with os/boot elements",
        67)
    }
    try check(disks: devices.all("disk"))
    for interface in devices.all("interface") { try check(interface: interface) }
    try check(graphics: devices.all("graphics"))
    try checkUnique(devices.children.compactMap { $0.text("boot/@order") }) {
      "unsupported configuration: boot order '\($0)' used for more than one device"
    }
  }

  private static func check(disks: [XMLTree]) throws(HypervisorError) {
    try checkUnique(disks.map { $0.text("target/@dev") ?? "" }) {
      "unsupported configuration: target '\($0)' duplicated for disk sources"
    }
    let source = ["file": ["file"], "block": ["dev"], "volume": ["pool", "volume"]]
    for disk in disks {
      let target = disk.text("target/@dev") ?? ""
      if target.isEmpty { throw .refused(call, "XML error: missing target dev for disk", 27) }
      let type = disk["type"] ?? "file"
      let wanted = source[type] ?? []
      let found = (disk.child("source")?.attributes.map(\.name) ?? [])
        .filter { ["file", "dev", "pool", "volume"].contains($0) }
      if Set(found) != Set(wanted),
        !(found.isEmpty && ["cdrom", "floppy"].contains(disk["device"]))
      {
        throw .refused(
          call,
          "XML error: disk '\(target)' of type '\(type)' cannot have a source of \(found.sorted())",
          27)
      }
    }
  }

  private static func check(interface: XMLTree) throws(HypervisorError) {
    let source = ["network": "network", "bridge": "bridge", "direct": "dev"]
    let type = interface["type"] ?? ""
    if type.isEmpty { throw .refused(call, "XML error: interface without a type", 27) }
    let found = (interface.child("source")?.attributes.map(\.name) ?? [])
      .filter { source.values.contains($0) }
    if let wanted = source[type], found != [wanted] {
      throw .refused(
        call, "XML error: interface of type '\(type)' cannot have a source of \(found)", 27)
    }
  }

  private static func check(graphics: [XMLTree]) throws(HypervisorError) {
    for item in graphics {
      guard let old = item["listen"], let new = item.text("listen/@address"), old != new else {
        continue
      }
      throw .refused(
        call,
        "XML error: graphics 'listen' attribute '\(old)' must match 'address' attribute of first listen element (found '\(new)')",
        27)
    }
  }

  /// Addresses must fit their bus, and be free.
  static func checkAddresses(_ domain: XMLTree) throws(HypervisorError) {
    let devices = domain.child("devices")?.children ?? []
    for disk in devices where disk.name == "disk" {
      let bus = disk.text("target/@bus") ?? ""
      guard let type = disk.text("address/@type") else { continue }
      let wanted = bus == "virtio" ? "pci" : bus == "usb" ? "usb" : "drive"
      if type != wanted {
        throw .refused(
          call, "internal error: unexpected address type for \(bus) disk: '\(type)'", 1)
      }
    }
    let addresses = devices.compactMap { $0.child("address") }.filter { $0["type"] == "pci" }
    try checkUnique(
      addresses.map { "\($0["domain"] ?? ""):\($0["bus"] ?? ""):\($0["slot"] ?? "")" }
    ) {
      "XML error: Attempted double use of PCI Address \($0)"
    }
  }

  private static func checkUnique(
    _ items: [String], _ message: (String) -> String
  ) throws(HypervisorError) {
    var seen: Set<String> = []
    for item in items where !seen.insert(item).inserted {
      throw .refused(call, message(item), 67)
    }
  }

  private static func number(_ text: String?) -> Int? { text.flatMap { Int($0) } }
}
