import Model

/// Disks, controllers and pins name iothreads that the guest has. A guest that says nothing of its iothreads
/// leaves them to others.
enum IOThreadCheck: Check {
  static func run(_ manifests: ManifestSet) -> [Diagnostic] {
    manifests.placed.filter { $0.id.kind == .guest }.flatMap(check)
  }

  private static func check(_ guest: Placed) -> [Diagnostic] {
    if guest.isBroken(.field("iothreads")) || guest.isBroken(.field("iothreadIDs"))
      || guest.document.isAnyBroken(under: "iothreadIDs")
    {
      return []
    }
    let count = guest.spec.integer("iothreads")
    guard guest.spec["iothreadIDs"] != nil else {
      guard let count else { return [] }
      let known = count == 0 ? nil : count == 1 ? "1" : "1 to \(count)"
      return uses(of: guest).compactMap { number, path in
        number <= count ? nil : missing(number, known, path, guest)
      }
    }
    let numbers = guest.spec.records("iothreadIDs").compactMap { $0.integer("id") }
    var found: [Diagnostic] = uses(of: guest).compactMap { number, path in
      if numbers.contains(number) { return nil }
      return missing(number, numbers.isEmpty ? nil : oneOf(numbers.map(String.init)), path, guest)
    }
    if let count, Int64(numbers.count) != count {
      found.append(
        Diagnostic(
          code: "over-limit",
          "'iothreadIDs' has \(numbers.count) numbers, and the guest \(count) iothreads",
          at: guest.place(.field("iothreadIDs")),
          expected: "a number for each iothread, or no 'iothreads'"))
    }
    return found
  }

  private static func missing(
    _ number: Int64, _ known: String?, _ path: [PathPart], _ guest: Placed
  ) -> Diagnostic {
    Diagnostic(
      code: "unknown-reference", "the guest has no iothread \(number)",
      at: guest.place(of: path), expected: known ?? "'iothreads: \(number)' for the guest")
  }

  private static func uses(of guest: Placed) -> [(number: Int64, path: [PathPart])] {
    var found: [(number: Int64, path: [PathPart])] = []
    for list in ["disks", "controllers"] {
      for (index, device) in guest.spec.records(list).enumerated() {
        guard let number = device.integer("iothread") else { continue }
        found.append((number, [.field(list), .index(index), .field("iothread")]))
      }
    }
    let pins = guest.spec.record("cpuTune")?.records("iothreadPins") ?? []
    for (index, pin) in pins.enumerated() {
      guard let number = pin.integer("iothread") else { continue }
      found.append(
        (number, [.field("cpuTune"), .field("iothreadPins"), .index(index), .field("iothread")]))
    }
    return found
  }
}
