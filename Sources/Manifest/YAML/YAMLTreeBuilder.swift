import CLibYAML

/// Builds documents from libyaml's events.
///
/// Finished nodes wait on two stacks shared by all open collections, and each collection takes its
/// own off the end when it ends: one allocation of the right size per collection, where arrays of
/// their own would grow step by step.
struct YAMLTreeBuilder: ~Copyable {
  let limits: YAMLLimits
  /// Whether no more events are wanted.
  var isFinished = false

  var documents: [YAMLNode] = []
  var problems: [YAMLProblem] = []
  var frames = YAMLStack<YAMLFrame>()
  var items = YAMLStack<YAMLNode>()
  var entries = YAMLStack<YAMLEntry>()
  var root: YAMLNode?
  var anchors: [String: YAMLAnchor] = [:]
  /// Anchors of earlier documents, to say why an alias to one of them finds nothing.
  var formerAnchors: [String: Mark] = [:]
  /// Nodes so far, aliases expanded.
  var nodeCount = 0

  init(limits: YAMLLimits) {
    self.limits = limits
  }

  /// What was built.
  consuming func finish() -> YAMLStream {
    YAMLStream(documents: documents, problems: problems.sorted { $0.mark < $1.mark })
  }

  /// Ends the reading with a problem after which nothing can be made of the rest.
  mutating func stop(_ problem: YAMLProblem) {
    problems.append(problem)
    isFinished = true
  }

  /// Notes a problem that leaves the structure intact.
  mutating func note(
    _ code: String, _ message: String, at mark: Mark, related: YAMLProblem.RelatedPlace? = nil
  ) {
    guard !isFinished else { return }
    problems.append(YAMLProblem(code: code, message: message, mark: mark, related: related))
    if problems.count >= limits.maximumProblems {
      stop(
        YAMLProblem(
          code: YAMLProblemCode.tooManyProblems,
          message: "\(problems.count) problems so far; the rest of the file was not read",
          mark: mark))
    }
  }

  /// Takes the next event.
  mutating func take(_ event: UnsafePointer<yaml_event_t>) {
    switch event.pointee.type {
    case YAML_SCALAR_EVENT: takeScalar(event)
    case YAML_MAPPING_START_EVENT:
      let data = event.pointee.data.mapping_start
      open(
        isMapping: true, isFlow: data.style == YAML_FLOW_MAPPING_STYLE, anchor: data.anchor,
        tag: data.tag, start: Mark(event.pointee.start_mark))
    case YAML_SEQUENCE_START_EVENT:
      let data = event.pointee.data.sequence_start
      open(
        isMapping: false, isFlow: data.style == YAML_FLOW_SEQUENCE_STYLE, anchor: data.anchor,
        tag: data.tag, start: Mark(event.pointee.start_mark))
    case YAML_MAPPING_END_EVENT, YAML_SEQUENCE_END_EVENT: close(Mark(event.pointee.end_mark))
    case YAML_ALIAS_EVENT: takeAlias(event)
    case YAML_DOCUMENT_END_EVENT: endDocument()
    case YAML_STREAM_END_EVENT: isFinished = true
    default: break
    }
  }

  mutating func endDocument() {
    // A document without anything arrives as one empty text.
    if let root, root.text != "" || !root.isNull { documents.append(root) }
    root = nil
    if !anchors.isEmpty {
      formerAnchors.merge(anchors.mapValues(\.mark)) { _, later in later }
      anchors.removeAll()
    }
  }
}

// MARK: - Nodes

extension YAMLTreeBuilder {
  /// Whether what comes next is a key.
  var isAtKey: Bool {
    let top = frames.count - 1
    return top >= 0 && frames[top].slot == .key && frames[top].isMapping
  }

