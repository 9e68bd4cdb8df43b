import Model

/// What changed in a manifest since it was applied last: the third side beside the manifest and the host.
///
/// A difference to the host that the manifest did not bring is drift. A field that was applied and is gone from
/// the manifest returns to its default.
struct ThreeWay {
  private let changed: Set<String>
  let desired: Record
  /// What was applied last; nil when that is not known.
  let applied: Record?
  /// Fields that were applied and are gone, with what they were.
  let gone: [GoneField]
  /// Fields that stand for nothing in the manifest, but in its operating system's profile.
  var profiled: Set<String> = []

  /// - Parameters:
  ///   - desired: the manifest in the terms that are compared.
  ///   - applied: what was applied last, in the same terms; nil when that is not known.
  init(desired: Record, applied: Record?, _ table: Table) {
    self.desired = desired
    self.applied = applied
    guard let applied, applied != desired else {
      changed = []
      gone = []
      return
    }
    let forward = Difference.between(desired, applied, table)
    let backward = Difference.between(applied, desired, table)
    changed = Set((forward + backward).map(\.path))
    gone = Self.gone(applied, desired, completed: table.completed(desired), table, prefix: "")
  }

  /// Single fields only: see `goneItems` for lists and what stands in them.
  private static func gone(
    _ applied: Record, _ desired: Record, completed: Record, _ table: Table, prefix: String
  ) -> [GoneField] {
    applied.entries.flatMap { entry -> [GoneField] in
      guard let field = table[entry.name], field.isDefined else { return [] }
      let now = desired[entry.name]
      let implied = completed[entry.name]
      switch (field.type, entry.value) {
      case (.record(let inner, _), .record(let record)):
        return gone(
          record, now?.record ?? Record(), completed: implied?.record ?? Record(), inner,
          prefix: prefix + entry.name + ".")
      case (.list, _): return []
      default:
        if now != nil || field.isSame(entry.value, implied) { return [] }
        if table.isReplaced(field, in: desired) { return [] }
        return [
          GoneField(
            path: prefix + entry.name, field: field, applied: entry.value, implied: implied)
        ]
      }
    }
  }

  /// The third side of an object that an owner applied.
  ///
  /// - Parameter terms: brings a spec into the terms that are compared.
  static func of(
    _ desired: Record, owner: Ownership?, now: Ownership, _ table: Table,
    terms: (Record) -> Record
  ) -> ThreeWay {
    guard let owner else { return ThreeWay(desired: desired, applied: nil, table) }
    // The digest spares reading the applied spec, which is why a plan without changes never does.
    if owner.digest == now.digest { return ThreeWay(desired: Record(), applied: Record(), table) }
    return ThreeWay(
      desired: desired, applied: Record(canonicalJSON: owner.appliedSpec).map(terms), table)
  }

  /// Where a difference to the host comes from. Without a last applied spec everything is the manifest's.
  func origin(of path: String) -> Origin {
    if profiled.contains(path) { return .profile }
    if applied == nil { return .manifest }
    // A changed item of a list is changed in all that stands in it, and a field in all that encloses it.
    let isChanged = changed.contains {
      $0 == path || $0.isPrefix(of: path) || path.isPrefix(of: $0)
    }
    return isChanged ? .manifest : .drift
  }
}

/// A field that was applied, and that the manifest no longer has.
struct GoneField {
  var path: String
  var field: Field
  /// What was applied last.
  var applied: Value
  /// What it returns to; nil for libvirt's default.
  var implied: Value?

  /// As a plan shows it: back to what new objects get, or to libvirt's default.
  var change: FieldChange {
    FieldChange(
      path: path, from: applied, to: implied, side: .defined, origin: .manifest,
      unit: field.unit)
  }
}

extension Definition {
  /// Lets a field return to what new objects get, or to libvirt's default.
  mutating func giveBack(_ gone: GoneField) {
    guard let implied = gone.implied else {
      cleared.append(FieldPath(gone.path))
      return
    }
    spec.set(gone.path.split(separator: ".").map(String.init)[...], to: implied)
  }
}

extension Record {
  fileprivate mutating func set(_ path: ArraySlice<String>, to value: Value) {
    guard let first = path.first else { return }
    if path.count == 1 {
      self[first] = value
    } else {
      var inner = record(first) ?? Record()
      inner.set(path.dropFirst(), to: value)
      self[first] = .record(inner)
    }
  }
}

extension String {
  /// Whether the path leads to something inside this one.
  fileprivate func isPrefix(of path: String) -> Bool {
    guard path.hasPrefix(self), path.count > count else { return false }
    let next = path[path.index(path.startIndex, offsetBy: count)]
    return next == "." || next == "["
  }
}

extension Record {
  /// The record without the fields that a manifest leaves to others: `memory.size`, `disks[vda].cache`,
  /// `disks[].cache`.
  func ignoring(_ paths: [String], _ table: Table) -> Record {
    if paths.isEmpty { return self }
    return without(Set(paths), table, prefixes: [""])
  }

  /// `prefixes` are the ways to spell where the record stands.
  private func without(_ paths: Set<String>, _ table: Table, prefixes: [String]) -> Record {
    var result = self
    for entry in entries {
      guard let field = table[entry.name] else { continue }
      let names = prefixes.map { $0 + entry.name }
      if names.contains(where: paths.contains) {
        result[entry.name] = nil
        continue
      }
      switch (field.type, entry.value) {
      case (.record(let inner, _), .record(let record)):
        result[entry.name] = .record(
          record.without(paths, inner, prefixes: names.map { $0 + "." }))
      case (.list(.record(let inner, _), let key), .list(let items)):
        result[entry.name] = .list(
          items.enumerated().map { index, item in
            guard let record = item.record else { return item }
            let label = Difference.label(record, key, index)
            let spellings = names.flatMap { [$0 + "[" + label + "].", $0 + "[]."] }
            return .record(record.without(paths, inner, prefixes: spellings))
          })
      default: break
      }
    }
    return result
  }
}
