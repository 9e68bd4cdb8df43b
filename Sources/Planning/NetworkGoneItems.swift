import Model

/// What a running network still has of lists that its manifest no longer has: `virNetworkUpdate` takes out what it
/// can, the rest waits for a restart.
struct NetworkGoneItems {
  /// Deletions of entries of sections.
  private(set) var updates: [NetworkUpdate] = []
  /// What these delete.
  private(set) var changes: [FieldChange] = []
  /// What only a restart takes away.
  private(set) var restart: [FieldChange] = []

  /// Where nothing runs, nothing is left over.
  init() {}

  /// - Parameters:
  ///   - gone: what the definition loses by this plan.
  ///   - live: what runs.
  init(
    _ object: StartedObject, gone: [GoneItem], live: Record, terms: (Record) -> Record
  ) {
    for item in gone { add(item, object.former?.running, live, isEarlier: false) }
    guard let former = object.former,
      let applied = object.liveOwner?.formerSpec(unlike: object.owner, stack: object.stack)
    else { return }
    let known = Set(gone.map(\.path))
    let earlier = ThreeWay(desired: object.wanted, applied: terms(applied), object.table)
    // What the definition has all the same was put there by somebody else.
    for item in earlier.goneItems(object.table)
    where !known.contains(item.path) && former.defined.value(at: item.path.steps[...]) == nil {
      add(item, former.running, live, isEarlier: true)
    }
  }

  /// - Parameter running: what runs has of what was applied; nil where it was not read, and is taken for what was
  ///   applied.
  private mutating func add(
    _ gone: GoneItem, _ running: Record?, _ live: Record, isEarlier: Bool
  ) {
    guard var change = gone.change else { return }
    if let running {
      guard let value = running.value(at: gone.path.steps[...]) else { return }
      change.from = value
    }
    change.side = .running
    if isEarlier { change.origin = .pending }
    if let update = Self.deletion(gone.path, change.from, running ?? live) {
      updates.append(update)
      changes.append(change)
    } else {
      restart.append(change)
    }
  }

  /// The update that takes a whole entry of a section out; nil for everything else.
  private static func deletion(
    _ path: FieldPath, _ entry: Value?, _ running: Record
  ) -> NetworkUpdate? {
    guard let entry = entry?.record else { return nil }
    switch (path.steps.first, path.steps.count) {
    case (.field("dns"), 3):
      guard case .field(let list) = path.steps[1] else { return nil }
      return NetworkSections.deletion(of: entry, from: "dns." + list, addressIndex: -1)
    case (.field("addresses"), 5):
      guard case .item(let key) = path.steps[1], case .field(let list) = path.steps[3],
        let index = running.records("addresses").firstIndex(where: { $0.isSameAddress(as: key) })
      else { return nil }
      return NetworkSections.deletion(of: entry, from: "dhcp." + list, addressIndex: index)
    default: return nil
    }
  }
}

extension Record {
  fileprivate func isSameAddress(as other: Record) -> Bool {
    Equivalence.address.holds(
      .string(string("address") ?? ""), .string(other.string("address") ?? ""))
  }

  /// What stands at a path; items of lists are found by their keys.
  fileprivate func value(at path: ArraySlice<FieldPath.Step>) -> Value? {
    guard case .field(let name)? = path.first, let value = self[name] else { return nil }
    let rest = path.dropFirst()
    switch rest.first {
    case nil: return value
    case .field: return value.record?.value(at: rest)
    case .item(let key):
      let item = value.list?.compactMap(\.record).first { item in
        key.entries.allSatisfy { item.isSame($0.value, as: $0.name) }
      }
      return rest.count == 1 ? item.map(Value.record) : item?.value(at: rest.dropFirst())
    case .place(let place):
      guard let items = value.list, items.indices.contains(place) else { return nil }
      return rest.count == 1 ? items[place] : items[place].record?.value(at: rest.dropFirst())
    }
  }

  private func isSame(_ value: Value, as name: String) -> Bool {
    if self[name] == value { return true }
    guard name == "address" || name == "to", let own = self[name] else { return false }
    return Equivalence.address.holds(own, value)
  }
}
