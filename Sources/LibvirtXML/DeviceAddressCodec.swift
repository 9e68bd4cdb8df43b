import Model

/// Addresses of devices as people know them from lspci, lsusb and lsscsi, on libvirt's elements with a number an
/// attribute.
enum DeviceAddressCodec {
  static func read(_ codec: XMLCodec, _ element: some ReadableElement) -> String? {
    switch codec {
    case .cidr, .freeRootPorts: return nil
    case .pciAddress:
      guard let bus = number(element, "bus"), let slot = number(element, "slot") else {
        return nil
      }
      let place = hexadecimal(number(element, "domain") ?? 0, 4) + ":" + hexadecimal(bus, 2)
      return "\(place):\(hexadecimal(slot, 2)).\(number(element, "function") ?? 0)"
    case .usbID:
      guard let vendor = element.child(step("vendor")).flatMap({ number($0, "id") }),
        let product = element.child(step("product")).flatMap({ number($0, "id") })
      else { return nil }
      return hexadecimal(vendor, 4) + ":" + hexadecimal(product, 4)
    case .usbAddress:
      guard let bus = number(element, "bus"), let device = number(element, "device") else {
        return nil
      }
      return "\(bus):\(device)"
    case .scsiAddress:
      guard let adapter = element.child(step("adapter"))?.attribute("name"),
        let address = element.child(step("address"))
      else { return nil }
      let numbers = ["bus", "target", "unit"].map { String(number(address, $0) ?? 0) }
      return ([adapter] + numbers).joined(separator: ":")
    }
  }

  static func write(_ text: String, _ codec: XMLCodec, to element: Node) {
    for (path, value) in codec.values(of: text) {
      guard let attribute = path.attribute else { continue }
      element.ensured(path)?.setAttribute(attribute, value)
    }
  }

  private static func step(_ name: String) -> XMLPath.Step {
    XMLPath.Step(name: name, attributes: [])
  }

  private static func number(_ element: some ReadableElement, _ name: String) -> Int? {
    guard let text = element.attribute(name) else { return nil }
    return text.hasPrefix("0x") ? Int(text.dropFirst(2), radix: 16) : Int(text)
  }

  private static func hexadecimal(_ number: Int, _ digits: Int) -> String {
    let text = String(number, radix: 16)
    return String(repeating: "0", count: max(0, digits - text.count)) + text
  }
}

extension XMLCodec {
  /// The elements inside its own that are all it has; none where the whole element is its.
  var elements: [String] {
    switch self {
    case .usbID: ["vendor", "product"]
    case .scsiAddress: ["adapter", "address"]
    case .cidr, .pciAddress, .usbAddress, .freeRootPorts: []
    }
  }
}
