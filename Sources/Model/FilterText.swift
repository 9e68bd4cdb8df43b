/// The values of a network filter's rules: what libvirt reads (`virNWFilterRuleDetailsParse`), and which of them
/// mean the same.
public enum FilterText {
  /// A variable, with an index or an iterator where it is a list: `$IP`, `$IP[0]`, `$PORT[@1]`.
  static let variablePattern = #"\$[A-Za-z0-9_]+(\[@?[0-9]{1,9}\])?"#

  /// A prefix length, or an IPv4 network mask in full.
  static let maskPattern: String = {
    let part = "(255|254|252|248|240|224|192|128|0)"
    let masks = [
      #"(255\.){3}"# + part, #"(255\.){2}"# + part + #"\.0"#, #"255\."# + part + #"(\.0){2}"#,
      part + #"(\.0){3}"#,
    ]
    return (masks + ["0{0,2}[0-9]", "0?[1-9][0-9]", "1[01][0-9]", "12[0-8]"]).joined(separator: "|")
  }()

  /// Whether a text is a variable.
  public static func isVariable(_ text: String) -> Bool {
    guard text.hasPrefix("$") else { return false }
    var rest = text.utf8.dropFirst()
    let name = rest.prefix { $0.isAlphanumeric || $0 == UInt8(ascii: "_") }
    rest = rest.dropFirst(name.count)
    if name.isEmpty || rest.isEmpty { return !name.isEmpty }
    guard rest.first == UInt8(ascii: "["), rest.last == UInt8(ascii: "]") else { return false }
    var index = rest.dropFirst().dropLast()
    if index.first == UInt8(ascii: "@") { index = index.dropFirst() }
    return (1...9).contains(index.count) && index.allSatisfy(\.isDigit)
  }

  static func isNumber(_ text: String) -> Bool {
    text.first?.isASCII == true && number(text) != nil
  }

  /// A decimal or hexadecimal number that libvirt can hold.
  public static func number(_ text: String) -> UInt32? {
    if text.hasPrefix("0x") {
      let digits = text.utf8.dropFirst(2)
      return digits.allSatisfy(\.isHexadecimal) && digits.count <= 8
        ? UInt32(text.dropFirst(2), radix: 16) : nil
    }
    return text.utf8.allSatisfy(\.isDigit) && text.utf8.count <= 10 ? UInt32(text) : nil
  }

  static func isMAC(_ text: String) -> Bool {
    let pairs = text.split(separator: ":", omittingEmptySubsequences: false)
    return pairs.count == 6
      && pairs.allSatisfy { $0.utf8.count == 2 && $0.utf8.allSatisfy(\.isHexadecimal) }
  }

  /// The prefix length that a number or a network mask stands for.
  static func prefixLength(_ text: String) -> Int? {
    if text.utf8.allSatisfy(\.isDigit), (1...3).contains(text.utf8.count) {
      return Int(text).flatMap { $0 <= 128 ? $0 : nil }
    }
    guard let mask = IPAddress(text), !mask.isIPv6 else { return nil }
    return Subnet(address: mask, netmask: mask)?.prefix
  }

  /// EtherTypes by libvirt's names.
  public static let etherTypes: [String: UInt32] = [
    "ipv4": 0x800, "arp": 0x806, "rarp": 0x8035, "vlan": 0x8100, "ipv6": 0x86dd,
  ]
  /// IP protocols by libvirt's names.
  public static let ipProtocols: [String: UInt32] = [
    "icmp": 1, "igmp": 2, "tcp": 6, "udp": 17, "esp": 50, "ah": 51, "icmpv6": 58, "sctp": 132,
    "udplite": 136,
  ]
  /// ARP's operations by libvirt's names.
  public static let arpOperations: [String: UInt32] = [
    "Request": 1, "Reply": 2, "Request_Reverse": 3, "Reply_Reverse": 4, "DRARP_Request": 5,
    "DRARP_Reply": 6, "DRARP_Error": 7, "InARP_Request": 8, "ARP_NAK": 10,
  ]
  private static let names: [String: UInt32] = {
    let all = [etherTypes, ipProtocols, arpOperations].flatMap(\.self)
    return Dictionary(all.map { ($0.key.lowercased(), $0.value) }) { first, _ in first }
  }()

  /// Whether two values mean the same. A variable is only itself.
  static func same(_ left: String, _ right: String) -> Bool {
    if left.hasPrefix("$") || right.hasPrefix("$") { return left == right }
    if let left = named(left), let right = named(right) { return left == right }
    if let left = IPAddress(left), let right = IPAddress(right), left == right { return true }
    if let left = prefixLength(left), let right = prefixLength(right) { return left == right }
    return left.lowercased() == right.lowercased() || flags(left) == flags(right)
  }

  private static func named(_ text: String) -> UInt32? {
    number(text) ?? names[text.lowercased()]
  }

  /// Words with commas in any order, on both sides of a slash.
  private static func flags(_ text: String) -> [Set<Substring>] {
    text.split(separator: "/", omittingEmptySubsequences: false).map {
      Set($0.split(separator: ",", omittingEmptySubsequences: false))
    }
  }
}
