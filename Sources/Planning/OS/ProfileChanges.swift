import Model

/// What an operating system's profile fills in, as changes of a plan.
public enum ProfileChanges {
  /// How the values of a path such as `memory.size` are written.
  public static func unit(of path: String) -> FieldChange.Unit {
    Table.guest.field(at: path)?.unit ?? .plain
  }

  /// The fields that a profile may have something to say of, beside devices.
  static let interest = Record([
    ("virtType", ""), ("osType", ""), ("machine", ""),
    ("firmware", ["type": "", "secureBoot": false]),
    ("tpm", ["model": "", "type": "", "version": ""]),
    ("cpus", ["mode": ""]), ("clock", ["offset": ""]),
    (
      "features",
      [
        "smm": ["enabled": false], "viridian": false,
        "hyperv": [
          "relaxed": false, "vapic": false, "vpindex": false, "runtime": false, "synic": false,
          "spinlocks": ["retries": 0], "stimer": ["enabled": false],
        ],
      ]
    ),
  ])

  /// What is said where a manifest means another profile than the one that the guest was made with.
  static func unfollowed(_ object: DesiredObject, _ applied: Record) -> String? {
    if object.spec.followsProfile { return nil }
    let changed = ["os", "virtualization", "drivers"].filter { name in
      let (before, now) = (applied[name], object.spec[name])
      return before != now && before != nil && now != nil
    }
    if changed.isEmpty { return nil }
    let words = changed.map { "'\($0)'" }.joined(separator: " and ")
    return
      "\(object.id.reference) keeps what it got when it was made: \(words) decide\(changed.count == 1 ? "s" : "") on new guests; 'os: {defaults: follow}' brings what can be changed."
  }

  /// The fields that a new guest gets beside those that its manifest declares.
  static func created(_ spec: GuestSpec) -> [FieldChange] {
    guard let profile = spec.object.profile else { return [] }
    return spec.compared.filled(profile.defaults).filled.map { item in
      FieldChange(
        path: item.path, from: nil, to: item.value, side: .defined, origin: .profile,
        unit: unit(of: item.path), note: item.reason)
    }
  }
}

extension GuestProfile.Default {
  /// Whether an existing guest can be compared with it. A list of devices that the manifest does not mention is left
  /// alone, and memory and processors are what somebody has found to be enough.
  var isComparable: Bool {
    if ["memory.size", "cpus.count"].contains(path) { return false }
    return if case .list? = Table.guest.field(at: path)?.type { false } else { true }
  }
}

extension Table {
  /// The row of a path such as `memory.size` or `disks[vda].bus`.
  func field(at path: String) -> Field? {
    var table = self
    var found: Field?
    for part in path.split(separator: ".") {
      found = table[String(part.prefix { $0 != "[" })]
      guard let inner = found?.type.innerTable else { continue }
      table = inner
    }
    return found
  }
}

extension FieldType {
  /// The table of a record, or of the records of a list.
  fileprivate var innerTable: Table? {
    switch self {
    case .record(let table, _), .list(.record(let table, _), _): table
    default: nil
    }
  }
}
