import Model

/// A usage belongs to one secret of a host, and none to virtspec's own.
enum SecretUsageCheck: Check {
  static func run(_ manifests: ManifestSet) -> [Diagnostic] {
    var first: [String: [SecretUsage: Placed]] = [:]
    var found: [Diagnostic] = []
    for secret in manifests.placed where secret.id.kind == .secret {
      guard let usage = SecretUsage(secret.spec) else { continue }
      let place = secret.place(.field("usage"), .field(usage.type))
      if usage.isOwn {
        found.append(
          Diagnostic(
            code: "reserved-usage",
            "'\(usage.id)' is one of virtspec's own secrets: its ledgers and locks", at: place,
            expected: "a usage that does not begin with '\(SecretUsage.ownPrefix)'"))
      } else if let other = first[secret.id.host]?[usage], other.id != secret.id {
        found.append(
          Diagnostic(
            code: "usage-used-twice",
            "two secrets of host '\(secret.id.host)' have the \(usage.type) usage '\(usage.id)'",
            at: place, expected: "a usage of its own for each secret"
          ).related(to: other.place(.field("usage"), .field(usage.type)), "also here"))
      } else {
        first[secret.id.host, default: [:]][usage] = secret
      }
    }
    return found
  }
}

/// A command that gives a secret's value names a program.
enum SecretCommandCheck: Check {
  static func run(_ manifests: ManifestSet) -> [Diagnostic] {
    manifests.documents.filter { $0.kind == .secret }.compactMap { document in
      guard document.spec.record("value")?["command"]?.list?.isEmpty == true else { return nil }
      return Diagnostic(
        code: "missing-field", "'command' names no program",
        at: document.place(of: [.field("value"), .field("command")]),
        expected: "a program and its arguments, such as [pass, show, ceph/libvirt]")
    }
  }
}
