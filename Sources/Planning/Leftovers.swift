import Model

/// What runs and what was applied to it, by the two elements that virtspec has written.
struct StartedObject {
  /// What the manifest wants, in the terms that are compared.
  var wanted: Record
  var table: Table
  var stack: String
  /// The element in the definition.
  var owner: Ownership?
  /// The element in what runs.
  var liveOwner: Ownership?
  /// What became of the fields of its spec, where that is not the one in the definition.
  var former: FormerFields?
}

/// What a running guest or network still has of what virtspec gave it, and no manifest declares any more.
///
/// A removed field leaves the definition at once, and what runs only when it starts anew. What it was started with
/// stands in its own metadata, which a new definition does not change: without that, a later plan would find
/// nothing to do.
struct Leftovers {
  /// Fields that are gone, of this plan or of an earlier one.
  let fields: [Leftover]

  /// One field.
  struct Leftover {
    var gone: GoneField
    /// As a plan shows it on the running side.
    var change: FieldChange
  }

  /// - Parameters:
  ///   - gone: what the definition loses by this plan.
  ///   - terms: brings a spec into the terms that are compared.
  init(_ object: StartedObject, gone: [GoneField], terms: (Record) -> Record) {
    let now = gone.filter { $0.isFelt }.compactMap { field -> Leftover? in
      // What was not read is as it was applied, as far as anybody knows.
      let running = object.former.map { $0.running[path: field.path] } ?? field.applied
      guard let running, !field.isDefault(running) else { return nil }
      return Leftover(
        gone: field,
        change: FieldChange(
          path: field.path, from: running, to: field.field.implied, side: .running,
          origin: .manifest, unit: field.field.unit))
    }
    fields = now + Self.earlier(object, except: Set(gone.map(\.path)), terms)
  }

  /// Fields that the definition lost before, and that differ between it and what runs.
  private static func earlier(
    _ object: StartedObject, except known: Set<String>, _ terms: (Record) -> Record
  ) -> [Leftover] {
    guard let former = object.former,
      let applied = object.liveOwner?.formerSpec(unlike: object.owner, stack: object.stack)
    else { return [] }
    let gone = ThreeWay(desired: object.wanted, applied: terms(applied), object.table).gone
    return gone.compactMap { field in
      guard field.isFelt, !known.contains(field.path), field.isRemovable else { return nil }
      let defined = former.defined[path: field.path]
      // Of what it was started with a guest does not tell everything.
      let running =
        field.field.live == .resolved ? field.applied : former.running[path: field.path]
      guard let running, !field.isDefault(running) || defined != nil else { return nil }
      if let defined, field.field.same(defined, running) { return nil }
      return Leftover(
        gone: field,
        change: FieldChange(
          path: field.path, from: running, to: defined, side: .running, origin: .pending,
          unit: field.field.unit))
    }
  }
}

extension GoneField {
  /// Whether the definition can lose it: what a guest cannot be without stays as it is.
  var isRemovable: Bool {
    !["cpus.count", "cpus.max", "memory.size", "memory.max"].contains(path)
  }

  /// Whether a running guest has anything of it.
  fileprivate var isFelt: Bool { field.live != .nextStart }

  /// Whether a value is what a guest gets without the field, as far as that is known.
  fileprivate func isDefault(_ value: Value) -> Bool {
    guard let usual = field.implied ?? Self.libvirt[path] else {
      return value == false || field.equivalence == .zeroIsNone && value == 0
    }
    return field.same(value, usual)
  }

  /// What libvirt's QEMU driver gives a guest that does not say, where every guest gets the same.
  private static let libvirt: [String: Value] = [
    "onPoweroff": "destroy", "onReboot": "restart", "onCrash": "destroy", "clock.offset": "utc",
    "cpus.placement": "static", "cpus.topology.dies": 1, "cpus.match": "exact",
  ]
}

extension Record {
  /// The value at a path of nested records: `cpuTune.shares`.
  subscript(path path: String) -> Value? {
    var record = self
    var names = path.split(separator: ".")[...]
    while let name = names.popFirst() {
      guard let value = record[String(name)] else { return nil }
      if names.isEmpty { return value }
      guard let inner = value.record else { return nil }
      record = inner
    }
    return nil
  }
}
