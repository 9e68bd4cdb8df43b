extension XMLCodec {
  /// The attributes, below the codec's element, that a text stands in, with their values. An empty one is said in
  /// one of several ways, such as a prefix or a netmask.
  public func values(of text: String) -> [(path: XMLPath, value: String)] {
    let parts = text.split { ":.".contains($0) }.map(String.init)
    switch self {
    case .cidr:
      return [("@address", String(text.prefix { $0 != "/" })), ("@prefix", ""), ("@netmask", "")]
    case .pciAddress:
      let numbers = (parts.count == 3 ? ["0000"] : []) + parts
      return zip(["@domain", "@bus", "@slot", "@function"] as [XMLPath], numbers)
        .map { ($0, "0x" + $1.lowercased()) }
    case .usbID:
      return zip(["vendor/@id", "product/@id"] as [XMLPath], parts)
        .map { ($0, "0x" + $1.lowercased()) }
    case .usbAddress:
      return zip(["@bus", "@device"] as [XMLPath], parts).map { ($0, String(Int($1) ?? 0)) }
    case .scsiAddress:
      // The adapter's name may have dots.
      let names: [XMLPath] = ["adapter/@name", "address/@bus", "address/@target", "address/@unit"]
      return zip(names, text.split(separator: ":").map(String.init)).map { ($0, $1) }
    case .freeRootPorts: return []
    }
  }
}
