import Model

/// A quota of processor time is nothing, everything (-1), or a millisecond and more: less cannot be scheduled.
enum QuotaCheck: Check {
  static func run(_ manifests: ManifestSet) -> [Diagnostic] {
    manifests.placed.filter { $0.id.kind == .guest }.flatMap { guest in
      (guest.spec.record("cpuTune")?.entries ?? []).compactMap { entry in
        guard entry.name.lowercased().hasSuffix("quota"), let quota = entry.value.integer,
          (1..<1000).contains(quota)
        else { return nil }
        return Diagnostic(
          code: "out-of-range", "'\(entry.name)' cannot be \(quota)",
          at: guest.place(.field("cpuTune"), .field(entry.name)),
          expected: "at least 1000 microseconds, or -1 for no limit")
      }
    }
  }
}
