import Model

/// Subnets of one host do not overlap: libvirt refuses to start the second network.
enum SubnetCheck: Check {
  static func run(_ manifests: ManifestSet) -> [Diagnostic] {
    var found: [Diagnostic] = []
    for (host, networks) in manifests.byHost(.network) {
      var earlier: [(subnet: Subnet, place: Place, network: Placed)] = []
      for network in networks where network.spec.boolean("external") != true {
        for address in WrittenAddress.all(of: network.spec) {
          let place = network.document.place(of: address.path + [.field("address")])
          // The same address twice in one list has been complained about already.
          if earlier.contains(where: { $0.network.id == network.id && $0.subnet == address.subnet })
          {
            continue
          }
          if let first = earlier.first(where: { $0.subnet.overlaps(address.subnet) }) {
            found.append(
              Diagnostic(
                code: "overlapping-subnets",
                "\(address.subnet) overlaps \(first.subnet) on host '\(host)'", at: place
              ).related(
                to: first.place,
                "network '\(first.network.id.name)' has \(first.subnet) here"))
          }
          earlier.append((address.subnet, place, network))
        }
      }
    }
    return found
  }
}
