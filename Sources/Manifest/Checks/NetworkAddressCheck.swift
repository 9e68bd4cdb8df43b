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
      if document.spec["dhcp"] != nil, document.spec["address"] == nil,
        document.spec["addresses"] == nil
      {
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
              at: document.place(of: address.path + [.field("address")])))
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
    var ranges = dhcp.records("ranges").enumerated().map { index, range in
      (range, base + [.field("ranges"), .index(index)])
    }
    if dhcp["start"] != nil || dhcp["end"] != nil { ranges.append((dhcp, base)) }
    var found: [Diagnostic] = []
    for (range, path) in ranges {
      guard let start = range.string("start").flatMap(IPAddress.init),
        let end = range.string("end").flatMap(IPAddress.init)
      else {
        found.append(
          Diagnostic(
            code: "missing-field", "a DHCP range needs 'start' and 'end'",
            at: document.place(of: path)))
        continue
      }
      for (name, limit) in [("start", start), ("end", end)] where !address.subnet.contains(limit) {
        found.append(
          Diagnostic(
            code: "address-outside", "'\(name)' \(limit) is not in \(address.subnet)",
            at: document.place(of: path + [.field(name)])))
      }
      if end < start {
        found.append(
          Diagnostic(
            code: "wrong-range", "the range ends before it starts",
            at: document.place(of: path + [.field("start")])))
      }
    }
    return found
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
            at: document.place(of: path + [.field("address")])))
      }
      if ["mac", "name", "clientId"].allSatisfy({ reservation[$0] == nil }) {
        found.append(
          Diagnostic(
            code: "missing-field",
            "a reservation is for somebody: it needs 'mac', 'name' or 'clientId'",
            at: document.place(of: path)))
      }
    }
    return found
  }

  private static func routes(_ document: Document, _ addresses: [WrittenAddress]) -> [Diagnostic] {
    document.spec.records("routes").enumerated().compactMap { index, route in
      guard let via = route.string("via").flatMap(IPAddress.init), !addresses.isEmpty,
        !addresses.contains(where: { $0.subnet.contains(via) })
      else { return nil }
      return Diagnostic(
        code: "address-outside", "the gateway \(via) is in none of the network's subnets",
        at: document.place(of: [.field("routes"), .index(index), .field("via")]))
    }
  }

  private static func forwarding(_ document: Document, _ addresses: [WrittenAddress])
    -> [Diagnostic]
  {
    guard document.spec.boolean("external") != true else { return [] }
    switch document.spec.record("forward")?.string("mode") {
    case "bridge":
      if document.spec.record("bridge")?["name"] == nil {
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
            at: document.place(of: [.field("forward")]),
            expected: "no 'address', 'addresses' or 'dhcp'")
        ]
      }
    case "nat", "route":
      if addresses.isEmpty {
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
