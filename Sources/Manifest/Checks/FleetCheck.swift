import Model

/// What is one thing for the whole fleet is not claimed on two hosts: a MAC address or an address on the network
/// that the hosts share, and a disk on storage that they share.
enum FleetCheck: Check {
  static func run(_ manifests: ManifestSet) -> [Diagnostic] {
    var claims = Claims()
    for guest in manifests.placed where guest.id.kind == .guest {
      interfaces(guest, manifests, &claims)
      disks(guest, manifests, &claims)
    }
    return claims.found
  }

  private static func interfaces(
    _ guest: Placed, _ manifests: ManifestSet, _ claims: inout Claims
  ) {
    for (index, interface) in guest.spec.records("interfaces").enumerated()
    where isOutside(interface, of: guest, manifests) {
      for (name, code) in [("mac", "duplicate-mac"), ("ip", "duplicate-address")] {
        guard let text = interface.string(name) else { continue }
        let value = name == "mac" ? text.lowercased() : IPAddress(text)?.description ?? text
        claims.claim(
          Claim(
            code: code, key: name + " " + value,
            message: "\(name == "mac" ? "MAC address" : "address") \(text)",
            host: guest.id.host,
            place: guest.place(.field("interfaces"), .index(index), .field(name))
          ))
      }
    }
  }

  /// Whether the interface stands on a network beyond its host. Behind NAT, and on networks of a host alone, each
  /// host has its own.
  private static func isOutside(
    _ interface: Record, of guest: Placed, _ manifests: ManifestSet
  ) -> Bool {
    if interface["bridge"] != nil || interface["direct"] != nil { return true }
    guard let name = interface.string("network"),
      let network = manifests.sibling(of: guest.id, .network, name)
    else { return false }
    let forward = network.spec["forward"]
    let mode = forward?.string ?? forward?.record?.string("mode")
    return mode.map { !["nat", "isolated"].contains($0) } ?? false
  }

  private static func disks(_ guest: Placed, _ manifests: ManifestSet, _ claims: inout Claims) {
    for (index, disk) in guest.spec.records("disks").enumerated() {
      guard let pool = disk.string("pool"), let volume = disk.string("volume"),
        !SharedDiskCheck.isShared(disk), !guest.isBroken(.field("disks"), .index(index)),
        let storage = manifests.sibling(of: guest.id, .pool, pool).flatMap(sharedStorage)
      else { continue }
      let name = manifests.volume(volume, in: pool, on: guest.id.host)?.id.poolAndVolume?.volume
      claims.claim(
        Claim(
          code: "shared-disk", key: "disk " + storage + "/" + (name ?? volume),
          message: "volume '\(name ?? volume)' on shared storage", host: guest.id.host,
          place: guest.place(.field("disks"), .index(index))))
    }
  }

  /// Names the storage that other hosts see too; nil for a host's own.
  private static func sharedStorage(_ pool: Placed) -> String? {
    guard let type = pool.spec.string("type"), ["netfs", "rbd", "iscsi"].contains(type),
      let source = pool.spec.record("source")
    else { return nil }
    return type + " "
      + Record(
        source.entries.filter { ["hosts", "directory", "name", "devices"].contains($0.name) }
          .map { ($0.name, $0.value) }
      ).canonicalJSON
  }
}

/// One use of a thing.
private struct Claim {
  let code: String
  let key: String
  let message: String
  let host: String
  let place: Place
}

/// Who came first. Two claims on one host are other rules' business.
private struct Claims {
  private var first: [String: Claim] = [:]
  private(set) var found: [Diagnostic] = []

  mutating func claim(_ claim: Claim) {
    guard let other = first[claim.key] else {
      first[claim.key] = claim
      return
    }
    if other.host == claim.host { return }
    found.append(
      Diagnostic(
        code: claim.code,
        "\(claim.message) is used on host '\(claim.host)' and on host '\(other.host)'",
        at: claim.place
      ).related(to: other.place, "also here"))
  }
}
