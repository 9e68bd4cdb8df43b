/// What was learnt of a host beyond its state, because the plan depends on it. Most plans need none of it.
public struct HostKnowledge: Sendable, Hashable {
  /// Empty where it was not asked for, or where the driver does not tell.
  public var capabilities = HostCapabilities()
  /// Nil where nothing was asked for.
  public var facts: HostFacts?
  /// What the machine tells of itself; nil where it is another one, or where it was not asked.
  public var local: LocalFacts?
  /// The platforms of guests that the host has, by name, where a plan changes what depends on them.
  public var platforms: [String: GuestPlatform] = [:]
  /// Why it could not be read; what is asked of it is unknown then.
  public var problem: String?

  public init() {}
}
