import Model

/// A guest fits into its own limits.
enum GuestLimitCheck: Check {
  static func run(_ manifests: ManifestSet) -> [Diagnostic] {
    manifests.placed.filter { $0.id.kind == .guest }.flatMap(check)
  }

  private static func check(_ guest: Placed) -> [Diagnostic] {
    var found: [Diagnostic] = []
    let cpus = guest.spec.record("cpus") ?? Record()
    let memory = guest.spec.record("memory") ?? Record()
    if let count = cpus.integer("count"), let maximum = cpus.integer("max"), count > maximum {
      found.append(
        Diagnostic(
          code: "over-limit", "\(count) CPUs are more than the maximum of \(maximum)",
          at: guest.place(.field("cpus"), .field("count")),
          expected: "at most 'max', or a larger 'max'"))
    }
    if let size = memory.integer("size"), let maximum = memory.integer("max"), size > maximum {
      found.append(
        Diagnostic(
          code: "over-limit",
          "\(Quantity.sizeText(size)) of memory are more than the maximum of \(Quantity.sizeText(maximum))",
          at: guest.place(.field("memory"), .field("size")),
          expected: "at most 'max', or a larger 'max'"))
    }
    if let topology = cpus.record("topology"), !guest.document.isAnyBroken(under: "cpus"),
      let count = cpus.integer("max") ?? cpus.integer("count")
    {
      let product = topology.entries.compactMap(\.value.integer).reduce(Int64(1)) {
        product, number in
        product.multipliedReportingOverflow(by: number).partialValue
      }
      if product != count {
        found.append(
          Diagnostic(
            code: "wrong-topology",
            "the topology has \(product) CPUs, and the guest at most \(count)",
            at: guest.place(.field("cpus"), .field("topology")),
            expected: "sockets × dies × cores × threads = \(count)"))
      }
    }
    return found
  }
}
