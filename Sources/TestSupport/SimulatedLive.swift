import Execution
import LibvirtXML
import Model
import Planning

extension SimulatedState {
  func running(_ name: String, _ call: String) throws(HypervisorError) -> XMLTree {
    guard let live = try domain(name, call).live else {
      throw .refused(call, "Requested operation is not valid: domain is not running")
    }
    return live
  }

  /// Changes of a running guest; the persistent definition stays as it is.
  mutating func performLive(_ operation: Operation, _ name: String) throws(HypervisorError) {
    switch operation {
    case .setLiveVcpus(let count): try setVcpus(name, Int(count))
    case .setLiveMemory(let bytes): try setMemory(name, bytes)
    case .setLiveDescription(let title, let description):
      _ = try running(name, "virDomainSetMetadata")
      for (element, text) in [("title", title), ("description", description)] {
        guard let text else { continue }
        if text.isEmpty {
          domains[name]?.live?.removeAll(element)
        } else {
          domains[name]?.live?.set(element, text)
        }
      }
    case .attachDevice(let list, let item):
      let call = "virDomainAttachDeviceFlags"
      let xml: String
      do throws(XMLProblem) {
        xml = try newDeviceXML(list: list, item: item)
      } catch {
        throw .broken(call, error)
      }
      try attach(xml, name)
    case .detachDevice(let list, let item, _):
      let call = "virDomainDetachDeviceFlags"
      try detach(device(list, item, of: name, overlay: false, call), name)
    case .updateDevice(let list, let item):
      let call = "virDomainUpdateDeviceFlags"
      try update(device(list, item, of: name, overlay: true, call), name)
    case .tuneGuest(let tuning): try tune(tuning, name)
    case .resizeGuestDisk(let guest, let disk, let bytes):
      try resize(guest, disk, bytes)
    default: preconditionFailure("\(operation) is none of a running guest's")
    }
  }

  /// The live device that an item stands for, by the reader and writer under test.
  private func device(
    _ list: String, _ item: Record, of name: String, overlay: Bool, _ call: String
  ) throws(HypervisorError) -> String {
    let live = try running(name, call)
    do throws(XMLProblem) {
      let document = try LibvirtDocument(parsing: live.serialized)
      if let xml = document.deviceXML(list: list, item: item, overlay: overlay) { return xml }
    } catch {
      throw .broken(call, error)
    }
    throw HypervisorError(
      .notFound, call: call, message: "the running guest has no such device among its \(list)")
  }

  private mutating func setVcpus(_ name: String, _ count: Int) throws(HypervisorError) {
    let call = "virDomainSetVcpusFlags"
    let most = Int(try running(name, call).text("vcpu") ?? "1") ?? 1
    if count > most {
      throw .refused(
        call,
        "invalid argument: requested vcpus is greater than max allowable vcpus for the live domain: \(count) > \(most)",
        8)
    }
    domains[name]?.live?.set("vcpu/@current", String(count))
    if count == most { domains[name]?.live?.change("vcpu") { $0["current"] = nil } }
  }

  private mutating func setMemory(_ name: String, _ bytes: Int64) throws(HypervisorError) {
    let call = "virDomainSetMemoryFlags"
    let live = try running(name, call)
    let kibibytes = (bytes + 1023) / 1024
    if kibibytes > Int64(live.text("memory") ?? "0") ?? 0 {
      throw .refused(call, "invalid argument: cannot set memory higher than max memory", 8)
    }
    if live.text("devices/memballoon/@model") ?? "none" == "none" {
      throw .refused(
        call,
        "Requested operation is not valid: Unable to change memory of active domain without"
          + " the balloon device and guest OS balloon driver")
    }
    domains[name]?.live?.set("currentMemory", String(kibibytes))
  }

  /// `virDomainAttachDeviceFlags` with AFFECT_LIVE.
  mutating func attach(_ xml: String, _ name: String) throws(HypervisorError) {
    let call = "virDomainAttachDeviceFlags"
    let live = try running(name, call)
    var device = try XMLTree.given(xml, call)
    let devices = live.child("devices") ?? XMLTree("devices")
    switch device.name {
    case "disk":
      let bus = device.text("target/@bus") ?? "virtio"
      guard ["virtio", "scsi", "usb"].contains(bus) else {
        throw .refused(
          call, "Operation not supported: disk device bus '\(bus)' cannot be hotplugged.", 84)
      }
      let target = device.text("target/@dev") ?? ""
      if devices.all("disk").contains(where: { $0.text("target/@dev") == target }) {
        throw .refused(call, "operation failed: target \(target) already exists", 9)
      }
      try checkMedium(device, call)
      device.complete("driver/@name", "qemu")
      device.complete("driver/@type", "raw")
    case "interface":
      device.complete("mac/@address", newMAC())
      try checkNetwork(device, call)
    default:
      throw .refused(
        call, "Operation not supported: live attach of device '\(device.name)' is not supported",
        84)
    }
    try SimulatedPorts.plug(&device, into: devices, call)
    let bridges = networks.compactMapValues { $0.live?.text("bridge/@name") }
    DomainStart.started(&device, devices.children.count, next()) { bridges[$0] }
    domains[name]?.live?.change("devices") { $0.children.append(device) }
  }

