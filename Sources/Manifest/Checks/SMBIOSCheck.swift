import Model

/// What the SMBIOS tables say is seen by the guest only where they are made of it.
enum SMBIOSCheck: Check {
  static func run(_ manifests: ManifestSet) -> [Diagnostic] {
    manifests.placed.filter { $0.id.kind == .guest }.compactMap { guest in
      guard guest.spec["sysinfo"] != nil, let mode = guest.spec.string("smbios"), mode != "sysinfo"
      else { return nil }
      return Diagnostic(
        code: "conflicting-fields", "with 'smbios: \(mode)' the guest would not see 'sysinfo'",
        at: guest.place(.field("smbios")), expected: "'smbios: sysinfo', or no 'smbios'")
    }
  }
}
