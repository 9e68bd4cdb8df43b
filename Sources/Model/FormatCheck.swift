extension Format {
  /// What a text must look like, in words for messages; nil when every text will do.
  public var expectation: String? {
    switch self {
    case .text: nil
    case .line: "one line of text that is not empty"
    case .name:
      "letters, digits, '.', '_' and '-', beginning with a letter or digit, at most 63 of them"
    case .path: "an absolute path, such as /srv/images"
    case .host: "a host name or an IP address"
    case .mac: "six pairs of hexadecimal digits, such as 52:54:00:12:34:56, the first pair even"
    case .address: "an IP address, such as 10.20.0.11 or fd00::11"
    case .cidr: "an IP address with its prefix length, such as 10.20.0.1/24"
    case .domain: "a DNS name, such as example.org"
    case .device: "a network device's name of at most 15 characters, such as br0"
    case .uuid: "a UUID, such as 6f2a1f4e-9a0e-4bb6-8f0e-2f5a3f5b7c11"
    case .mode: "three or four octal digits, such as 0644"
    case .cpuSet: "CPU numbers and ranges, such as 0-3,^2,8"
    case .uri: "a libvirt URI, such as qemu+ssh://root@kvm-a/system"
    case .pciAddress: "a PCI address, such as 0000:3b:00.0"
    case .usbID: "vendor and product in hexadecimal digits, such as 1d6b:0002"
    case .usbAddress: "bus and device number, such as 1:4"
    case .filterNumber: "a number, such as 22 or 0x16, or a variable, such as $PORT"
    case .filterMAC:
      "six pairs of hexadecimal digits, such as 52:54:00:12:34:56, or a variable, such as $MAC"
    case .filterAddress: "an IP address, such as 10.20.0.11 or fd00::11, or a variable, such as $IP"
    case .filterMask: "a prefix length or network mask, such as 24 or 255.255.255.0, or a variable"
    case .versionRange: "a comparison with a version, in quotes, such as '>=9.0' or '<11'"
    }
  }

  /// A regular expression (ECMA 262) that the JSON Schema gives; nil when every text will do. It accepts
  /// whatever `accepts` accepts.
  public var pattern: String? {
    switch self {
    case .text: nil
    case .line: "^[^\\r\\n]+$"
    case .name: "^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$"
    case .path: "^/[^\\r\\n]*$"
    case .host: "^[A-Za-z0-9:._-]+$"
    case .mac: "^[0-9A-Fa-f][02468ACEace](:[0-9A-Fa-f]{2}){5}$"
    case .address: "^([0-9]{1,3}(\\.[0-9]{1,3}){3}|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*)$"
    case .cidr:
      "^([0-9]{1,3}(\\.[0-9]{1,3}){3}/([0-9]|[12][0-9]|3[0-2])|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*/([0-9]|[1-9][0-9]|1[01][0-9]|12[0-8]))$"
    case .domain:
      "^[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?(\\.[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?)*\\.?$"
    case .device: "^[^/\\s:]{1,15}$"
    case .uuid: "^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}$"
    case .mode: "^[0-7]{3,4}$"
    case .cpuSet: "^\\^?[0-9]+(-[0-9]+)?(,\\^?[0-9]+(-[0-9]+)?)*$"
    case .uri: "^[A-Za-z][A-Za-z0-9+.-]*://?[^\\s]*$"
    case .pciAddress: "^([0-9A-Fa-f]{4}:)?[0-9A-Fa-f]{2}:[01][0-9A-Fa-f]\\.[0-7]$"
    case .usbID: "^[0-9A-Fa-f]{4}:[0-9A-Fa-f]{4}$"
    case .usbAddress: "^[0-9]{1,3}:[0-9]{1,3}$"
    case .filterNumber: "^([0-9]{1,10}|0x[0-9A-Fa-f]{1,8}|\(FilterText.variablePattern))$"
    case .filterMAC: "^([0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){5}|\(FilterText.variablePattern))$"
    case .filterAddress:
      "^([0-9]{1,3}(\\.[0-9]{1,3}){3}|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*|\(FilterText.variablePattern))$"
    case .filterMask:
      "^(\(FilterText.maskPattern)|\(FilterText.variablePattern))$"
    case .versionRange: "^(>=|<=|>|<|=)?[0-9]{1,9}(\\.[0-9]{1,9}){0,2}$"
    }
  }

  /// Whether YAML readers that guess types may see a number or boolean where this text stands.
  public var mayLookLikeNumber: Bool {
    switch self {
    case .text, .line, .name, .host, .domain, .device, .mode, .cpuSet, .usbID, .usbAddress,
      .filterNumber, .filterMask, .versionRange:
      true
    case .path, .mac, .address, .cidr, .uuid, .uri, .pciAddress, .filterMAC, .filterAddress: false
    }
  }

  /// Whether a text is of this format.
  public func accepts(_ text: String) -> Bool {
    let bytes = text.utf8
    switch self {
    case .text: return true
    case .line: return !text.isEmpty && !bytes.contains { $0 == 10 || $0 == 13 }
    case .name:
      guard let first = bytes.first, first.isAlphanumeric, bytes.count <= 63 else { return false }
      return bytes.allSatisfy { $0.isAlphanumeric || [46, 95, 45].contains($0) }
    case .path: return bytes.first == UInt8(ascii: "/") && !bytes.contains { $0 == 10 || $0 == 13 }
    case .host:
      return !text.isEmpty
        && bytes.allSatisfy { $0.isAlphanumeric || [45, 46, 58, 95].contains($0) }
    case .mac: return Self.isMAC(text)
    case .address: return IPAddress(text) != nil
    case .cidr: return Subnet(text) != nil
    case .domain: return Self.isDomain(text)
    case .device:
      return (1...15).contains(bytes.count) && !bytes.contains { $0 <= 32 || $0 == 47 || $0 == 58 }
    case .uuid:
      let groups = text.split(separator: "-", omittingEmptySubsequences: false)
      return groups.map(\.utf8.count) == [8, 4, 4, 4, 12]
        && groups.allSatisfy { $0.utf8.allSatisfy(\.isHexadecimal) }
    case .mode:
      return (3...4).contains(bytes.count)
        && bytes.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "7")).contains($0) }
    case .cpuSet: return Self.isCPUSet(text)
    case .uri:
      guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")), let first = bytes.first,
        first.isLetter
      else { return false }
      let scheme = bytes[..<colon]
      return bytes[bytes.index(after: colon)...].first == UInt8(ascii: "/")
        && scheme.allSatisfy { $0.isAlphanumeric || [43, 45, 46].contains($0) }
        && !bytes.contains { $0 <= 32 }
    case .pciAddress: return Self.isPCIAddress(text)
    case .usbID:
      let parts = text.split(separator: ":", omittingEmptySubsequences: false)
      return parts.map(\.utf8.count) == [4, 4]
        && parts.allSatisfy { $0.utf8.allSatisfy(\.isHexadecimal) }
    case .usbAddress:
      let parts = text.split(separator: ":", omittingEmptySubsequences: false)
      return parts.count == 2
        && parts.allSatisfy { (1...3).contains($0.utf8.count) && $0.utf8.allSatisfy(\.isDigit) }
    case .filterNumber: return FilterText.isVariable(text) || FilterText.isNumber(text)
    case .filterMAC: return FilterText.isVariable(text) || FilterText.isMAC(text)
    case .filterAddress: return FilterText.isVariable(text) || IPAddress(text) != nil
    case .filterMask: return FilterText.isVariable(text) || FilterText.prefixLength(text) != nil
    case .versionRange: return VersionRange(text) != nil
    }
  }

  private static func isPCIAddress(_ text: String) -> Bool {
    let halves = text.split(separator: ".", omittingEmptySubsequences: false)
    guard halves.count == 2, halves[1].utf8.count == 1,
      halves[1].utf8.allSatisfy({ (0x30...0x37).contains($0) })
    else { return false }
    let numbers = halves[0].split(separator: ":", omittingEmptySubsequences: false)
    return [[4, 2, 2], [2, 2]].contains(numbers.map(\.utf8.count))
      && numbers.allSatisfy { $0.utf8.allSatisfy(\.isHexadecimal) }
      // A bus has 32 slots.
      && ["0", "1"].contains(numbers.last?.first)
  }

  private static func isMAC(_ text: String) -> Bool {
    let pairs = text.split(separator: ":", omittingEmptySubsequences: false)
    guard pairs.count == 6,
      pairs.allSatisfy({ $0.utf8.count == 2 && $0.utf8.allSatisfy(\.isHexadecimal) }),
      let first = UInt8(pairs[0], radix: 16)
    else { return false }
    // The lowest bit of the first byte marks a multicast address, which libvirt refuses.
    return first & 1 == 0
  }

  private static func isDomain(_ text: String) -> Bool {
    let name = text.hasSuffix(".") ? text.dropLast() : Substring(text)
    guard name.utf8.count <= 253 else { return false }
    return name.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
      guard let first = label.utf8.first, let last = label.utf8.last else { return false }
      return first != 45 && last != 45
        && label.utf8.allSatisfy { $0.isAlphanumeric || $0 == 45 || $0 == 95 }
    }
  }

  private static func isCPUSet(_ text: String) -> Bool {
    text.split(separator: ",", omittingEmptySubsequences: false).allSatisfy { part in
      let range = part.hasPrefix("^") ? part.dropFirst() : part
      let ends = range.split(separator: "-", omittingEmptySubsequences: false)
      return (1...2).contains(ends.count)
        && ends.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy(\.isDigit) }
    }
  }
}

extension UInt8 {
  var isDigit: Bool { (0x30...0x39).contains(self) }
  var isLetter: Bool { (0x61...0x7a).contains(self | 0x20) }
  var isAlphanumeric: Bool { isDigit || isLetter }
  var isHexadecimal: Bool { isDigit || (0x61...0x66).contains(self | 0x20) }
}
