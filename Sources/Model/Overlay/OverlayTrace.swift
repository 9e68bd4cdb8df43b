/// What an overlay has added to a document or replaced in it: only that is taken out again when the overlay, or
/// an element of it, goes.
///
/// It is kept beside the applied spec on the host, and speaks of the elements of the applied overlay.
public struct OverlayTrace: Sendable, Hashable {
  /// One thing that was not there before.
  public struct Entry: Sendable, Hashable, Codable {
    /// The element, counted in the order of the overlay's text from 0, the root.
    public var node: Int
    /// The attribute or text; nil for the whole element with all in it.
    public var part: ElementPart?
    /// What was there before; nil for nothing.
    public var former: String?

    public init(node: Int, part: ElementPart?, former: String?) {
      self.node = node
      self.part = part
      self.former = former
    }
  }

  public var entries: [Entry]

  public init(_ entries: [Entry] = []) { self.entries = entries }

  /// Reads what `text` wrote; nothing for anything else.
  public init(text: String) {
    let items = text.isEmpty ? nil : Record(canonicalJSON: text)?["added"]?.list
    entries = (items ?? []).compactMap { item in
      guard let record = item.record, let node = record.integer("node").flatMap(Int.init(exactly:))
      else { return nil }
      var part: ElementPart?
      if let name = record.string("attribute") {
        part = .attribute(XMLName(name, in: record.string("namespace") ?? ""))
      } else if record.boolean("text") == true {
        part = .text
      }
      return Entry(node: node, part: part, former: record.string("former"))
    }
  }

  /// On one line; empty when there is nothing.
  public var text: String {
    if entries.isEmpty { return "" }
    let items = entries.map { entry -> Value in
      var record = Record([("node", .integer(Int64(entry.node)))])
      switch entry.part {
      case nil: break
      case .text?: record["text"] = true
      case .attribute(let name)?:
        record["attribute"] = .string(name.local)
        if !name.namespace.isEmpty { record["namespace"] = .string(name.namespace) }
      }
      record["former"] = entry.former.map(Value.string)
      return .record(record)
    }
    return Record([("added", .list(items))]).canonicalJSON
  }

  func wholeElement(_ node: Int) -> Bool {
    entries.contains { $0.node == node && $0.part == nil }
  }

  func entry(_ node: Int, _ part: ElementPart) -> Entry? {
    entries.first { $0.node == node && $0.part == part }
  }
}

/// How a definition's document is brought from one overlay to the next.
public struct OverlayEdit: Sendable, Hashable, Codable {
  /// The overlay to lay over the document; nil for none.
  public var text: String?
  /// The overlay that was applied last; nil for none.
  public var applied: String?
  /// What of the applied one is taken out.
  public var withdrawn: [OverlayTrace.Entry]

  public init(text: String?, applied: String? = nil, withdrawn: [OverlayTrace.Entry] = []) {
    self.text = text
    self.applied = applied
    self.withdrawn = withdrawn
  }
}

/// Something of the applied overlay that is to go.
public struct OverlayWithdrawal: Sendable {
  public var path: String
  public var entry: OverlayTrace.Entry
  /// What the document has.
  public var from: String
}

extension Overlay {
  /// What of this overlay, the one applied last, has to go from a document, because it was added by the overlay
  /// and is declared neither by the next one nor by fields.
  public func withdrawals(
    _ trace: OverlayTrace, next: XMLElement?, fields: XMLElement?, document: XMLElement
  ) -> [OverlayWithdrawal] {
    var found: [OverlayWithdrawal] = []
    var node = 0
    Self.withdraw(
      root, trace, Sides(next: next, fields: fields, document: document), isCovered: false,
      path: "", node: &node, into: &found)
    return found
  }

  /// The same element in other trees.
  private struct Sides {
    var next: XMLElement?
    var fields: XMLElement?
    var document: XMLElement
  }

