/// What libvirt's QEMU driver fills in when a domain is defined (measured on libvirt 9.0 with QEMU 7.2).
enum DomainDefaults {
  static func completed(_ given: XMLTree, newMAC: () -> String) -> XMLTree {
    var domain = given
    machine(&domain)
    memory(&domain)
    domain.complete("vcpu", "1")
    domain.complete("vcpu/@placement", "static")
    if domain.text("vcpu/@current") == domain.text("vcpu") {
      domain.change("vcpu") { $0["current"] = nil }
    }
    let devices = domain.child("devices")
    let hasDeviceBoot = devices?.children.contains { $0.child("boot") != nil } ?? false
    if !hasDeviceBoot, domain.text("os/kernel") == nil { domain.complete("os/boot/@dev", "hd") }
    if domain.child("cpu") == nil {
      domain.children.append(
        XMLTree(
          "cpu", [("mode", "custom"), ("match", "exact"), ("check", "none")],
          [XMLTree("model", [("fallback", "forbid")], text: "qemu64")]))
    }
    domain.complete("clock/@offset", "utc")
    for (name, word) in [
      ("on_poweroff", "destroy"), ("on_reboot", "restart"), ("on_crash", "destroy"),
    ] { domain.complete(name, word) }
    let isQ35 = domain.text("os/type/@machine")?.contains("q35") == true
    domain.change("devices") { devices in
      self.devices(&devices, isQ35: isQ35)
      devices.changeAll("interface") { interface, _ in
        interface.complete("mac/@address", newMAC())
        interface.complete("model/@type", "rtl8139")
      }
      let hadPorts = !SimulatedPorts.numbers(in: devices).isEmpty
      addresses(&devices)
      if isQ35 { SimulatedPorts.complete(&devices, spare: !hadPorts) }
    }
    return domain
  }

  private static func machine(_ domain: inout XMLTree) {
    domain.complete("os/type/@arch", "x86_64")
    let alias = domain.text("os/type/@machine") ?? "pc"
    let types = ["q35": "pc-q35-7.2", "pc": "pc-i440fx-7.2", "virt": "virt-7.2"]
    domain.set("os/type/@machine", types[alias] ?? alias)
    guard domain.text("os/@firmware") == "efi" else { return }
    domain.complete("os/loader/@readonly", "yes")
    domain.complete("os/loader/@secure", "no")
    domain.complete("os/loader/@type", "pflash")
    if domain.text("os/loader") == "" { domain.set("os/loader", "/usr/share/OVMF/OVMF_CODE.fd") }
    domain.complete(
      "os/nvram", "/var/lib/libvirt/qemu/nvram/\(domain.text("name") ?? "")_VARS.fd")
  }

  /// Sizes become KiB; the memory in use is never above the memory.
  private static func memory(_ domain: inout XMLTree) {
    let factors = ["b": 1, "bytes": 1, "k": 1024, "m": 1 << 20, "g": 1 << 30, "t": 1 << 40]
    for name in ["memory", "currentMemory"] {
      guard let text = domain.text(name), let number = Int(text) else { continue }
      let unit = domain.text(name + "/@unit") ?? "KiB"
      let factor = factors[unit.lowercased()] ?? factors[String(unit.lowercased().prefix(1))] ?? 1
      domain.set(name, String((number * factor + 1023) / 1024))
      domain.set(name + "/@unit", "KiB")
    }
    let most = domain.text("memory") ?? "0"
    if Int(domain.text("currentMemory") ?? "") ?? .max > Int(most) ?? 0 {
      domain.set("currentMemory", most)
      domain.set("currentMemory/@unit", "KiB")
    }
  }

  private static func devices(_ devices: inout XMLTree, isQ35: Bool) {
    devices.complete("emulator", "/usr/bin/qemu-system-x86_64")
    devices.changeAll("disk") { disk, _ in
      if disk["type"] == nil { disk["type"] = "file" }
      if disk["device"] == nil { disk["device"] = "disk" }
      disk.complete("driver/@name", "qemu")
      disk.complete("driver/@type", "raw")
      disk.complete("target/@bus", Self.bus(of: disk))
      if disk["device"] == "cdrom", disk.child("readonly") == nil {
        disk.children.append(XMLTree("readonly"))
      }
    }
    let buses = Set(devices.all("disk").compactMap { $0.text("target/@bus") })
    controller("usb", isQ35 ? "qemu-xhci" : "piix3-uhci", in: &devices)
    controller("pci", isQ35 ? "pcie-root" : "pci-root", in: &devices)
    if isQ35 || buses.contains("sata") { controller("sata", nil, in: &devices) }
    if buses.contains("ide") { controller("ide", nil, in: &devices) }
    if buses.contains("scsi") { controller("scsi", "virtio-scsi", in: &devices) }
    if !devices.all("channel").isEmpty { controller("virtio-serial", nil, in: &devices) }
    devices.changeAll("serial") { serial, index in
      serial.complete("target/@port", String(index))
      serial.complete("target/@type", "isa-serial")
      serial.complete("target/model/@name", "isa-serial")
    }
    if let serial = devices.child("serial"), devices.child("console") == nil {
      devices.children.append(
        XMLTree(
          "console", [("type", serial["type"] ?? "pty")],
          [XMLTree("target", [("type", "serial"), ("port", "0")])]))
    }
    input("mouse", in: &devices)
    input("keyboard", in: &devices)
    graphics(&devices)
    if devices.child("audio") == nil {
      devices.children.append(XMLTree("audio", [("id", "1"), ("type", "none")]))
    }
    if devices.child("memballoon") == nil {
      devices.children.append(XMLTree("memballoon", [("model", "virtio")]))
    }
  }

