import Model

/// A filter's rule looks at one protocol, with values that libvirt can take: those that it cannot take it leaves
/// out in silence.
enum FilterRuleCheck: Check {
  static func run(_ manifests: ManifestSet) -> [Diagnostic] {
    manifests.documents.filter { $0.kind == .networkFilter }.flatMap { document in
      document.spec.records("rules").enumerated().flatMap { index, rule in
        check(rule, document, [.field("rules"), .index(index)])
      }
    }
  }

  private static func check(
    _ rule: Record, _ document: Document, _ path: [PathPart]
  ) -> [Diagnostic] {
    let sides: [(record: Record, path: [PathPart])] = [
      (rule, path), (rule.record("not") ?? Record(), path + [.field("not")]),
    ]
    var found: [Diagnostic] = []
    var first: (name: String, path: [PathPart])?
    for side in sides {
      for name in FilterProtocol.names {
        guard let match = side.record.record(name) else { continue }
        let place = side.path + [.field(name)]
        if let first, first.name != name {
          found.append(
            Diagnostic(
              code: "conflicting-fields",
              "a rule looks at one protocol, and this one at '\(first.name)' and '\(name)'",
              at: document.place(of: place), expected: "a rule for each of the two"
            ).related(to: document.place(of: first.path), "'\(first.name)' is here"))
        }
        first = first ?? (name, place)
        found += values(match, of: name, document, place)
      }
    }
    return found
  }

  private static func values(
    _ match: Record, of name: String, _ document: Document, _ path: [PathPart]
  ) -> [Diagnostic] {
    let isIPv6 = name == "ipv6" || name == "icmpv6" || name.hasSuffix("IPv6")
    return match.entries.compactMap { entry -> Diagnostic? in
      guard let text = entry.value.string, !FilterText.isVariable(text) else { return nil }
      let place = document.place(of: path + [.field(entry.name)])
      if let expected = words(entry.name, of: name, text) {
        return Diagnostic(
          code: "wrong-format", "'\(entry.name)' cannot be '\(text.shortened)'", at: place,
          expected: expected)
      }
      if let number = FilterText.number(text), let limit = limit(entry.name, of: name),
        number > limit
      {
        return Diagnostic(
          code: "out-of-range", "'\(entry.name)' cannot be \(text)", at: place,
          expected: "0 to \(limit)")
      }
      let isMask = entry.name.hasSuffix("Mask") && !entry.name.hasSuffix("MacMask")
      if !isMask, let address = IPAddress(text), address.isIPv6 != isIPv6 {
        return Diagnostic(
          code: "wrong-format", "'\(entry.name)' of '\(name)' cannot be \(text)", at: place,
          expected: isIPv6 ? "an IPv6 address" : "an IPv4 address; IPv6 has matches of its own")
      }
      return nil
    }
  }

  /// What a field with words of its own takes, where this is none of it.
  private static func words(_ field: String, of name: String, _ text: String) -> String? {
    switch field {
    case "protocol":
      let known = ["ip", "ipv6"].contains(name) ? FilterText.ipProtocols : FilterText.etherTypes
      if known[text] != nil || FilterText.number(text) != nil { return nil }
      return "a number, or one of " + known.keys.sorted().joined(separator: ", ")
    case "opcode":
      let known = FilterText.arpOperations
      if known[text] != nil || FilterText.number(text) != nil { return nil }
      return "a number, or one of " + known.keys.sorted().joined(separator: ", ")
    case "state":
      if text == "NONE" || areAll(text, of: ["NEW", "ESTABLISHED", "RELATED", "INVALID"]) {
        return nil
      }
      return "NEW, ESTABLISHED, RELATED or INVALID, several with commas; or NONE"
    case "flags" where name.hasPrefix("tcp"):
      let sides = text.split(separator: "/", omittingEmptySubsequences: false)
      let known = ["SYN", "ACK", "URG", "PSH", "FIN", "RST"]
      if sides.count == 2,
        sides.allSatisfy({ ["ALL", "NONE"].contains($0) || areAll(String($0), of: known) })
      {
        return nil
      }
      return "the flags that are looked at, and those that are set, such as SYN,ACK/SYN"
    case "ipsetFlags":
      let parts = text.lowercased()
      if areAll(parts, of: ["src", "dst"]), parts.split(separator: ",").count <= 6 { return nil }
      return "src or dst, up to six with commas"
    case "connectionLimit":
      return text.hasPrefix("0x") ? "a decimal number" : nil
    default: return nil
    }
  }

  private static func areAll(_ text: String, of words: [String]) -> Bool {
    text.split(separator: ",", omittingEmptySubsequences: false).allSatisfy {
      words.contains(String($0))
    }
  }

  /// The greatest number that libvirt takes (nwfilter_conf.c).
  private static func limit(_ field: String, of name: String) -> UInt32? {
    switch field {
    case "dscp": 63
    case "id": 4095
    case "protocol": ["ip", "ipv6"].contains(name) ? 255 : 65535
    case "type", "typeEnd", "code", "codeEnd", "option", "flags": 255
    case "rootCost", "rootCostEnd": nil
    case _ where field.hasSuffix("Mask"): nil
    default: 65535
    }
  }
}
