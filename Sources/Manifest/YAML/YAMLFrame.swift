/// A list or mapping that has begun but not ended.
struct YAMLFrame {
  /// What a mapping expects next, and what becomes of it.
  enum Slot {
    /// A key. Lists stay in this state.
    case key
    /// The value of `key`.
    case value
    /// The value of a merge key.
    case merge
    /// The value of a key that was refused: read, but left out.
    case refused
  }

  let isMapping: Bool
  let isFlow: Bool
  let start: Mark
  /// Where this collection's children begin on the builder's stack of items or of entries.
  let base: Int
  /// How many nodes the stream had before this one; gives the size that aliases to it have.
  let nodesBefore: Int
  let anchor: String?
  /// Whether it stands where a key should, or lies within what does; said once, not per level.
  let isUnfitKey: Bool

  var slot = Slot.key
  var key = ""
  var keyStart = Mark.fileStart
  var keyEnd = Mark.fileStart
  /// Where the last child ends.
  var contentEnd: Mark
  /// How many levels of collections this one has, itself included.
  var height = 1
  /// Where the merge key stands, if there is one.
  var mergeKey: Mark?
  /// What the merge key merges.
  var merged: YAMLNode?
  /// The place of each key on the stack of entries, once there are too many to compare each.
  var keys: [String: Int] = [:]

  init(
    isMapping: Bool, isFlow: Bool, start: Mark, base: Int, nodesBefore: Int, anchor: String?,
    isUnfitKey: Bool
  ) {
    self.isMapping = isMapping
    self.isFlow = isFlow
    self.start = start
    self.base = base
    self.nodesBefore = nodesBefore
    self.anchor = anchor
    self.isUnfitKey = isUnfitKey
    contentEnd = start
  }
}

/// A value that aliases can stand for.
struct YAMLAnchor {
  /// Where it was given its name.
  let mark: Mark
  /// The value; `nil` while it has not ended.
  var node: YAMLNode?
  /// How many nodes it has, aliases expanded.
  var size = 0
  /// How many levels of collections it has.
  var height = 0
}
