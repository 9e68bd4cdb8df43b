import Model

/// Controllers that libvirt made for the devices of a guest, and makes again for the same devices.
enum GeneratedControllers {
  /// The fields without those controllers.
  static func removed(from spec: Record, of root: Node) -> Record {
    guard let items = spec["controllers"]?.list, let devices = root.descendant("devices") else {
      return spec
    }
    let all = Reader.elements(at: "devices/controller", from: root)
    let made = Makings(
      spec, devices, all, machine: Reader.text(at: "os/type/@machine", from: root) ?? "")
    let kept = items.filter { item in
      let element = all.first { element in
        element.attribute("type") == item.record?.string("type")
          && element.attribute("index").flatMap { Int64($0) } == item.record?.integer("index")
      }
      return element.map { !made.includes($0) } ?? true
    }
    var result = spec
    result["controllers"] = kept.isEmpty ? nil : .list(kept)
    return result
  }

  /// The elements of those controllers.
  static func elements(of root: Node) -> [Node] {
    guard let devices = root.descendant("devices") else { return [] }
    let all = Reader.elements(at: "devices/controller", from: root)
    let spec = Reader.record(.guest, at: root, shape: nil)
    let made = Makings(
      spec, devices, all, machine: Reader.text(at: "os/type/@machine", from: root) ?? "")
    return all.filter(made.includes)
  }

  /// The numbers of the PCI buses that a device is on.
  static func usedBuses(of root: Node) -> Set<Int> {
    Set(
      (root.descendant("devices")?.elements ?? []).compactMap { device in
        device.descendant("address[@type='pci']")?.attribute("bus").flatMap {
          Int($0.dropFirst(2), radix: 16)
        }
      })
  }

  /// What decides which controllers libvirt makes.
  private struct Makings {
    private let isQ35: Bool
    private let isX86PC: Bool
    private let usbCount: Int
    private let buses: Set<String>
    private let hasVirtioSerial: Bool
    private let hasUsualPorts: Bool

    init(_ spec: Record, _ devices: Node, _ controllers: [Node], machine: String) {
      isQ35 = machine.contains("q35")
      isX86PC = machine.contains("i440fx") || machine == "pc"
      usbCount = controllers.count { $0.attribute("type") == "usb" }
      // What no field tells will not be there to need a controller.
      buses = Set(spec.records("disks").compactMap { $0.string("bus") })
      hasVirtioSerial = ["channels", "consoles"].flatMap { spec.records($0) }.contains {
        $0.string("targetType") == "virtio"
      }
      let told: Set = [
        "disk", "controller", "filesystem", "interface", "sound", "video", "memballoon", "rng",
        "watchdog", "vsock", "tpm", "iommu", "input",
      ]
      let isTold = devices.elements.allSatisfy {
        told.contains($0.localName) || $0.descendant("address[@type='pci']") == nil
      }
      let used = Set(
        devices.elements.compactMap { device -> Int? in
          guard let address = device.descendant("address[@type='pci']") else { return nil }
          return address.attribute("bus").flatMap { Int($0.dropFirst(2), radix: 16) }
        })
      let ports = controllers.filter {
        $0.attribute("type") == "pci" && $0.attribute("index") != "0"
      }
      let spare = ports.filter { !used.contains(Int($0.attribute("index") ?? "") ?? -1) }
      // libvirt leaves one port free, where a device can be plugged in.
      hasUsualPorts =
        isTold && ports.allSatisfy(Self.isUsualPort) && spare.count <= (isQ35 ? 1 : 0)
        && spare.allSatisfy { $0.attribute("model") == "pcie-root-port" }
    }

    func includes(_ controller: Node) -> Bool {
      let model = controller.attribute("model")
      if controller.attribute("type") == "pci" {
        guard controller.attribute("index") == "0" else { return hasUsualPorts }
        return isBare(controller) && (model == "pci-root" || model == "pcie-root")
      }
      guard isBare(controller), controller.attribute("index") == "0" else { return false }
      switch controller.attribute("type") {
      case "usb":
        return usbCount == 1
          && (isQ35 && model == "qemu-xhci" || isX86PC && model == "piix3-uhci")
      case "sata": return model == nil && (isQ35 || buses.contains("sata"))
      case "ide": return model == nil && buses.contains("ide")
      case "fdc": return buses.contains("fdc")
      case "scsi": return model == "lsilogic" && buses.contains("scsi")
      case "virtio-serial": return model == nil && hasVirtioSerial
      default: return false
      }
    }

    private func isBare(_ controller: Node) -> Bool {
      controller.localAttributes.allSatisfy { ["type", "index", "model"].contains($0.name) }
        && controller.elements.allSatisfy { $0.localName == "address" }
    }

    private static func isUsualPort(_ port: Node) -> Bool {
      let names = [
        "pcie-root-port": "pcie-root-port", "pcie-to-pci-bridge": "pcie-pci-bridge",
        "pci-bridge": "pci-bridge",
      ]
      guard let name = port.attribute("model").flatMap({ names[$0] }) else { return false }
      return port.elements.allSatisfy { part in
        switch part.localName {
        case "address": true
        case "model": part.attribute("name") == name
        case "target":
          part.elements.isEmpty
            && part.localAttributes.allSatisfy {
              ["chassis", "port", "chassisNr"].contains($0.name)
            }
        default: false
        }
      }
    }
  }
}
