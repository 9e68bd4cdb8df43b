import Model

/// Limits in the items of lists, such as a disk's throttling, that a former spec had and the manifest no longer has.
/// A zero, which is no limit, takes their place: then they differ from what the host has like any other value.
struct LimitsTakenBack {
  /// What was applied last, in the terms that are compared; nil where the manifest says the same.
  let applied: Record?
  /// What the running guest was started with; nil where the definition says the same.
  let started: Record?

  /// The wanted record with zeros.
  func declared(_ wanted: Record) -> Record {
    [applied, started].compactMap { $0 }.reduce(wanted) { result, former in
      Self.walk(result, former, .guest) { value, before in value == nil && before != 0 ? 0 : value }
    }
  }

  /// What a host has, with what was applied last where nobody asked it: only declared fields are read, and those
  /// that a guest was started with.
  func observed(_ record: Record, as wanted: Record, read: Record?) -> Record {
    [read, applied].compactMap { $0 }.reduce(record) { result, source in
      Self.fill(result, wanted, source, .guest)
    }
  }

  /// Changes the limits in the items that two records have in common, and makes them where they are missing.
  private static func walk(
    _ record: Record, _ other: Record, _ table: Table, inItem: Bool = false,
    _ change: (Value?, Value) -> Value?
  ) -> Record {
    var result = record
    for entry in other.entries {
      guard let field = table[entry.name] else { continue }
      let current = record[entry.name]
      switch (field.type, entry.value) {
      case (.record(let inner, _), .record(let before)):
        // A record of the guest itself that is gone returns to libvirt's default as a whole.
        if current == nil, !inItem { continue }
        let changed = walk(
          current?.record ?? Record(), before, inner, inItem: inItem, change)
        if current != nil || !changed.isEmpty { result[entry.name] = .record(changed) }
      case (.list(.record(let inner, _), let key), .list(let items)):
        guard !key.isEmpty, let now = current?.list else { continue }
        let others = items.compactMap(\.record)
        result[entry.name] = .list(
          now.map { item in
            guard let record = item.record,
              let match = others.first(where: {
                field.identifies($0, as: record, by: key, in: inner)
              })
            else { return item }
            return .record(walk(record, match, inner, inItem: true, change))
          })
      default:
        guard inItem, field.equivalence == .zeroIsNone else { continue }
        if field.excludes.contains(where: { record[$0] ?? 0 != 0 }) { continue }
        result[entry.name] = change(current, entry.value)
      }
    }
    return result
  }

  /// Fills in what is wanted as zero and was not read.
  private static func fill(
    _ record: Record, _ wanted: Record, _ source: Record, _ table: Table
  ) -> Record {
    // What the source has of what is wanted as zero.
    let ended = walk(source, wanted, table) { value, wanted in wanted == 0 ? value : nil }
    return walk(record, ended, table) { value, before in value ?? before }
  }
}
