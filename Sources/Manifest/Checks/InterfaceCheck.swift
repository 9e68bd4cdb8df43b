import Model

/// An interface is connected to one thing, which is declared; a fixed address needs a managed network.
enum InterfaceCheck: Check {
  static func run(_ manifests: ManifestSet) -> [Diagnostic] {
    manifests.placed.filter { $0.id.kind == .guest }.flatMap { guest in
      guest.spec.records("interfaces").enumerated().flatMap { index, interface in
        check(interface, index, of: guest, manifests)
      }
    }
  }

  private static func check(
    _ interface: Record, _ index: Int, of guest: Placed, _ manifests: ManifestSet
  ) -> [Diagnostic] {
    var found: [Diagnostic] = []
    let path: [PathPart] = [.field("interfaces"), .index(index)]
    func lacks(_ field: String) -> Bool {
      interface[field] == nil && !guest.isBroken(.field("interfaces"), .index(index), .field(field))
    }
    if ["network", "bridge", "direct", "pci", "type"].allSatisfy(lacks) {
      found.append(
        Diagnostic(
          code: "missing-source", "interface \(index + 1) is connected to nothing",
          at: guest.place(.field("interfaces"), .index(index)),
          expected: "'network', 'bridge', 'direct', 'pci', or 'type: user'"))
    }
    guard let name = interface.string("network") else {
      if interface["ip"] != nil, lacks("network"), found.isEmpty {
        found.append(
          Diagnostic(
            code: "conflicting-fields",
            "'ip' is a reservation on a network, and this interface has no 'network'",
            at: guest.place(.field("interfaces"), .index(index), .field("ip")),
            expected: "'network' beside it, or the address set inside the guest"))
      }
      return found
    }
    guard let network = manifests.sibling(of: guest.id, .network, name) else {
      if manifests.isUnplaced(.network, name) { return found }
      return found + [dangling(guest, path + [.field("network")], .network, name, in: manifests)]
    }
    if interface["ip"] != nil, network.spec.boolean("external") == true {
      found.append(
        Diagnostic(
          code: "conflicting-fields",
          "network '\(name)' is external, so virtspec cannot reserve an address on it",
          at: guest.place(.field("interfaces"), .index(index), .field("ip")),
          expected: "a managed network, or the address set inside the guest"))
    }
    if let group = interface.string("portGroup"), network.spec.boolean("external") != true,
      !network.isBroken(.field("portGroups"))
    {
      let groups = network.spec.records("portGroups").compactMap { $0.string("name") }
      if !groups.contains(group) {
        found.append(
          Diagnostic(
            code: "unknown-reference", "network '\(name)' has no port group '\(group)'",
            at: guest.place(.field("interfaces"), .index(index), .field("portGroup")),
            expected: groups.isEmpty
              ? "a port group of this name under 'portGroups' of the network"
              : oneOf(groups),
            suggestion: Nearest.word(to: group, among: groups)))
      }
    }
    return found
  }
}
