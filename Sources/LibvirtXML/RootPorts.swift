import Model

/// The PCIe root ports of a guest: a device that is plugged in while the guest runs needs a free one, and ports
/// themselves cannot be plugged in.
enum RootPorts {
  /// How many ports have nothing in them.
  static func free(in devices: some ReadableElement) -> Int {
    let used = Set(
      devices.elements.compactMap { $0.child(pciAddress)?.number("bus") })
    return ports(in: devices).count { port in
      // A port without a number is new, and libvirt has not put anything into it yet.
      port.number("index").map { !used.contains($0) } ?? true
    }
  }

  /// Adds ports until that many stay free. Which of the devices without an address libvirt will put into a port is
  /// libvirt's choice; all that it could put there are counted, so that there may be more in the end.
  static func ensure(_ count: Int, in devices: Node) {
    let missing = count + homeless(in: devices) - free(in: devices)
    if missing <= 0 { return }
    // Ports are on the root, which libvirt only makes where there is no PCI controller at all.
    let buses = devices.children(step("controller[@type='pci']"))
    if buses.isEmpty {
      devices.append(step("controller[@type='pci'][@model='pcie-root']"))?.setAttribute(
        "index", "0")
    }
    let first = (buses.compactMap { $0.number("index") }.max() ?? 0) + 1
    for index in first..<first + missing {
      devices.append(port)?.setAttribute("index", String(index))
    }
  }

  private static func ports<Element: ReadableElement>(in devices: Element) -> [Element] {
    devices.children(port)
  }

  private static let port = step("controller[@type='pci'][@model='pcie-root-port']")

  private static func step(_ text: String) -> XMLPath.Step {
    XMLPath(text).steps.first ?? XMLPath.Step(name: text, attributes: [])
  }

  private static let pciAddress = step("address[@type='pci']")

  /// The devices that have no address yet and may need a port, those that libvirt adds by itself included.
  private static func homeless(in devices: Node) -> Int {
    let all = devices.elements
    var count = all.count { $0.child(pciAddress) == nil && mayNeedPort($0) }
    func lacks(_ path: String) -> Bool { devices.child(step(path)) == nil }
    if lacks("controller[@type='usb']") { count += 1 }
    if lacks("memballoon") { count += 1 }
    if lacks("video"), !lacks("graphics") { count += 1 }
    let isSerial = ["channel", "console"].contains { name in
      devices.children(step(name)).contains { $0.child(step("target[@type='virtio']")) != nil }
    }
    if isSerial, lacks("controller[@type='virtio-serial']") { count += 1 }
    let drives =
      all.count { $0.child(step("target[@bus='scsi']")) != nil }
      + devices.children(step("hostdev[@type='scsi']")).count
    // libvirt makes a controller for seven drives.
    if drives > 0, lacks("controller[@type='scsi']") { count += drives / 7 + 1 }
    return count
  }

  private static func mayNeedPort(_ device: Node) -> Bool {
    let type = device.attribute("type") ?? ""
    let model = device.attribute("model") ?? ""
    switch device.localName {
    case "disk": return device.child(step("target[@bus='virtio']")) != nil
    case "interface", "filesystem", "rng", "vsock", "shmem", "sound", "video", "crypto": return true
    case "memballoon": return model != "none"
    case "watchdog": return model == "i6300esb"
    case "hostdev": return ["pci", "mdev", "scsi_host"].contains(type)
    case "controller": return ["usb", "scsi", "virtio-serial", "nvme"].contains(type)
    case "input": return device.attribute("bus") == "virtio"
    case "memory": return model.hasPrefix("virtio")
    default: return false
    }
  }
}
