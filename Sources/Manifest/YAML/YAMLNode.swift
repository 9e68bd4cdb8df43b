/// A node of a YAML document that knows where it stands.
///
/// Aliases are gone from the tree: in the place of each stands the value of its anchor. The node
/// itself then carries the place of the alias, since that is where the document uses the value;
/// everything beneath it keeps the place where it is written.
public struct YAMLNode: Sendable {
  /// What a node holds.
  public enum Content: Sendable {
    /// Text, and how it was written. Never typed by guessing: `5`, `no` and `1:30` are text.
    case scalar(String, ScalarStyle)
    /// A list.
    case sequence([YAMLNode])
    /// A mapping: its own entries in the order of the file, then those that merge keys add.
    case mapping([YAMLEntry])
  }

  /// How a scalar was written.
  public enum ScalarStyle: Sendable {
    /// Without quotes.
    case plain
    /// In single quotes.
    case singleQuoted
    /// In double quotes. Plain text tagged `!!str` (or `!`) counts as such, too.
    case doubleQuoted
    /// As a block after `|`, which keeps line breaks.
    case literal
    /// As a block after `>`, which folds line breaks into spaces.
    case folded
  }

  /// What the node holds.
  public var content: Content
  /// Where the node begins: at its first character, or at its anchor or tag if it has one.
  public var start: Mark
  /// The position after the node's last character. A block collection ends where its last value
  /// ends (libyaml itself would say: where the next token begins, which can be lines later).
  public var end: Mark

  /// A node from its parts.
  public init(content: Content, start: Mark, end: Mark) {
    self.content = content
    self.start = start
    self.end = end
  }
}

extension YAMLNode {
  /// Whether the node is an unquoted `null` or `~`, or nothing at all.
  public var isNull: Bool {
    guard case .scalar(let text, .plain) = content else { return false }
    return text.isEmpty || text == "~" || text == "null"
  }

  /// The text of a scalar; `nil` for a list or a mapping.
  public var text: String? {
    guard case .scalar(let text, _) = content else { return nil }
    return text
  }

  /// The items of a list; `nil` for anything else.
  public var items: [YAMLNode]? {
    guard case .sequence(let items) = content else { return nil }
    return items
  }

  /// The entries of a mapping; `nil` for anything else.
  public var entries: [YAMLEntry]? {
    guard case .mapping(let entries) = content else { return nil }
    return entries
  }

  /// The value that a mapping has for `key`; `nil` without one, and for what is not a mapping.
  public subscript(key: String) -> YAMLNode? {
    entry(key)?.value
  }

  /// The entry that a mapping has for `key`; `nil` without one, and for what is not a mapping.
  ///
  /// Searches the entries one after the other; mappings of manifests are short.
  public func entry(_ key: String) -> YAMLEntry? {
    guard case .mapping(let entries) = content else { return nil }
    return entries.first { $0.key == key }
  }

  /// What kind of node this is, in words for a message: "expected a list, found \(kindName)".
  public var kindName: String {
    switch content {
    case .scalar: isNull ? "nothing" : "text"
    case .sequence: "a list"
    case .mapping: "a mapping"
    }
  }
}

/// A key of a mapping with its value.
public struct YAMLEntry: Sendable {
  /// The key. Unique within its mapping.
  public var key: String
  /// Where the key begins.
  public var keyStart: Mark
  /// The position after the key's last character.
  public var keyEnd: Mark
  /// The value.
  public var value: YAMLNode

  /// An entry from its parts.
  public init(key: String, keyStart: Mark, keyEnd: Mark, value: YAMLNode) {
    self.key = key
    self.keyStart = keyStart
    self.keyEnd = keyEnd
    self.value = value
  }
}
