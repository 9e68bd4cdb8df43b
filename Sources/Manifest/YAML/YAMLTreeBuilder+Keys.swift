/// Keys, merge keys, and keys that are given twice.
extension YAMLTreeBuilder {
  /// Above so many keys, a dictionary finds duplicates faster than comparing with each.
  private static let fewKeys = 12

  mutating func takeKey(
    _ key: String, _ style: YAMLNode.ScalarStyle, _ start: Mark, _ end: Mark
  ) {
    let top = frames.count - 1
    frames[top].contentEnd = end
    if key.isEmpty, style == .plain {
      note(YAMLProblemCode.key, "there is no key before this ':'", at: start)
      frames[top].slot = .refused
    } else if let first = indexOfEntry(key, in: top) {
      noteDuplicate(key, at: start, first: entries[first].keyStart)
      frames[top].slot = .refused
    } else {
      frames[top].key = key
      frames[top].keyStart = start
      frames[top].keyEnd = end
      frames[top].slot = .value
    }
  }

  mutating func takeMergeKey(_ start: Mark, _ end: Mark) {
    let top = frames.count - 1
    frames[top].contentEnd = end
    if let first = frames[top].mergeKey {
      noteDuplicate("<<", at: start, first: first, hint: "; merge a list: '<<: [*one, *two]'")
      frames[top].slot = .refused
    } else {
      frames[top].mergeKey = start
      frames[top].slot = .merge
    }
  }

  mutating func noteDuplicate(
    _ key: String, at mark: Mark, first: Mark, hint: String = ""
  ) {
    note(
      YAMLProblemCode.duplicateKey, "the key \(quotedForMessage(key)) is given twice\(hint)",
      at: mark, related: .init(mark: first, note: "first given here"))
  }

  /// Where the mapping that is open at `frame`, which must be the last, has its entry for `key`.
  mutating func indexOfEntry(_ key: String, in frame: Int) -> Int? {
    let base = frames[frame].base
    let count = entries.count - base
    guard count > Self.fewKeys else {
      return (base..<entries.count).first { entries[$0].key == key }
    }
    // Catches up with the entries that came since the last time: all at first, then one.
    for index in (base + frames[frame].keys.count)..<entries.count {
      frames[frame].keys[entries[index].key] = index
    }
    return frames[frame].keys[key]
  }

  /// Adds to the entries of `frame`, which must be the last on the stack, what its merge key
  /// brings: keys that the mapping lacks, and from earlier mappings before later ones.
  mutating func merge(_ source: YAMLNode, into frame: YAMLFrame) {
    let mappings: [YAMLNode]
    if case .sequence(let list) = source.content { mappings = list } else { mappings = [source] }
    var known: Set<String> = []
    for index in frame.base..<entries.count { known.insert(entries[index].key) }
    for mapping in mappings {
      guard let additions = mapping.entries else {
        note(
          YAMLProblemCode.merge,
          "'<<' merges a mapping or a list of mappings; this is \(mapping.kindName)",
          at: mapping.start)
        continue
      }
      for entry in additions where known.insert(entry.key).inserted {
        entries.append(entry)
      }
    }
  }
}
