/// A secret as libvirt reports it. It has no name.
public struct ObservedSecret: Sendable {
  /// What can be told of its value.
  public enum Value: Sendable, Hashable {
    /// It was not asked for.
    case unread
    /// It is private.
    case unreadable
    /// It has none.
    case missing
    case known(SecretDigest)
  }

  public var uuid: String
  /// Nil for a secret without usage.
  public var usage: SecretUsage?
  public var spec: Record
  public var value: Value
  public var fingerprint: Fingerprint
  /// What no field tells, where everything was asked for.
  public var remainders: [Remainder] = []

  public init(
    uuid: String, usage: SecretUsage?, spec: Record = Record(), value: Value = .unread,
    fingerprint: Fingerprint = ""
  ) {
    self.uuid = uuid
    self.usage = usage
    self.spec = spec
    self.value = value
    self.fingerprint = fingerprint
  }
}

/// A network filter as libvirt reports it.
public struct ObservedFilter: Sendable {
  public var name: String
  public var uuid: String
  public var spec: Record
  public var fingerprint: Fingerprint
  /// What no field tells, where everything was asked for.
  public var remainders: [Remainder] = []

  public init(name: String, uuid: String, spec: Record, fingerprint: Fingerprint) {
    self.name = name
    self.uuid = uuid
    self.spec = spec
    self.fingerprint = fingerprint
  }
}
