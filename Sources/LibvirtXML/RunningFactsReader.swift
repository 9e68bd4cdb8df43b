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
  private static let resource = XMLPath.Step(name: "resource", attributes: [])
  private static let devices = XMLPath.Step(name: "devices", attributes: [])
  private static let mirror = XMLPath.Step(name: "mirror", attributes: [])
  private static let target = XMLPath.Step(name: "target", attributes: [])

  /// One pass over the devices of each guest that runs: a plan that changes nothing reads them, too.
  fileprivate init(_ root: some ReadableElement) {
    // libvirt names the partition of every guest that is in control groups.
    self.init(hasControlGroups: root.child(Self.resource) != nil)
    guard let devices = root.child(Self.devices) else { return }
    var slots = PCISlots()
    var jobs: [String: String] = [:]
    var usb = false
    devices.forEachElement { device in
      slots.count(device)
      if device.isNamed("controller") {
        if device.hasAttribute("type", "scsi"), let index = device.number("index") {
          scsiControllers.insert(index)
        } else if device.hasAttribute("type", "usb") {
          usb = usb || !device.hasAttribute("model", "none")
        }
      }
      if device.isNamed("disk"), let mirror = device.child(Self.mirror),
        let name = device.child(Self.target)?.attribute("dev")
      {
        jobs[name] = mirror.attribute("job") ?? "copy"
      }
    }
    hasUSB = usb
    diskJobs = jobs
    hasRootPorts = slots.isExpress
    freeSlots = slots.free(in: devices)
  }
}

/// The places where PCI devices can be plugged into a running guest.
private struct PCISlots {
  private(set) var isExpress = false
  private var ports = Numbers()
  private var bridges: [Int] = []
  private var usedBuses = Numbers()

  mutating func count(_ device: some ReadableElement) {
    if let address = device.child(Self.address), let bus = address.number("bus") {
      usedBuses.insert(bus)
    }
    guard device.isNamed("controller"), device.hasAttribute("type", "pci"),
      let index = device.number("index")
    else { return }
    if device.hasAttribute("model", "pcie-root-port") {
      ports.insert(index)
    } else if device.hasAttribute("model", "pcie-root") {
      isExpress = true
    } else if device.hasAttribute("model", "pci-root") || device.hasAttribute("model", "pci-bridge")
    {
      bridges.append(index)
    }
  }

  /// Without a PCI bus, or with one of another kind, nothing is known.
  func free(in devices: some ReadableElement) -> Int? {
    if isExpress { return ports.subtracting(usedBuses) }
    if bridges.isEmpty { return nil }
    var used: [Int: Numbers] = [:]
    devices.forEachElement { device in
      guard let address = device.child(Self.address), let bus = address.number("bus"),
        let slot = address.number("slot")
      else { return }
      used[bus, default: Numbers()].insert(slot)
    }
    // Slot 0 is the host bridge's or the bridge's own, slot 1 of the root the board's.
    return bridges.reduce(0) { sum, bus in
      let taken = used[bus] ?? Numbers()
      return sum + (bus == 0 ? 2...31 : 1...31).count { !taken.contains($0) }
    }
  }

  private static let address =
    XMLPath("address[@type='pci']").steps.first
    ?? XMLPath.Step(name: "address", attributes: [])
}

/// Numbers of PCI buses or slots, which are below 256.
private struct Numbers {
  private var bits: SIMD4<UInt64> = .zero

  mutating func insert(_ number: Int) {
    if (0..<256).contains(number) { bits[number / 64] |= 1 << UInt64(number % 64) }
  }

  func contains(_ number: Int) -> Bool {
    (0..<256).contains(number) && bits[number / 64] & (1 << UInt64(number % 64)) != 0
  }

  /// How many are not among others.
  func subtracting(_ others: Numbers) -> Int {
    let rest = bits & ~others.bits
    return (0..<4).reduce(0) { $0 + rest[$1].nonzeroBitCount }
  }
}
