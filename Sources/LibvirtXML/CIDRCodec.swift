import Model

/// `10.20.0.1/24` on an element with `address`, `prefix` or `netmask`, and `family`.
enum CIDRCodec {
  static func read(_ element: some ReadableElement) -> String? {
    guard let text = element.attribute("address"), let address = IPAddress(text) else { return nil }
    if let prefix = element.attribute("prefix").flatMap({ Int($0) }) {
      return "\(address)/\(prefix)"
    }
    if let mask = element.attribute("netmask").flatMap(IPAddress.init),
      let subnet = Subnet(address: address, netmask: mask)
    {
      return subnet.description
    }
    return "\(address)/\(defaultPrefix(of: address))"
  }

  static func write(_ text: String, to element: Node) {
    guard let subnet = Subnet(text) else { return }
    // A netmask says the same as a prefix: whoever wrote it keeps it.
    if read(element).flatMap({ Subnet($0) }) == subnet { return }
    if subnet.address.isIPv6 {
      element.setAttribute("family", "ipv6")
    } else if element.attribute("family") != nil {
      element.setAttribute("family", "ipv4")
    }
    element.setAttribute("address", subnet.address.description)
    element.removeAttribute("netmask")
    element.setAttribute("prefix", String(subnet.prefix))
  }

  /// What libvirt assumes without a prefix or netmask (`virSocketAddrGetIPPrefix`): the classes of old.
  private static func defaultPrefix(of address: IPAddress) -> Int {
    if address.isIPv6 { return 64 }
    switch address.bytes.first ?? 0 {
    case 0..<128: return 8
    case 128..<192: return 16
    default: return 24
    }
  }
}
