/// How much of a YAML stream is read before it is refused. Manifests come from other people's
/// repositories, so a small file must not be able to take all memory or all time.
public struct YAMLLimits: Sendable, Hashable {
  /// The longest stream, in bytes.
  public var maximumBytes: Int
  /// How deeply lists and mappings may lie within one another, aliases expanded.
  public var maximumDepth: Int
  /// How many nodes (keys, texts, lists and mappings) a stream may have, aliases expanded.
  public var maximumNodes: Int
  /// How many nodes one alias may stand for.
  public var maximumNodesPerAlias: Int
  /// After how many problems reading stops.
  public var maximumProblems: Int

  /// Limits from their parts; what is not given is as in ``standard``.
  public init(
    maximumBytes: Int = 16 * 1024 * 1024,
    maximumDepth: Int = 100,
    maximumNodes: Int = 1_000_000,
    maximumNodesPerAlias: Int = 100_000,
    maximumProblems: Int = 100
  ) {
    self.maximumBytes = maximumBytes
    self.maximumDepth = maximumDepth
    self.maximumNodes = maximumNodes
    self.maximumNodesPerAlias = maximumNodesPerAlias
    self.maximumProblems = maximumProblems
  }

  /// 16 MiB, 100 levels, a million nodes, 100,000 nodes per alias, 100 problems: some thirty times
  /// a fleet of a thousand guests.
  public static let standard = YAMLLimits()
}