  /// `virDomainDetachDeviceFlags`; the guest lets go at once.
  mutating func detach(_ xml: String, _ name: String) throws(HypervisorError) {
    let call = "virDomainDetachDeviceFlags"
    let device = try XMLTree.given(xml, call)
    let devices = try running(name, call).child("devices")?.children ?? []
    guard let index = devices.firstIndex(where: { $0.isSameDevice(as: device) }) else {
      throw .refused(call, "device not found: no matching \(device.name) was found", 99)
    }
    if device.name == "disk", let bus = devices[index].text("target/@bus"),
      !["virtio", "scsi", "usb"].contains(bus)
    {
      throw .refused(
        call, "Operation not supported: disk device bus '\(bus)' cannot be detached", 84)
    }
    if !["disk", "interface"].contains(device.name) {
      throw .refused(
        call, "Operation not supported: live detach of device '\(device.name)' is not supported", 84
      )
    }
    domains[name]?.live?.change("devices") { _ = $0.children.remove(at: index) }
  }

  /// `virDomainBlockCopy`, which goes on until somebody ends it.
  mutating func startCopy(of disk: String, _ name: String) {
    domains[name]?.live?.change("devices") { devices in
      devices.changeAll("disk") { item, _ in
        guard item.text("target/@dev") == disk else { return }
        item.children.append(
          XMLTree(
            "mirror", [("type", "file"), ("job", "copy"), ("ready", "yes")],
            [XMLTree("source", [("file", "/srv/copy-\(disk)")])]))
      }
    }
  }

  /// The end of a copy of a disk, which is used on as it was.
  mutating func endCopy(of disk: String, _ name: String) {
    domains[name]?.live?.change("devices") { devices in
      devices.changeAll("disk") { item, _ in
        if item.text("target/@dev") == disk { item.removeAll("mirror") }
      }
    }
  }

  /// `virDomainUpdateDeviceFlags`: the medium of a drive, the link of an interface, and nothing else.
  mutating func update(_ xml: String, _ name: String) throws(HypervisorError) {
    let call = "virDomainUpdateDeviceFlags"
    let device = try XMLTree.given(xml, call)
    let devices = try running(name, call).child("devices")?.children ?? []
    guard let index = devices.firstIndex(where: { $0.isSameDevice(as: device) }) else {
      throw .refused(call, "device not found: no matching \(device.name) was found", 99)
    }
    let changeable: [String]
    switch (device.name, device["device"]) {
    case ("disk", "cdrom"), ("disk", "floppy"): changeable = ["source", "backingStore"]
    case ("interface", _): changeable = ["link", "bandwidth"]
    default:
      throw .refused(
        call, "Operation not supported: this disk doesn't support update", 84)
    }
    func rest(_ tree: XMLTree) -> XMLTree {
      var copy = tree
      for name in changeable { copy.removeAll(name) }
      if changeable.contains("source") { copy["type"] = nil }
      copy.children.sort { $0.serialized < $1.serialized }
      return copy
    }
    if rest(device) != rest(devices[index]) {
      throw .refused(
        call, "Operation not supported: cannot modify this part of the \(device.name)", 84)
    }
    if device.name == "disk" { try checkMedium(device, call) }
    domains[name]?.live?.change("devices") { $0.children[index] = device }
  }

  /// `virDomainBlockResize`; libvirt itself would shrink without a word.
  private mutating func resize(
    _ guest: String, _ disk: String, _ bytes: Int64
  ) throws(HypervisorError) {
    let call = "virDomainBlockResize"
    let disks = try running(guest, call).child("devices")?.all("disk") ?? []
    guard let found = disks.first(where: { $0.text("target/@dev") == disk }),
      let path = found.text("source/@file") ?? found.text("source/@dev")
    else {
      throw .refused(call, "invalid argument: invalid path: \(disk)", 8)
    }
    try grow(path, to: bytes, call)
  }
}

extension XMLTree {
  /// Whether libvirt takes two devices for the same: disks by target, interfaces by MAC.
  fileprivate func isSameDevice(as other: XMLTree) -> Bool {
    guard name == other.name else { return false }
    switch name {
    case "disk": return text("target/@dev") == other.text("target/@dev")
    case "interface":
      return text("mac/@address")?.lowercased() == other.text("mac/@address")?.lowercased()
    default: return text("alias/@name") == other.text("alias/@name")
    }
  }
}
