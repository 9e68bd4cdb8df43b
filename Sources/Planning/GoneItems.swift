import Model

/// Something of a list that was applied, and that the manifest no longer has: an item, or a field of an item that
/// stays.
///
/// A list that the manifest no longer mentions loses the items that it had; what others added to it stays.
struct GoneItem {
  var path: FieldPath
  /// Nil where the plan shows what is gone field by field.
  var change: FieldChange?
  /// What the field returns to; nil for libvirt's default.
  var implied: Value?
}

extension ThreeWay {
  /// What lists of an object have lost that is not a guest.
  func goneItems(ignoring ignored: [String] = [], _ table: Table) -> [GoneItem] {
    guard let applied else { return [] }
    var walk = GoneItemWalk { _, item, table in table.completed(item) }
    walk.fields(
      applied.ignoring(ignored, table), desired, table, at: GoneItemWalk.Place())
    return walk.found.reversed()
  }

  /// What lists of a guest have lost. Items that go by their place go from the end, so that the others keep theirs.
  func goneItems(of spec: GuestSpec) -> [GoneItem] {
    guard let applied else { return [] }
    var walk = GoneItemWalk { list, item, _ in
      guard case .list(.record(let table, _), _)? = Table.guest[list]?.type else { return item }
      return table.completed(spec.newItem(item, in: list))
    }
    let before = applied.ignoring(spec.object.ignored, .guest)
    walk.fields(before, desired, .guest, at: GoneItemWalk.Place())
    return walk.found.reversed() + serialPort(before, spec)
  }

  /// A guest that is silent about them has one serial port.
  private func serialPort(_ before: Record, _ spec: GuestSpec) -> [GoneItem] {
    let names = ["serials", "consoles"]
    guard names.contains(where: { before[$0] != nil }), names.allSatisfy({ desired[$0] == nil }),
      let port = spec.creation()["serials"], before["serials"] != port
    else { return [] }
    return [
      GoneItem(
        path: "serials",
        change: FieldChange(
          path: "serials", from: before["serials"], to: port, side: .defined, origin: .manifest),
        implied: port)
    ]
  }
}

private struct GoneItemWalk {
  /// An item of a list of a table with what a new one gets.
  typealias Completion = (_ list: String, Record, Table) -> Record

  let completed: Completion
  var found: [GoneItem] = []

  init(completed: @escaping Completion) { self.completed = completed }

  /// Where a record stands.
  struct Place {
    var path = FieldPath([])
    var label = ""
    /// The completed item that it is in, and the way from there; nil outside of lists.
    var item: (record: Record, path: [String])?

    func field(_ name: String) -> Place {
      var result = self
      result.path = path.appending(.field(name))
      result.label += label.isEmpty || label.hasSuffix(".") ? name : "." + name
      result.item?.path.append(name)
      return result
    }
  }

  mutating func fields(_ applied: Record, _ desired: Record, _ table: Table, at place: Place) {
    for entry in applied.entries {
      guard let field = table[entry.name], field.isDefined else { continue }
      let now = desired[entry.name]
      if now == nil, table.isReplaced(field, in: desired) { continue }
      let place = place.field(entry.name)
      switch (field.type, entry.value, now) {
      case (.record(let inner, _), .record(let record), _):
        if now == nil, field.isDevice { found.append(GoneItem(path: place.path)) }
        fields(record, now?.record ?? Record(), inner, at: place)
      case (.list(.record(let inner, _), let key), .list(let items), _):
        self.items(items, now?.list, field, inner, key, at: place)
      case (.list, .list, nil):
        found.append(gone(field, entry.value, at: place))
      // A limit that is gone is declared as zero instead, see `LimitsTakenBack`: so it ends in what runs, too.
      case (_, _, nil) where place.item != nil && field.equivalence != .zeroIsNone:
        let gone = gone(field, entry.value, at: place)
        if !field.same(entry.value, gone.implied) { found.append(gone) }
      default: break
      }
    }
  }

  private mutating func items(
    _ applied: [Value], _ desired: [Value]?, _ field: Field, _ table: Table, _ key: [String],
    at place: Place
  ) {
    var rest = desired?.compactMap(\.record) ?? []
    for (index, item) in applied.compactMap(\.record).enumerated() {
      let identity = Record(key.compactMap { name in item[name].map { (name, $0) } })
      var inner = place
      inner.path = place.path.appending(identity.isEmpty ? .place(index) : .item(identity))
      inner.label += "[" + Difference.label(item, key, index) + "]"
      let match =
        key.isEmpty
        ? (rest.isEmpty ? nil : 0)
        : rest.firstIndex { field.identifies($0, as: item, by: key, in: table) }
      if let match {
        let other = rest.remove(at: match)
        inner.item = (completed(field.name, other, table), [])
        inner.label += "."
        fields(item, other, table, at: inner)
      } else if desired == nil || !field.complete {
        // A complete list that is declared says by itself what has to go.
        found.append(
          GoneItem(
            path: inner.path,
            change: FieldChange(
              path: inner.label, from: .record(item), to: nil, side: .defined, origin: .manifest)))
      }
    }
  }

  private func gone(_ field: Field, _ value: Value, at place: Place) -> GoneItem {
    var implied = place.item.map { Value.record($0.record) }
    for name in place.item?.path ?? [] { implied = implied?.record?[name] }
    return GoneItem(
      path: place.path,
      change: FieldChange(
        path: place.label, from: value, to: implied, side: .defined, origin: .manifest,
        unit: field.unit),
      implied: implied)
  }
}

extension Field {
  /// Whether libvirt knows of it.
  var isDefined: Bool { if case .none = xml { false } else { true } }

  /// Whether it is a device, which goes as a whole.
  fileprivate var isDevice: Bool {
    if case .nested(let path, _) = xml { path.steps.first?.name == "devices" } else { false }
  }
}

extension Table {
  /// Whether a record has something that cannot stand beside a field, and takes its place when it is written.
  func isReplaced(_ field: Field, in record: Record) -> Bool {
    field.excludes.contains { record[$0] != nil }
      || excluding.values.contains { record[$0.name] != nil && $0.excludes.contains(field.name) }
  }
}

extension Definition {
  /// Lets an item go, or a field of an item return to what a new one gets.
  mutating func giveBack(_ gone: GoneItem) {
    if let implied = gone.implied {
      spec.set(gone.path.steps[...], to: implied)
    } else {
      cleared.append(gone.path)
    }
  }
}

extension Record {
  fileprivate mutating func set(_ path: ArraySlice<FieldPath.Step>, to value: Value) {
    guard case .field(let name)? = path.first else { return }
    let rest = path.dropFirst()
    switch rest.first {
    case nil: self[name] = value
    case .field:
      var inner = record(name) ?? Record()
      inner.set(rest, to: value)
      self[name] = .record(inner)
    case .item(let key):
      let isMeant = { (_: Int, item: Record) in
        key.entries.allSatisfy { item[$0.name] == $0.value }
      }
      change(name, rest.dropFirst(), to: value, where: isMeant)
    case .place(let place): change(name, rest.dropFirst(), to: value) { index, _ in index == place }
    }
  }

  private mutating func change(
    _ list: String, _ path: ArraySlice<FieldPath.Step>, to value: Value,
    where isMeant: (Int, Record) -> Bool
  ) {
    guard let items = self[list]?.list else { return }
    self[list] = .list(
      items.enumerated().map { index, item in
        guard var record = item.record, isMeant(index, record) else { return item }
        record.set(path, to: value)
        return .record(record)
      })
  }
}
