import Execution

/// The PCIe root ports of a q35 machine: a device that is plugged in while the guest runs needs a free one.
enum SimulatedPorts {
  /// The numbers of the ports.
  static func numbers(in devices: XMLTree) -> [Int] {
    devices.all("controller").filter { $0["model"] == "pcie-root-port" }.compactMap {
      $0["index"].flatMap { Int($0) }
    }
  }

  /// Makes a port for each device that has none. libvirt leaves a new machine one more.
  static func complete(_ devices: inout XMLTree, spare: Bool) {
    let used = used(in: devices)
    let present = Set(numbers(in: devices))
    var missing = used.filter { $0 > 0 && !present.contains($0) }.sorted()
    if spare { missing.append((present.union(used).max() ?? 0) + 1) }
    for number in missing {
      devices.children.append(
        XMLTree(
          "controller",
          [("type", "pci"), ("index", String(number)), ("model", "pcie-root-port")]))
    }
  }

  /// Puts a device into a free port, where the machine has ports.
  static func plug(
    _ device: inout XMLTree, into devices: XMLTree, _ call: String
  ) throws(HypervisorError) {
    let isExpress = devices.all("controller").contains { $0["model"] == "pcie-root" }
    if device.name == "disk", device.text("target/@bus") != "virtio" {
      // The controller that libvirt would make is none for PCIe.
      let hasController = devices.all("controller").contains { $0["type"] == "scsi" }
      if isExpress, device.text("target/@bus") == "scsi", !hasController {
        throw .refused(call, "internal error: No more available PCI slots", 1)
      }
      return
    }
    if !isExpress || device.child("address") != nil { return }
    let used = used(in: devices)
    guard let port = numbers(in: devices).filter({ !used.contains($0) }).min() else {
      throw .refused(call, "internal error: No more available PCI slots", 1)
    }
    device.children.append(
      XMLTree(
        "address",
        [
          ("type", "pci"), ("domain", "0x0000"), ("bus", "0x" + String(port, radix: 16)),
          ("slot", "0x00"), ("function", "0x0"),
        ]))
  }

  private static func used(in devices: XMLTree) -> Set<Int> {
    Set(
      devices.children.compactMap { $0.child("address") }.filter { $0["type"] == "pci" }
        .compactMap { $0["bus"].flatMap { Int($0.dropFirst(2), radix: 16) } })
  }
}
