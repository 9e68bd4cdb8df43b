import Model

/// A MAC address belongs to one interface of a host.
enum MACCheck: Check {
  static func run(_ manifests: ManifestSet) -> [Diagnostic] {
    var owners: [String: (place: Place, guest: ObjectID)] = [:]
    var found: [Diagnostic] = []
    for guest in manifests.placed where guest.id.kind == .guest {
      for (index, interface) in guest.spec.records("interfaces").enumerated() {
        guard let mac = interface.string("mac") else { continue }
        let place = guest.place(.field("interfaces"), .index(index), .field("mac"))
        let key = guest.id.host + " " + mac.lowercased()
        if let first = owners[key] {
          // Within one list, the reader has complained already.
          if first.guest == guest.id { continue }
          found.append(
            Diagnostic(
              code: "duplicate-mac", "MAC address \(mac) is used twice on host '\(guest.id.host)'",
              at: place
            ).related(to: first.place, "also here"))
        } else {
          owners[key] = (place, guest.id)
        }
      }
    }
    return found
  }
}
