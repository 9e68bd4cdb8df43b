import Model

/// Where devices can be plugged into a running guest: what a plan's steps take and leave one after another.
struct FreePlaces {
  /// PCI slots; nil where that is not known.
  private var slots: Int?
  private let arePorts: Bool
  private var missing = 0
  private var scsiControllers: Set<Int>
  private let hasUSB: Bool

  init(_ facts: RunningFacts) {
    slots = facts.freeSlots
    arePorts = facts.hasRootPorts
    scsiControllers = facts.scsiControllers
    hasUSB = facts.hasUSB
  }

  /// Why a device cannot be plugged in; nil when it can, or when the operation plugs none in.
  mutating func obstacle(to operation: Operation) -> String? {
    switch operation {
    case .attachDevice(let list, let item):
      if list == "disks" {
        switch HotPlug.bus(item) {
        case "scsi": return obstacle(toSCSIDisk: item.string("name") ?? "")
        case "usb": return hasUSB ? nil : "the guest has no USB controller"
        default: break
        }
      }
      return HotPlug.needsSlot(item, list) ? taking(1) : nil
    case .detachDevice(let list, let item, _) where HotPlug.needsSlot(item, list):
      slots = slots.map { $0 + 1 }
      return nil
    default: return nil
    }
  }

  /// libvirt plugs in the controllers up to the disk's own that are missing, each into a slot. The first one it makes
  /// an lsilogic, which fits into no PCIe port; others are made like those that are there (measured on libvirt 9.0).
  private mutating func obstacle(toSCSIDisk name: String) -> String? {
    guard slots != nil, let number = DiskName.number(name) else { return nil }
    let needed = Set(0...number / Self.disksPerController).subtracting(scsiControllers)
    if needed.isEmpty { return nil }
    if arePorts, scsiControllers.isEmpty {
      return "the guest has no SCSI controller, and its PCIe ports take none"
    }
    if let obstacle = taking(needed.count) { return obstacle }
    scsiControllers.formUnion(needed)
    return nil
  }

  /// By their names: sda to sdg are on the first controller.
  private static let disksPerController = 7

  private mutating func taking(_ count: Int) -> String? {
    guard let slots else { return nil }
    if slots >= count {
      self.slots = slots - count
      return nil
    }
    missing += count
    return arePorts
      ? "no PCIe port is free; 'hotplugSlots: \(missing)' keeps some for later"
      : "no PCI slot is free"
  }
}

/// The names of disks: `sda`, `vdab`.
enum DiskName {
  /// Which disk it is, from 0, as libvirt counts; nil where it has no letters behind the bus.
  static func number(_ name: String) -> Int? {
    var number = 0
    let letters = name.dropFirst(2).utf8
    guard !letters.isEmpty, letters.count <= 3 else { return nil }
    for letter in letters {
      guard (0x61...0x7a).contains(letter) else { return nil }
      number = number * 26 + Int(letter) - 0x60
    }
    return number - 1
  }
}
