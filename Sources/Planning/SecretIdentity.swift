import Model

/// By what a secret of a manifest is known on a host, where it has no name.
public enum SecretIdentity {
  /// The UUID that a secret gets when it is made.
  public static func derivedUUID(_ id: ObjectID, stack: String) -> String {
    Digest.uuid(stack: stack, kind: .secret, name: id.host + "/" + id.name)
  }

  /// The UUIDs that it may have, the likeliest first: the one in the ledger, and the one that it is made with.
  public static func uuids(_ id: ObjectID, stack: String, _ ledger: Ledger?) -> [String] {
    [ledger?[.secret, id.name]?.uuid, derivedUUID(id, stack: stack)].compactMap(\.self)
  }

  /// The host's secret that is meant: by UUID, else by what it is for.
  public static func observed(
    _ id: ObjectID, _ spec: Record, stack: String, _ host: ObservedHost
  ) -> ObservedSecret? {
    if host.secrets.isEmpty { return nil }
    for uuid in uuids(id, stack: stack, host.ledger) {
      if let found = host.secrets.first(where: { $0.uuid == uuid }) { return found }
    }
    guard let usage = SecretUsage(spec) else { return nil }
    return host.secrets.first { $0.usage == usage }
  }
}
