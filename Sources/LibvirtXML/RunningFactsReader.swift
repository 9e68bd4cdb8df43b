import Model

extension ObservedDocument {
  /// What decides how the running guest can be changed.
  public func runningFacts() -> RunningFacts {
    if let scanned { return scanned.withRoot { RunningFacts($0) } }
    return parsed?.runningFacts() ?? RunningFacts()
  }
}

extension LibvirtDocument {
  /// What decides how the running guest can be changed.
  public func runningFacts() -> RunningFacts { RunningFacts(root) }
}

extension RunningFacts {
  private static let resource = step("resource")
  private static let devices = step("devices")
  private static let mirror = step("mirror")
  private static let target = step("target")
  private static let disk = step("disk")

  private static func step(_ name: String) -> XMLPath.Step {
    XMLPath.Step(name: name, attributes: [])
  }

  fileprivate init(_ root: some ReadableElement) {
    // libvirt names the partition of every guest that is in control groups.
    self.init(hasControlGroups: root.child(Self.resource) != nil)
    guard let devices = root.child(Self.devices) else { return }
    for disk in devices.children(Self.disk) {
      guard let mirror = disk.child(Self.mirror), let name = disk.child(Self.target)?.attribute("dev")
      else { continue }
      diskJobs[name] = mirror.attribute("job") ?? "copy"
    }
    (freeSlots, hasRootPorts) = PCISlots.free(in: devices)
  }
}

/// The places where PCI devices can be plugged into a running guest.
private enum PCISlots {
  /// Without a PCI bus, or with one of another kind, nothing is known.
  static func free(in devices: some ReadableElement) -> (count: Int?, arePorts: Bool) {
    var ports: [Int] = []
    var bridges: [Int] = []
    var isExpress = false
    var used: Set<Place> = []
    for device in devices.elements {
      if let address = device.child(address), let bus = number(address, "bus") {
        used.insert(Place(bus: bus, slot: number(address, "slot") ?? 0))
      }
      guard device.localName == "controller", device.attribute("type") == "pci",
        let model = device.attribute("model"), let index = number(device, "index")
      else { continue }
      switch model {
      case "pcie-root": isExpress = true
      case "pcie-root-port": ports.append(index)
      case "pci-root", "pci-bridge": bridges.append(index)
      default: break
      }
    }
    if isExpress {
      let buses = Set(used.map(\.bus))
      return (ports.count { !buses.contains($0) }, true)
    }
    if bridges.isEmpty { return (nil, false) }
    // Slot 0 is the host bridge's or the bridge's own, slot 1 of the root the board's.
    let free = bridges.reduce(0) { sum, bus in
      sum + (bus == 0 ? 2...31 : 1...31).count { !used.contains(Place(bus: bus, slot: $0)) }
    }
    return (free, false)
  }

  private struct Place: Hashable {
    var bus: Int
    var slot: Int
  }

  private static let address = XMLPath("address[@type='pci']").steps.first
    ?? XMLPath.Step(name: "address", attributes: [])

  private static func number(_ element: some ReadableElement, _ name: String) -> Int? {
    guard let text = element.attribute(name) else { return nil }
    return text.hasPrefix("0x") ? Int(text.dropFirst(2), radix: 16) : Int(text)
  }
}
