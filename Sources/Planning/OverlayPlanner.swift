import Model

/// What an object's overlay asks for: how the definition is edited, and what the plan shows of it.
///
/// The overlay is compared with the document as the fields will have it, so that what a field brings in the same
/// step is neither missing nor counted as the overlay's.
struct OverlayPlan {
  /// What the definition takes along; nil when no overlay is, or was, involved.
  private(set) var edit: OverlayEdit?
  /// What the overlay will have added, for the object's ownership.
  private(set) var trace = ""
  /// What differs in the persistent definition.
  private(set) var changes: [FieldChange] = []

  /// What the definition loses.
  private(set) var withdrawn: [FieldChange] = []

  private(set) var overlay: Overlay?
  private var applied: Overlay?
  private var fields: XMLElement?

  /// The overlay of a new object, over what its fields give it.
  init(creating object: DesiredObject, _ spec: Record) {
    self.init(object, spec, owner: nil, over: nil)
  }

  /// The overlay of an object that exists.
  ///
  /// - Parameters:
  ///   - spec: what is compared.
  ///   - document: what the host has; nil when it was not read, because no overlay is in question.
  init(_ object: DesiredObject, _ spec: Record, owner: Ownership?, document: XMLElement?) {
    guard let document else {
      self.init(trace: owner?.overlay ?? "")
      return
    }
    self.init(object, spec, owner: owner, over: document)
  }

  private init(trace: String) { self.trace = trace }

  private init(
    _ object: DesiredObject, _ spec: Record, owner: Ownership?, over document: XMLElement?
  ) {
    let kind = object.id.kind
    let isIgnored = object.ignored.contains("xml") && document != nil
    let former = OverlayTrace(text: owner?.overlay ?? "")
    let text = object.spec.string("xml")
    // The applied spec is only looked into where an overlay is in question.
    if text == nil, former.entries.isEmpty { return }
    let appliedText = owner.flatMap { Record(canonicalJSON: $0.appliedSpec)?.string("xml") }
    if isIgnored {
      trace = appliedText == text ? owner?.overlay ?? "" : ""
      return
    }
    overlay = text.flatMap { try? Overlay($0, of: kind) }
    applied = appliedText.flatMap { try? Overlay($0, of: kind) }
    let fields = DeclaredXML(spec, Table.spec(of: kind), root: Overlay.rootName(of: kind)).root
    self.fields = fields
    let base = document?.merged(with: fields) ?? fields
    if let overlay { trace = overlay.trace(over: base, after: applied, former).text }
    let differences = overlay?.differences(to: base) ?? []
    let withdrawals =
      applied?.withdrawals(former, next: overlay?.root, fields: fields, document: document ?? base)
      ?? []
    let changedPaths = applied.map { applied in
      Set((overlay?.differences(to: applied.root) ?? []).map(\.path))
    }
    withdrawn = withdrawals.map { withdrawal in
      FieldChange(
        path: Self.prefix + withdrawal.path, from: .string(withdrawal.from),
        to: withdrawal.entry.former.map(Value.string), side: .defined, origin: .manifest)
    }
    changes =
      differences.map { difference in
        Self.change(difference, side: .defined, origin: Self.origin(difference.path, changedPaths))
      } + withdrawn
    edit = OverlayEdit(
      text: text, applied: withdrawals.isEmpty ? nil : appliedText,
      withdrawn: withdrawals.map(\.entry))
  }

  static let prefix = "xml: "

  /// What a running object lacks of the overlay. Where libvirt replaces what it was given when the object starts,
  /// only the definition tells.
  func pending(in document: XMLElement?) -> [FieldChange] {
    guard let document, let overlay, let fields else { return [] }
    let known = Dictionary(changes.map { ($0.path, $0.origin) }) { first, _ in first }
    let running = overlay.differences(to: document.merged(with: fields)).filter {
      !Self.isResolved($0.path)
    }.map { difference in
      Self.change(
        difference, side: .running, origin: known[Self.prefix + difference.path] ?? .pending)
    }
    let resolved = changes.filter { Self.isResolved(String($0.path.dropFirst(Self.prefix.count))) }
      .map { change in
        var change = change
        change.side = .running
        return change
      }
    return running + resolved
  }

  private static func change(
    _ difference: OverlayDifference, side: FieldChange.Side, origin: Origin
  ) -> FieldChange {
    FieldChange(
      path: prefix + difference.path, from: difference.from.map(Value.string),
      to: .string(difference.to), side: side, origin: origin)
  }

  /// What the overlay says as it did when it was applied last is drift.
  private static func origin(_ path: String, _ changed: Set<String>?) -> Origin {
    guard let changed else { return .manifest }
    let isChanged = changed.contains {
      $0 == path || path.hasPrefix($0 + "/") || $0.hasPrefix(path + "/")
    }
    return isChanged ? .manifest : .drift
  }

  /// Whether a running guest has something else there than was defined: a host-model CPU becomes a model, firmware
  /// becomes paths, an automatic port becomes a port.
  static func isResolved(_ path: String) -> Bool {
    let first = path.prefix { $0 != "/" && $0 != "[" }
    if ["cpu", "os", "seclabel"].contains(first) || path.isEmpty || path.hasPrefix("@") {
      return true
    }
    return path.hasPrefix("devices/graphics") && path.lowercased().hasSuffix("port")
  }
}