  private static func withdraw(
    _ applied: XMLElement, _ trace: OverlayTrace, _ sides: Sides, isCovered: Bool, path: String,
    node: inout Int, into found: inout [OverlayWithdrawal]
  ) {
    let own = node
    let isCovered = isCovered || trace.wholeElement(own)
    let places = ElementMatching.children(of: applied, in: sides.document)
    // An element without attributes only holds others: what somebody else put beside ours stays.
    let isShared =
      applied.attributes.isEmpty && !applied.children.isEmpty
      && places.compactMap { $0 }.count < sides.document.children.count
    if isCovered, !isShared, sides.next == nil, sides.fields == nil {
      found.append(
        OverlayWithdrawal(
          path: path, entry: OverlayTrace.Entry(node: own, part: nil, former: nil),
          from: sides.document.compact))
      node += applied.count
      return
    }
    for part in applied.parts {
      let entry = trace.entry(own, part)
      guard entry != nil || isCovered, sides.next?.value(of: part) == nil,
        sides.fields?.value(of: part) == nil, let current = sides.document.value(of: part)
      else { continue }
      found.append(
        OverlayWithdrawal(
          path: join(path, part.label),
          entry: OverlayTrace.Entry(node: own, part: part, former: entry?.former), from: current))
    }
    node += 1
    let nexts = sides.next.map { ElementMatching.children(of: applied, in: $0) }
    let fields = sides.fields.map { ElementMatching.children(of: applied, in: $0) }
    var counts: [XMLName: Int] = [:]
    for (index, child) in applied.children.enumerated() {
      let count = counts[child.name, default: 0]
      counts[child.name] = count + 1
      guard let place = places[index] else {
        node += child.count
        continue
      }
      withdraw(
        child, trace,
        Sides(
          next: nexts?[index].flatMap { sides.next?.children[$0] },
          fields: fields?[index].flatMap { sides.fields?.children[$0] },
          document: sides.document.children[place]),
        isCovered: isCovered,
        path: join(path, child.label(in: applied.name, index: count, prefix: child.prefix)),
        node: &node, into: &found)
    }
  }

  /// The trace of laying this overlay over a document, where another one was applied before.
  public func trace(over document: XMLElement, after applied: Overlay?, _ former: OverlayTrace)
    -> OverlayTrace
  {
    var result = OverlayTrace(
      differences(to: document).map {
        OverlayTrace.Entry(node: $0.node, part: $0.part, former: $0.from)
      })
    guard let applied else { return result }
    var pairs: [(own: Int, applied: Int)] = []
    var numbers = (own: 0, applied: 0)
    Self.pair(root, applied.root, &numbers, into: &pairs)
    for (own, before) in pairs {
      for entry in former.entries where entry.node == before {
        // What was there before the first overlay is what a removal gives back.
        result.entries.removeAll { $0.node == own && $0.part == entry.part }
        result.entries.append(
          OverlayTrace.Entry(node: own, part: entry.part, former: entry.former))
      }
    }
    result.entries.sort { ($0.node, $0.part?.label ?? "") < ($1.node, $1.part?.label ?? "") }
    let nodes = root.preorder
    result.entries.removeAll { entry in
      entry.part.map { nodes[entry.node].value(of: $0) == nil } ?? false
    }
    // What stands in an element that goes as a whole needs no entry of its own.
    let wholes = result.entries.filter { $0.part == nil }.map(\.node)
    result.entries.removeAll { entry in
      wholes.contains { whole in
        whole == entry.node
          ? entry.part != nil : (whole..<whole + nodes[whole].count).contains(entry.node)
      }
    }
    return result
  }

  /// The numbers of elements that are the same in both.
  private static func pair(
    _ own: XMLElement, _ applied: XMLElement, _ numbers: inout (own: Int, applied: Int),
    into pairs: inout [(own: Int, applied: Int)]
  ) {
    pairs.append(numbers)
    let places = ElementMatching.children(of: own, in: applied)
    let starts = (
      own: own.childNumbers(from: numbers.own), applied: applied.childNumbers(from: numbers.applied)
    )
    for (index, place) in places.enumerated() {
      guard let place else { continue }
      var inner = (own: starts.own[index], applied: starts.applied[place])
      pair(own.children[index], applied.children[place], &inner, into: &pairs)
    }
  }
}

extension XMLElement {
  /// The numbers of the children when this element has a number.
  fileprivate func childNumbers(from own: Int) -> [Int] {
    var next = own + 1
    return children.map { child in
      defer { next += child.count }
      return next
    }
  }
}
