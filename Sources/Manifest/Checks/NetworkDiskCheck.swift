import Model

/// A disk on another machine says what its protocol needs, and nothing that is another protocol's.
enum NetworkDiskCheck: Check {
  static func run(_ manifests: ManifestSet) -> [Diagnostic] {
    manifests.placed.filter { $0.id.kind == .guest }.flatMap { guest in
      guest.spec.records("disks").enumerated().flatMap { index, disk in
        check(disk, [.field("disks"), .index(index)], of: guest)
      }
    }
  }

  /// The protocols that a field is for.
  private static let owners: [(field: String, protocols: [String])] = [
    ("snapshot", ["rbd"]), ("configFile", ["rbd"]), ("initiator", ["iscsi"]),
    ("query", ["http", "https"]), ("tls", ["nbd"]), ("tlsHostname", ["nbd"]),
    ("verifyCertificate", ["https", "ftps"]), ("readahead", web), ("timeout", web),
    ("user", ["nfs"]), ("group", ["nfs"]),
  ]
  private static let web = ["http", "https", "ftp", "ftps"]

  private static func check(
    _ disk: Record, _ path: [PathPart], of guest: Placed
  ) -> [Diagnostic] {
    guard let network = disk.record("network"), let name = network.string("protocol") else {
      return []
    }
    let place = path + [.field("network")]
    var found: [Diagnostic] = []
    for (field, protocols) in owners where network[field] != nil && !protocols.contains(name) {
      found.append(
        Diagnostic(
          code: "conflicting-fields", "'\(field)' is not for the protocol \(name)",
          at: guest.place(of: place + [.field(field)]),
          expected: "'\(field)' with \(oneOf(protocols)) only"))
    }
    if disk["auth"] != nil, !["rbd", "iscsi"].contains(name) {
      found.append(
        Diagnostic(
          code: "conflicting-fields", "'auth' is not for the protocol \(name)",
          at: guest.place(of: path + [.field("auth")]),
          expected: "'auth' with one of rbd, iscsi only"))
    }
    return found + completeness(network, name, place, of: guest)
  }

  private static func completeness(
    _ network: Record, _ name: String, _ place: [PathPart], of guest: Placed
  ) -> [Diagnostic] {
    func lacks(_ field: String) -> Bool {
      network[field] == nil && !guest.document.isBroken(place + [.field(field)])
    }
    var found: [Diagnostic] = []
    if lacks("name"), name != "nbd" {
      found.append(
        Diagnostic(
          code: "missing-field", "a disk of the protocol \(name) needs a 'name'",
          at: guest.place(of: place), expected: "name: \(example(name))"))
    }
    if name == "rbd" { return found }
    let count = network["hosts"]?.list?.count ?? 0
    if count == 0, lacks("hosts") || network["hosts"] != nil {
      found.append(
        Diagnostic(
          code: "missing-field", "a disk of the protocol \(name) needs the machine that has it",
          at: guest.place(of: place), expected: "hosts: [storage.example.org]"))
    }
    if count > 1, name != "gluster" {
      found.append(
        Diagnostic(
          code: "over-limit",
          "a disk of the protocol \(name) is on one machine, and here are \(count)",
          at: guest.place(of: place + [.field("hosts")]),
          expected: "one host; only rbd and gluster have several"))
    }
    return found
  }

  private static func example(_ name: String) -> String {
    switch name {
    case "rbd": "pool/image"
    case "iscsi": "iqn.2024-01.com.example:storage/1"
    default: "images/web-1.qcow2"
    }
  }
}
