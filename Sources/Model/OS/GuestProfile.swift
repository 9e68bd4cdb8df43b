/// What a guest gets where its manifest is silent because of the operating system that it runs and of what the host
/// can do, with the reasons.
public struct GuestProfile: Sendable, Hashable, Codable {
  /// One field that is filled in.
  public struct Default: Sendable, Hashable, Codable {
    /// `machine`, `firmware.type`; `disks[].bus` is for every disk that says none.
    public var path: String
    public var value: Value
    /// Half a sentence: `Debian 11 has drivers for it`.
    public var reason: String

    public init(path: String, value: Value, reason: String) {
      self.path = path
      self.value = value
      self.reason = reason
    }
  }

  /// Why the guest cannot be had as it is declared, and what to do.
  public struct Refusal: Sendable, Hashable, Codable {
    public var message: String
    public var remedy: String

    public init(_ message: String, remedy: String) {
      self.message = message
      self.remedy = remedy
    }
  }

  /// What the fields come from: `debian11 of osinfo-db 20221203`.
  public var source: String
  public var defaults: [Default]
  /// The reasoning about the kind of virtualization and the drivers, in one paragraph.
  public var reasoning: String
  /// What must be said, whether somebody asks for reasons or not.
  public var notes: [String]
  public var refusal: Refusal?

  public init(
    source: String, defaults: [Default] = [], reasoning: String = "", notes: [String] = [],
    refusal: Refusal? = nil
  ) {
    self.source = source
    self.defaults = defaults
    self.reasoning = reasoning
    self.notes = notes
    self.refusal = refusal
  }

  /// What is laid down in an object's metadata: the fields, without the reasons.
  public var applied: AppliedProfile {
    AppliedProfile(
      source: source, fields: Record(defaults.map { ($0.path, $0.value) }))
  }
}

/// What an operating system's profile filled in when a guest was made, as its metadata has it.
public struct AppliedProfile: Sendable, Hashable, Codable {
  public var source: String
  /// Values by their path.
  public var fields: Record

  public init(source: String, fields: Record) {
    self.source = source
    self.fields = fields
  }

  /// The value of a path.
  public subscript(path: String) -> Value? { fields[path] }

  /// What stands in the metadata.
  public var text: String {
    Record([("source", .string(source)), ("fields", .record(fields))]).canonicalJSON
  }

  /// Reads `text`.
  public init?(text: String) {
    guard let record = Record(canonicalJSON: text), let source = record.string("source"),
      let fields = record.record("fields")
    else { return nil }
    self.init(source: source, fields: fields)
  }
}

extension Record {
  /// The record with what it lacks of a profile, and what that was: the paths name the items of lists.
  public func filled(
    _ defaults: [GuestProfile.Default]
  ) -> (record: Record, filled: [GuestProfile.Default]) {
    var result = self
    var filled: [GuestProfile.Default] = []
    for item in defaults {
      filled += result.fill(item.path.split(separator: ".")[...], item.value).map {
        GuestProfile.Default(path: $0, value: item.value, reason: item.reason)
      }
    }
    return (result, filled)
  }

  /// Gives the paths that were filled.
  fileprivate mutating func fill(_ path: ArraySlice<Substring>, _ value: Value) -> [String] {
    guard let first = path.first else { return [] }
    if first.hasSuffix("[]") {
      let list = String(first.dropLast(2))
      guard let items = self[list]?.list else { return [] }
      var paths: [String] = []
      self[list] = .list(
        items.enumerated().map { index, item in
          guard var record = item.record, record.takesDefault(of: list, path, value) else {
            return item
          }
          let label = record.string("name") ?? record.string("mac") ?? String(index)
          paths += record.fill(path.dropFirst(), value).map { "\(list)[\(label)].\($0)" }
          return .record(record)
        })
      return paths
    }
    let name = String(first)
    if path.count == 1 {
      if self[name] != nil { return [] }
      self[name] = value
      return [name]
    }
    if self[name] != nil, record(name) == nil { return [] }
    var inner = record(name) ?? Record()
    let paths = inner.fill(path.dropFirst(), value)
    if !paths.isEmpty { self[name] = .record(inner) }
    return paths.map { name + "." + $0 }
  }

  /// A disk's name may say its bus already, a drive has a bus of its own, and a function that is passed through is
  /// the model that it is.
  fileprivate func takesDefault(
    of list: String, _ path: ArraySlice<Substring>, _ value: Value
  ) -> Bool {
    switch list {
    case "disks":
      guard ["disk", "lun", nil].contains(string("device")) else { return false }
      return DiskBus.isOpen(name: string("name") ?? "", to: value.string ?? "")
        || path.last != "bus"
    case "interfaces": return self["pci"] == nil
    default: return true
    }
  }
}
