import Model

/// One declared value that an observed record does not have.
struct Difference {
  /// What kind of difference it is.
  enum Change {
    /// The field has another value, or none.
    case value(from: Value?, to: Value)
    /// A list lacks a declared item.
    case missingItem(Record)
    /// A complete list has an item that nobody declared.
    case extraItem(Record)
  }

  /// An item of a device list that a difference lies in.
  struct Item {
    /// The list's field name.
    var list: String
    /// The item as declared.
    var record: Record
  }

  /// `cpus.count`, `disks[vda].cache`.
  var path: String
  var field: Field
  var change: Change
  /// The innermost item of a list that it lies in.
  var item: Item?

  /// The declared fields that the observed record does not have. Fields without a place in libvirt's XML,
  /// which are virtspec's own, are not compared.
  static func between(_ desired: Record, _ observed: Record, _ table: Table) -> [Difference] {
    var found: [Difference] = []
    compare(desired, observed, table, prefix: "", item: nil, into: &found)
    return found
  }

  private static func compare(
    _ desired: Record, _ observed: Record, _ table: Table, prefix: String, item: Item?,
    into found: inout [Difference]
  ) {
    for entry in desired.entries {
      guard let field = table[entry.name] else { continue }
      if case .none = field.xml { continue }
      let value = observed[entry.name]
      switch (field.type, entry.value) {
      case (.record(let inner, _), .record(let record)):
        compare(
          record, value?.record ?? Record(), inner, prefix: prefix + entry.name + ".", item: item,
          into: &found)
      case (.list(.record(let inner, _), let key), .list(let items)):
        let observed = value?.list?.compactMap(\.record) ?? []
        if field.isWhole {
          found += WholeItems.differences(
            items.compactMap(\.record), observed, field, inner, path: prefix + entry.name)
        } else {
          compareLists(
            items.compactMap(\.record), observed, field, inner, key, path: prefix + entry.name,
            into: &found)
        }
      case (.list, .list(let items)):
        let others = value?.list ?? []
        let same =
          items.count == others.count && zip(items, others).allSatisfy { field.same($0, $1) }
        if !same {
          found.append(
            Difference(
              path: prefix + entry.name, field: field,
              change: .value(from: value, to: entry.value), item: item))
        }
      default:
        if field.isSame(entry.value, value) { continue }
        found.append(
          Difference(
            path: prefix + entry.name, field: field,
            change: .value(from: value, to: entry.value), item: item))
      }
    }
  }

  private static func compareLists(
    _ desired: [Record], _ observed: [Record], _ field: Field, _ table: Table, _ key: [String],
    path: String,
    into found: inout [Difference]
  ) {
    var rest = Array(observed.enumerated())
    for (index, item) in desired.enumerated() {
      let match =
        key.isEmpty
        ? (rest.isEmpty ? nil : 0)
        : rest.firstIndex { field.identifies($0.element, as: item, by: key, in: table) }
      let name = path + "[" + label(item, key, index) + "]"
      if let match {
        let other = rest.remove(at: match).element
        compare(
          item, other, table, prefix: name + ".", item: Item(list: field.name, record: item),
          into: &found)
      } else {
        found.append(Difference(path: name, field: field, change: .missingItem(item)))
      }
    }
    guard field.complete else { return }
    for (index, extra) in rest {
      let name = path + "[" + label(extra, key, index) + "]"
      found.append(Difference(path: name, field: field, change: .extraItem(extra)))
    }
  }

  /// An item's name in a path: its key, or its place in the list.
  static func label(_ item: Record, _ key: [String], _ index: Int) -> String {
    let parts = key.compactMap { name -> String? in
      switch item[name] {
      case .string(let text): text
      case .integer(let number): String(number)
      default: nil
      }
    }
    return parts.isEmpty ? String(index) : parts.joined(separator: ",")
  }
}

extension Field {
  /// Whether the declared value is what was observed. A flag that is off and one that is not there are the
  /// same where libvirt has it as a bare element, and so are zero and nothing where zero means none.
  func isSame(_ declared: Value, _ observed: Value?) -> Bool {
    if case .value(_, .presence, _, _) = xml, declared == false, observed == nil { return true }
    if equivalence == .zeroIsNone, declared == 0, observed == nil { return true }
    return same(declared, observed)
  }

  /// How numbers of the field are shown.
  var unit: FieldChange.Unit {
    switch type {
    case .size: .bytes
    case .duration: .seconds
    default: .plain
    }
  }
}

extension Difference {
  /// The difference as a plan shows it.
  func fieldChange(side: FieldChange.Side, origin: Origin) -> FieldChange {
    switch change {
    case .value(let from, let to):
      FieldChange(path: path, from: from, to: to, side: side, origin: origin, unit: field.unit)
    case .missingItem(let item):
      FieldChange(path: path, from: nil, to: .record(item), side: side, origin: origin)
    case .extraItem(let item):
      FieldChange(path: path, from: .record(item), to: nil, side: side, origin: origin)
    }
  }
}
