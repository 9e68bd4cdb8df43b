import Model

/// Launch security says what its kind needs, and nothing that is another kind's.
enum LaunchSecurityCheck: Check {
  static func run(_ manifests: ManifestSet) -> [Diagnostic] {
    manifests.placed.filter { $0.id.kind == .guest }.flatMap(check)
  }

  private static let owners: [(field: String, types: [String])] = [
    ("policy", ["sev", "sev-snp", "tdx"]), ("cbitpos", ["sev", "sev-snp"]),
    ("reducedPhysBits", ["sev", "sev-snp"]), ("kernelHashes", ["sev", "sev-snp"]),
    ("dhCert", ["sev"]), ("session", ["sev"]),
  ]

  private static func check(_ guest: Placed) -> [Diagnostic] {
    guard let security = guest.spec.record("launchSecurity"), let type = security.string("type")
    else { return [] }
    let path: [PathPart] = [.field("launchSecurity")]
    var found = owners.filter { security[$0.field] != nil && !$0.types.contains(type) }.map {
      Diagnostic(
        code: "conflicting-fields", "'\($0.field)' is not for the type \(type)",
        at: guest.place(of: path + [.field($0.field)]),
        expected: "'\($0.field)' with \(oneOf($0.types)) only")
    }
    if type == "sev", security["policy"] == nil,
      !guest.document.isAnyBroken(under: "launchSecurity")
    {
      found.append(
        Diagnostic(
          code: "missing-field", "launch security of the type sev needs a 'policy'",
          at: guest.place(of: path), expected: "launchSecurity: {type: sev, policy: 3}"))
    }
    return found
  }
}
