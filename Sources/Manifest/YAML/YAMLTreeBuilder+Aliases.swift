import CLibYAML

/// Aliases, tags, and the limits that keep a small file from becoming a large tree.
extension YAMLTreeBuilder {
  mutating func takeAlias(_ event: UnsafePointer<yaml_event_t>) {
    guard let bytes = event.pointee.data.alias.anchor else { return }
    let name = String(cString: bytes)
    let start = Mark(event.pointee.start_mark)
    let end = Mark(event.pointee.end_mark)
    guard let anchor = anchors[name] else {
      let former = formerAnchors[name]
      note(
        YAMLProblemCode.anchor,
        "there is no anchor \(quotedForMessage("&" + name)) before this alias"
          + (former == nil ? "" : "; an anchor holds only within its document"),
        at: start, related: former.map { .init(mark: $0, note: "the anchor stands here") })
      placeNothing()
      return
    }
    guard var node = anchor.node else {
      note(
        YAMLProblemCode.anchor,
        "the alias \(quotedForMessage("*" + name)) stands within its own anchor, so it would "
          + "have no end",
        at: start, related: .init(mark: anchor.mark, note: "the anchor stands here"))
      placeNothing()
      return
    }
    guard anchor.size <= limits.maximumNodesPerAlias,
      anchor.size <= limits.maximumNodes - nodeCount
    else {
      stop(
        YAMLProblem(
          code: YAMLProblemCode.aliasExpansion,
          message: "the alias \(quotedForMessage("*" + name)) stands for \(anchor.size) nodes; "
            + "at most \(limits.maximumNodesPerAlias) per alias and \(limits.maximumNodes) per "
            + "file are read",
          mark: start, related: .init(mark: anchor.mark, note: "the anchor stands here")))
      return
    }
    nodeCount += anchor.size
    guard deepen(by: anchor.height, at: start) else { return }
    // The tree says where the value is used; what is beneath it keeps the place of its text.
    node.start = start
    node.end = end
    if isAtKey {
      if case .scalar(let key, let style) = node.content {
        takeKey(key, style, start, end)
        return
      }
      note(YAMLProblemCode.key, "a key must be text, not \(node.kindName)", at: start)
    }
    place(node, height: anchor.height)
  }

  /// Counts nodes; `false` if they are too many, which ends the reading.
  @inline(__always)
  mutating func count(_ more: Int, at mark: Mark) -> Bool {
    nodeCount += more
    if nodeCount <= limits.maximumNodes { return true }
    stop(
      YAMLProblem(
        code: YAMLProblemCode.size,
        message: "the file has more than \(limits.maximumNodes) keys and values", mark: mark))
    return false
  }

  /// Whether `levels` more may lie within what is open; if not, that ends the reading.
  mutating func deepen(by levels: Int, at mark: Mark) -> Bool {
    if frames.count + levels <= limits.maximumDepth { return true }
    stop(
      YAMLProblem(
        code: YAMLProblemCode.depth,
        message: "lists and mappings lie more than \(limits.maximumDepth) levels deep here",
        mark: mark))
    return false
  }

  /// Refuses a tag that is unknown or that does not fit what it stands before.
  mutating func check(_ tag: YAMLTag, allowed: Bool, kind: String, at mark: Mark) {
    guard !allowed else { return }
    let message =
      if case .other(let name) = tag {
        "the tag \(quotedForMessage(name)) is not known here; leave it out, and if it is text, "
          + "put it in quotes"
      } else {
        "the tag \(tag) does not fit \(kind)"
      }
    note(YAMLProblemCode.tag, message, at: mark)
  }
}