  mutating func takeScalar(_ event: UnsafePointer<yaml_event_t>) {
    let data = event.pointee.data.scalar
    let start = Mark(event.pointee.start_mark)
    guard count(1, at: start) else { return }
    let text = String(
      decoding: UnsafeBufferPointer(start: data.value, count: data.length), as: UTF8.self)
    var style = YAMLNode.ScalarStyle(data.style)
    if style == .doubleQuoted, text.utf8.contains(0) {
      note(
        YAMLProblemCode.encoding,
        "the escape for a NUL character is not allowed: no name or setting can hold one",
        at: start)
    }
    let isKey = isAtKey
    let isMergeKey = isKey && data.length == 2 && style == .plain && text == "<<"
    if let name = data.tag {
      let tag = YAMLTag(name)
      if tag == .string, style == .plain { style = .doubleQuoted }
      let isFit = tag.fitsScalar || tag == .merge && isMergeKey
      check(tag, allowed: isFit, kind: "text", at: start)
    }
    if isMergeKey, style == .plain {
      takeMergeKey(start, Mark(event.pointee.end_mark))
      return
    }
    let node = YAMLNode(
      content: .scalar(text, style), start: start, end: Mark(event.pointee.end_mark))
    if let anchor = data.anchor {
      anchors[String(cString: anchor)] = YAMLAnchor(mark: start, node: node, size: 1)
    }
    if isKey {
      takeKey(text, style, start, node.end)
    } else {
      place(node, height: 0)
    }
  }

  mutating func open(
    isMapping: Bool, isFlow: Bool, anchor: UnsafeMutablePointer<yaml_char_t>?,
    tag: UnsafeMutablePointer<yaml_char_t>?, start: Mark
  ) {
    guard count(1, at: start), deepen(by: 1, at: start) else { return }
    let kind = isMapping ? "a mapping" : "a list"
    if let tag {
      let tag = YAMLTag(tag)
      check(tag, allowed: isMapping ? tag == .mapping : tag == .sequence, kind: kind, at: start)
    }
    var isUnfitKey = frames.count > 0 && frames[frames.count - 1].isUnfitKey
    if isAtKey, !isUnfitKey {
      isUnfitKey = true
      note(
        YAMLProblemCode.key,
        "a key must be text, not \(kind); if this is a template such as {{ name }}, render it "
          + "first, and if it is text, put it in quotes",
        at: start)
    }
    let name = anchor.map { String(cString: $0) }
    if let name { anchors[name] = YAMLAnchor(mark: start) }
    frames.append(
      YAMLFrame(
        isMapping: isMapping, isFlow: isFlow, start: start,
        base: isMapping ? entries.count : items.count, nodesBefore: nodeCount - 1, anchor: name,
        isUnfitKey: isUnfitKey))
  }

  mutating func close(_ end: Mark) {
    guard let frame = frames.popLast() else { return }
    let content: YAMLNode.Content
    if frame.isMapping {
      if let merged = frame.merged { merge(merged, into: frame) }
      content = .mapping(entries.removeAll(from: frame.base))
    } else {
      content = .sequence(items.removeAll(from: frame.base))
    }
    let node = YAMLNode(
      content: content, start: frame.start, end: frame.isFlow ? end : frame.contentEnd)
    if let name = frame.anchor, anchors[name]?.mark == frame.start {
      anchors[name] = YAMLAnchor(
        mark: frame.start, node: node, size: nodeCount - frame.nodesBefore, height: frame.height)
    }
    place(node, height: frame.height)
  }

  /// Puts a finished node, which has `height` levels of collections, where it belongs.
  @inline(__always)
  mutating func place(_ node: consuming YAMLNode, height: Int) {
    let top = frames.count - 1
    guard top >= 0 else {
      root = node
      return
    }
    if frames[top].height <= height { frames[top].height = height + 1 }
    frames[top].contentEnd = node.end
    guard frames[top].isMapping else {
      items.append(node)
      return
    }
    switch frames[top].slot {
    case .value:
      entries.append(
        YAMLEntry(
          key: frames[top].key, keyStart: frames[top].keyStart, keyEnd: frames[top].keyEnd,
          value: node))
    case .merge: frames[top].merged = node
    case .key, .refused: break
    }
    endSlot(of: top)
  }

  /// Leaves out a node that could not be read.
  mutating func placeNothing() {
    let top = frames.count - 1
    if top >= 0, frames[top].isMapping { endSlot(of: top) }
  }

  private mutating func endSlot(of frame: Int) {
    // What came in place of a key without being text is none: its value has no place to go.
    frames[frame].slot = frames[frame].slot == .key ? .refused : .key
  }
}
