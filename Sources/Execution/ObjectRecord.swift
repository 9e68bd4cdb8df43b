import Model

/// What a host has of one object just now, as it is kept before a change.
public struct ObjectRecord: Sendable, Hashable {
  /// The persistent definition in libvirt's XML, metadata included and passwords not; of a host the stack's
  /// ledger in JSON.
  public var text: String
  public var fingerprint: Fingerprint
  /// Whether it runs.
  public var isActive: Bool
  public var autostart: Bool

  public init(text: String, fingerprint: Fingerprint, isActive: Bool, autostart: Bool) {
    self.text = text
    self.fingerprint = fingerprint
    self.isActive = isActive
    self.autostart = autostart
  }

  /// The kinds that hypervisors give records of.
  public static let kinds: Set<Kind> = [
    .guest, .secret, .networkFilter, .network, .pool, .volume, .host,
  ]
}
