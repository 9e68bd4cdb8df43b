import Model

/// A fixed address is one guest's, lies in the network, and is not the host's own.
enum StaticAddressCheck: Check {
  static func run(_ manifests: ManifestSet) -> [Diagnostic] {
    var found: [Diagnostic] = []
    for network in manifests.placed where network.id.kind == .network {
      let addresses = WrittenAddress.all(of: network.spec)
      var owners: [IPAddress: Place] = [:]
      for address in addresses {
        owners[address.subnet.address] =
          network.document.place(of: address.path + [.field("address")])
      }
      func claim(_ ip: IPAddress, at place: Place) {
        if let first = owners[ip] {
          found.append(
            Diagnostic(
              code: "duplicate-address",
              "address \(ip) is used twice on network '\(network.id.name)'", at: place
            ).related(to: first, "also here"))
        } else {
          owners[ip] = place
        }
      }
      for address in addresses {
        // Within one list, the reader has complained of a second one already.
        var listed: Set<IPAddress> = []
        for (index, reservation) in (address.dhcp?.records("reservations") ?? []).enumerated() {
          guard let ip = reservation.string("address").flatMap(IPAddress.init),
            listed.insert(ip).inserted
          else { continue }
          let path =
            address.path + [
              .field("dhcp"), .field("reservations"), .index(index), .field("address"),
            ]
          claim(ip, at: network.document.place(of: path))
        }
      }
      for guest in manifests.placed
      where guest.id.kind == .guest && guest.id.host == network.id.host {
        for (index, interface) in guest.spec.records("interfaces").enumerated()
        where interface.string("network") == network.id.name {
          guard let ip = interface.string("ip").flatMap(IPAddress.init) else { continue }
          let place = guest.place(.field("interfaces"), .index(index), .field("ip"))
          claim(ip, at: place)
          if network.spec.boolean("external") != true,
            !network.document.isAnyBroken(under: "address"),
            !network.document.isAnyBroken(under: "addresses"),
            !addresses.contains(where: { $0.subnet.contains(ip) })
          {
            found.append(
              Diagnostic(
                code: "address-outside", "\(ip) is in no subnet of network '\(network.id.name)'",
                at: place,
                expected: addresses.isEmpty
                  ? "an 'address' on the network, or the address set inside the guest"
                  : addresses.map(\.subnet.expectation).joined(separator: " or ")))
          }
        }
      }
    }
    return found
  }
}