  /// libvirt's guess by the name of the target.
  private static func bus(of disk: XMLTree) -> String {
    let name = disk.text("target/@dev") ?? ""
    if name.hasPrefix("hd") { return "ide" }
    if name.hasPrefix("sd") { return "scsi" }
    return name.hasPrefix("fd") ? "fdc" : "virtio"
  }

  private static func controller(_ type: String, _ model: String?, in devices: inout XMLTree) {
    if devices.all("controller").contains(where: { $0["type"] == type }) {
      devices.changeAll("controller") { item, _ in
        guard item["type"] == type else { return }
        if item["index"] == nil { item["index"] = "0" }
        if item["model"] == nil { item["model"] = model }
      }
      return
    }
    var made = XMLTree("controller", [("type", type), ("index", "0")])
    made["model"] = model
    devices.children.append(made)
  }

  private static func input(_ type: String, in devices: inout XMLTree) {
    devices.changeAll("input") { item, _ in
      if item["bus"] == nil { item["bus"] = item["type"] == "tablet" ? "usb" : "ps2" }
    }
    if devices.all("input").contains(where: { $0["type"] == type && $0["bus"] == "ps2" }) { return }
    devices.children.append(XMLTree("input", [("type", type), ("bus", "ps2")]))
  }

  private static func graphics(_ devices: inout XMLTree) {
    devices.changeAll("graphics") { item, _ in
      if item["port"] == nil || item["autoport"] == "yes" {
        item["port"] = "-1"
        item["autoport"] = "yes"
      } else if item["autoport"] == nil {
        item["autoport"] = item["port"] == "-1" ? "yes" : "no"
      }
      item.complete("listen/@type", "address")
      if let address = item.text("listen/@address") { item["listen"] = address }
    }
    if devices.child("graphics") != nil, devices.child("video") == nil {
      devices.children.append(
        XMLTree("video", [XMLTree("model", [("type", "vga"), ("vram", "16384"), ("heads", "1")])]))
    }
  }

  /// Every device on PCI gets a bus of its own; disks on other buses a unit.
  private static func addresses(_ devices: inout XMLTree) {
    var taken = Set(
      devices.children.compactMap { $0.child("address") }.filter { $0["type"] == "pci" }
        .compactMap { $0["bus"] })
    func free() -> String {
      var bus = 1
      while taken.contains("0x" + String(bus, radix: 16)) { bus += 1 }
      taken.insert("0x" + String(bus, radix: 16))
      return "0x" + String(bus, radix: 16)
    }
    for index in devices.children.indices where devices.children[index].child("address") == nil {
      let device = devices.children[index]
      let bus = device.text("target/@bus")
      switch device.name {
      case "interface", "memballoon", "rng", "video", "sound": break
      case "disk" where bus == "virtio": break
      // The SATA controller of a q35 machine is a part of the board.
      case "controller" where ["usb", "scsi", "virtio-serial"].contains(device["type"]): break
      case "disk" where bus != "usb":
        let name = device.text("target/@dev") ?? ""
        let unit = (name.utf8.last ?? 97) &- 97
        devices.children[index].children.append(
          XMLTree(
            "address",
            [("type", "drive"), ("controller", "0"), ("bus", "0"), ("unit", String(unit))]))
        continue
      default: continue
      }
      devices.children[index].children.append(
        XMLTree(
          "address",
          [
            ("type", "pci"), ("domain", "0x0000"), ("bus", free()), ("slot", "0x00"),
            ("function", "0x0"),
          ]))
    }
  }
}

extension XMLTree {
  /// An element with attributes and children, without text.
  init(_ name: String, _ children: [XMLTree]) { self.init(name, [], text: "", children) }
  /// An element with attributes and children.
  init(_ name: String, _ attributes: [(String, String)], _ children: [XMLTree]) {
    self.init(name, attributes, text: "", children)
  }
}
