extension Table {
  /// The throttling of one disk: `devices/disk/iotune`.
  public static let guestDiskTune = Table(
    "disk throttling", doc: "Limits on a disk's traffic: together, or reads and writes apart.",
    throttled("bytes", "Bytes", "bytes_sec", .size) { who, _ in
      "The most that is \(who) in a second, such as 50MiB."
    }
      + throttled("requests", "IOPS", "iops_sec", .integer(0...1_000_000_000_000_000)) { _, what in
        "The most \(what) in a second."
      } + [
        Field(
          "sizeIOPS", .size, xml: .value("size_iops_sec", .bareBytes),
          change: .live(.diskLimits), equivalence: .zeroIsNone,
          doc: "How large a request may be and count as one, such as 64KiB."),
        Field(
          "group", .text(.line), xml: .value("group_name"), change: .live(.diskLimits),
          doc: "The name of a group of disks, of this guest, that share one limit."),
      ])

  /// The nine rows of one measure: the steady limit, the burst, and how long the burst may last.
  private static func throttled(
    _ noun: String, _ suffix: String, _ element: String, _ type: FieldType,
    _ doc: (_ who: String, _ what: String) -> String
  ) -> [Field] {
    let directions = [
      ("total", "read and written", "requests"), ("read", "read", "requests to read"),
      ("write", "written", "requests to write"),
    ]
    let spelling: Spelling = suffix == "Bytes" ? .bareBytes : .plain
    func excluded(_ direction: String, _ ending: String) -> [String] {
      (direction == "total" ? ["read", "write"] : ["total"]).map { $0 + suffix + ending }
    }
    return directions.map { direction, who, what in
      Field(
        direction + suffix, type, xml: .value(XMLPath("\(direction)_\(element)"), spelling),
        change: .live(.diskLimits), equivalence: .zeroIsNone, excludes: excluded(direction, ""),
        doc: doc(who, what))
    }
      + directions.map { direction, who, what in
        Field(
          direction + suffix + "Max", type,
          xml: .value(XMLPath("\(direction)_\(element)_max"), spelling),
          change: .live(.diskLimits), equivalence: .zeroIsNone,
          excludes: excluded(direction, "Max"),
          doc: "In a burst: " + doc(who, what).replacingFirst("The", with: "the"))
      }
      + directions.map { direction, _, _ in
        Field(
          direction + suffix + "MaxLength", .duration,
          xml: .value(XMLPath("\(direction)_\(element)_max_length")),
          change: .live(.diskLimits), equivalence: .zeroIsNone,
          excludes: excluded(direction, "MaxLength"),
          doc: "How long a burst of \(noun) may last; 1s by default.")
      }
  }
}

extension String {
  /// The text with its beginning replaced.
  fileprivate func replacingFirst(_ start: String, with other: String) -> String {
    hasPrefix(start) ? other + dropFirst(start.count) : self
  }
}
