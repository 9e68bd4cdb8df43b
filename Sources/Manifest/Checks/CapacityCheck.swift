import Model

/// The guests of a host that may run together fit into what its manifest grants.
enum CapacityCheck: Check {
  static func run(_ manifests: ManifestSet) -> [Diagnostic] {
    let guests = Dictionary(
      grouping: manifests.placed.filter { $0.id.kind == .guest && runs($0) }, by: \.id.host)
    return manifests.hosts.flatMap { host -> [Diagnostic] in
      guard let limits = host.spec.record("limits") else { return [] }
      let severity: Diagnostic.Severity =
        limits.string("onExceeded") == "warning" ? .warning : .error
      let own = guests[host.name] ?? []
      return [
        complaint(
          host, limits, "memory", own.map(memory), Quantity.sizeText, "of memory", severity),
        complaint(host, limits, "cpus", own.map(cpus), { String($0) }, "virtual CPUs", severity),
      ].compactMap { $0 }
    }
  }

  private static func complaint(
    _ host: Document, _ limits: Record, _ name: String, _ needs: [Int64],
    _ text: (Int64) -> String, _ unit: String, _ severity: Diagnostic.Severity
  ) -> Diagnostic? {
    guard let limit = limits.integer(name) else { return nil }
    let sum = needs.reduce(Int64(0)) { sum, need in
      let (total, overflow) = sum.addingReportingOverflow(need)
      return overflow ? .max : total
    }
    if sum <= limit { return nil }
    return Diagnostic(
      severity, code: "over-limit",
      "the guests of host '\(host.name)' want \(text(sum)) \(unit), and it grants \(text(limit))",
      at: host.place(of: [.field("limits"), .field(name)]),
      expected: "fewer or smaller guests, guests with 'power: stopped', or a larger limit")
  }

  private static func runs(_ guest: Placed) -> Bool { guest.spec.string("power") != "stopped" }

  /// A guest may take its maximum at any time.
  private static func memory(_ guest: Placed) -> Int64 {
    let memory = guest.spec.record("memory")
    return memory?.integer("max") ?? memory?.integer("size") ?? 0
  }

  private static func cpus(_ guest: Placed) -> Int64 {
    let cpus = guest.spec.record("cpus")
    return cpus?.integer("count") ?? cpus?.integer("max") ?? 1
  }
}
