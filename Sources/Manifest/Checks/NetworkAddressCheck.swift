import Model

/// One address of a network's host side as written: `address` with `dhcp`, or an item of `addresses`.
struct WrittenAddress {
  let subnet: Subnet
  let dhcp: Record?
  let path: [PathPart]

  /// Every address of a network.
  static func all(of spec: Record) -> [WrittenAddress] {
    var result: [WrittenAddress] = []
    if let subnet = spec.string("address").flatMap({ Subnet($0) }) {
      result.append(WrittenAddress(subnet: subnet, dhcp: spec.record("dhcp"), path: []))
    }
    for (index, item) in spec.records("addresses").enumerated() {
      guard let subnet = item.string("address").flatMap({ Subnet($0) }) else { continue }
      result.append(
        WrittenAddress(
          subnet: subnet, dhcp: item.record("dhcp"), path: [.field("addresses"), .index(index)]))
    }
    return result
  }
}

/// Ranges, reservations and gateways lie in the network that they belong to.
enum NetworkAddressCheck: Check {
  static func run(_ manifests: ManifestSet) -> [Diagnostic] {
    var found: [Diagnostic] = []
    for document in manifests.documents where document.kind == .network {
      let addresses = WrittenAddress.all(of: document.spec)
      if document.spec["dhcp"] != nil, document.lacks("address"), document.lacks("addresses") {
        found.append(
          Diagnostic(
            code: "missing-field", "'dhcp' needs the network's own 'address'",
            at: document.place(of: [.field("dhcp")]), expected: "address: 10.20.0.1/24"))
      }
      for address in addresses {
        if address.subnet.address == address.subnet.network,
          address.subnet.prefix < address.subnet.address.bits - 1
        {
          found.append(
            Diagnostic(
              code: "wrong-address",
              "\(address.subnet) is the network itself, not an address of the host in it",
              at: document.place(of: address.path + [.field("address")]),
              expected: "an address in the network, often the first one"))
        }
        found += ranges(of: address, document) + reservations(of: address, document)
      }
      found += routes(document, addresses) + forwarding(document, addresses)
    }
    return found
  }

  private static func ranges(of address: WrittenAddress, _ document: Document) -> [Diagnostic] {
    guard let dhcp = address.dhcp else { return [] }
    let base = address.path + [.field("dhcp")]
    var found: [Diagnostic] = []
    for (index, range) in dhcp.records("ranges").enumerated() {
      found += check(range, in: address, base + [.field("ranges"), .index(index)], document)
    }
    if let missing = ["start", "end"].first(where: { dhcp[$0] == nil }),
      let given = ["start", "end"].first(where: { dhcp[$0] != nil }),
      !document.isBroken(base + [.field(missing)])
    {
      found.append(
        Diagnostic(
          code: "missing-field", "dhcp has '\(given)' without '\(missing)'",
          at: document.place(of: base + [.field(given)]), expected: "both, or neither"))
    }
    return found + check(dhcp, in: address, base, document)
  }

  /// A range that has both ends; one without has been complained about.
  private static func check(
    _ range: Record, in address: WrittenAddress, _ path: [PathPart], _ document: Document
  ) -> [Diagnostic] {
    guard let start = range.string("start").flatMap(IPAddress.init),
      let end = range.string("end").flatMap(IPAddress.init)
    else { return [] }
    let outside = [("start", start), ("end", end)].filter { !address.subnet.contains($0.1) }
    if outside.isEmpty, end < start {
      return [
        Diagnostic(
          code: "wrong-range", "the range ends at \(end), before its start \(start)",
          at: document.place(of: path + [.field("end")]), expected: "\(start) or a later address")
      ]
    }
    return outside.map { name, limit in
      Diagnostic(
        code: "address-outside", "'\(name)' \(limit) is not in \(address.subnet)",
        at: document.place(of: path + [.field(name)]), expected: address.subnet.expectation)
    }
  }

  private static func reservations(of address: WrittenAddress, _ document: Document) -> [Diagnostic]
  {
    var found: [Diagnostic] = []
    for (index, reservation) in (address.dhcp?.records("reservations") ?? []).enumerated() {
      let path = address.path + [.field("dhcp"), .field("reservations"), .index(index)]
      if let ip = reservation.string("address").flatMap(IPAddress.init),
        !address.subnet.contains(ip)
      {
        found.append(
          Diagnostic(
            code: "address-outside", "\(ip) is not in \(address.subnet)",
            at: document.place(of: path + [.field("address")]),
            expected: address.subnet.expectation))
      }
      if ["mac", "name", "clientId"].allSatisfy({
        reservation[$0] == nil && !document.isBroken(path + [.field($0)])
      }) {
        found.append(
          Diagnostic(
            code: "missing-field",
            "the reservation does not say for whom: it needs 'mac', 'name' or 'clientId'",
            at: document.place(of: path), expected: "mac: 52:54:00:12:34:56"))
      }
    }
    return found
  }

  private static func routes(_ document: Document, _ addresses: [WrittenAddress]) -> [Diagnostic] {
    document.spec.records("routes").enumerated().compactMap { index, route in
      guard let via = route.string("via").flatMap(IPAddress.init), !addresses.isEmpty,
        !document.isAnyBroken(under: "addresses"), !document.isAnyBroken(under: "address"),
        !addresses.contains(where: { $0.subnet.contains(via) })
      else { return nil }
      return Diagnostic(
        code: "address-outside", "the gateway \(via) is in none of the network's subnets",
        at: document.place(of: [.field("routes"), .index(index), .field("via")]),
        expected: addresses.map(\.subnet.expectation).joined(separator: " or "))
    }
  }

  private static func forwarding(_ document: Document, _ addresses: [WrittenAddress])
    -> [Diagnostic]
  {
    guard document.spec.boolean("external") != true else { return [] }
    switch document.spec.record("forward")?.string("mode") {
    case "bridge":
      if document.spec.record("bridge")?["name"] == nil, !document.isAnyBroken(under: "bridge") {
        return [
          Diagnostic(
            code: "missing-field",
            "a network with 'forward: bridge' needs the name of the existing bridge",
            at: document.place(of: [.field("forward")]), expected: "bridge: br0")
        ]
      }
      if !addresses.isEmpty {
        return [
          Diagnostic(
            code: "conflicting-fields",
            "a network with 'forward: bridge' has no address of its own",
            at: document.place(of: (addresses.first?.path ?? []) + [.field("address")]),
            expected: "no 'address', 'addresses' or 'dhcp', or another mode of 'forward'")
        ]
      }
    case "nat", "route":
      // A missing address is what `dhcp` has been complained about, too.
      if addresses.isEmpty, document.lacks("address"), document.lacks("addresses"),
        document.spec["dhcp"] == nil
      {
        return [
          Diagnostic(
            code: "missing-field",
            "a network with 'forward: nat' or 'forward: route' needs an 'address'",
            at: document.place(of: [.field("forward")]), expected: "address: 10.20.0.1/24")
        ]
      }
    default: break
    }
    return []
  }
}

extension Document {
  /// Whether the spec neither has the field nor tries to have it.
  func lacks(_ field: String) -> Bool {
    spec[field] == nil && !isAnyBroken(under: field)
  }
}

extension Subnet {
  /// What an address in it looks like, for messages.
  var expectation: String { "an address from \(network) to \(last)" }
}
