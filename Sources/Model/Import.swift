/// A part of an object's XML that no row of a table tells, such as `<cputune>` where there is no field for it.
public struct Remainder: Sendable, Hashable {
  /// Where it stands, in the words of the table as far as they reach: `devices/disk[vda]/iotune`.
  public var path: String
  /// The element, or the attribute as `name='value'`.
  public var xml: String

  public init(path: String, xml: String) {
    self.path = path
    self.xml = xml
  }
}

/// An overlay that says of an object what no field can.
public struct LeftoverOverlay: Sendable {
  /// libvirt's XML, as a manifest has it in `xml`.
  public var text: String
  /// What all fields write, over which it was made.
  public var fields: XMLElement
  /// What it does not say either.
  public var rest: [Remainder]

  public init(text: String, fields: XMLElement, rest: [Remainder]) {
    self.text = text
    self.fields = fields
    self.rest = rest
  }
}

extension FieldType {
  /// Whether a manifest can have the value. Of records and lists only their own kind is looked at.
  public func accepts(_ value: Value) -> Bool {
    switch (self, value) {
    case (.text(let format), .string(let text)): format.accepts(text)
    case (.choice(let words), .string(let word)): words.contains(word)
    case (.integer(let range), .integer(let number)): range.contains(number)
    case (.size, .integer(let number)), (.duration, .integer(let number)): number >= 0
    case (.boolean, .boolean), (.list, .list), (.record, .record), (.map, .record): true
    default: false
    }
  }
}

extension Table {
  /// The record without what no manifest can say: values that are outside of their field's type, items without
  /// what they must have, fields that exclude each other.
  public func expressible(_ record: Record) -> Record {
    var result = Record()
    for field in fields {
      guard
        let value = record[field.name].flatMap({
          Self.expressible($0, field.type, isWhole: field.isWhole)
        }), !field.excludes.contains(where: { result[$0] != nil })
      else { continue }
      // A complete list that lacks an item would say that the item must go.
      if field.complete, let items = record[field.name]?.list, items.count != value.list?.count {
        continue
      }
      // What is compared as a whole would be another thing without one of its parts.
      if field.isWhole, value != record[field.name] { continue }
      result[field.name] = value
    }
    result.changeDisks { disk in
      // libvirt keeps it for other protocols too, where it is of no use.
      let name = disk.record("network")?.string("protocol")
      if let name, !["rbd", "iscsi"].contains(name) { disk["auth"] = nil }
    }
    return result.records("disks").allSatisfy(\.hasMedium) ? result : result.without("disks")
  }

  private static func expressible(
    _ value: Value, _ type: FieldType, isWhole: Bool = false
  ) -> Value? {
    guard type.accepts(value) else { return nil }
    switch (type, value) {
    case (.record(let table, _), .record(let record)):
      let inner = table.expressible(record)
      let isComplete =
        table.required.allSatisfy { inner[$0.name] != nil }
        && table.exactlyOne.allSatisfy { group in group.contains { inner[$0] != nil } }
      let isEmpty = inner.isEmpty && !(isWhole && record.isEmpty)
      return isEmpty || !isComplete ? nil : .record(inner)
    case (.list(let item, let key), .list(let items)):
      let kept = items.compactMap { expressible($0, item) }
      if kept.isEmpty { return nil }
      // Two items that cannot be told apart cannot both be declared.
      guard !key.isEmpty else { return .list(kept) }
      var seen: Set<[Value?]> = []
      return .list(
        kept.filter { item in
          let identity = key.map { item.record?[$0] }
          return identity.allSatisfy { $0 == nil } || seen.insert(identity).inserted
        })
    default: return value
    }
  }
}

extension Record {
  /// Whether a disk says where its content is; a drive may be empty.
  fileprivate var hasMedium: Bool {
    ["file", "block", "volume"].contains { self[$0] != nil }
      || ["cdrom", "floppy"].contains(string("device"))
  }

  fileprivate mutating func changeDisks(_ body: (inout Record) -> Void) {
    guard let disks = self["disks"]?.list else { return }
    self["disks"] = .list(
      disks.map { item in
        guard var disk = item.record else { return item }
        body(&disk)
        return .record(disk)
      })
  }

  /// The record without some fields.
  public func without(_ names: String...) -> Record {
    var result = self
    for name in names { result[name] = nil }
    return result
  }
}
