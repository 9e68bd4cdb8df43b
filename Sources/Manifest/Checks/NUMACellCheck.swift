import Model

/// Distances and tuning name NUMA cells that the guest has.
enum NUMACellCheck: Check {
  static func run(_ manifests: ManifestSet) -> [Diagnostic] {
    manifests.placed.filter { $0.id.kind == .guest }.flatMap(check)
  }

  private static func check(_ guest: Placed) -> [Diagnostic] {
    guard let cells = guest.spec.record("cpus")?["numa"]?.list, !cells.isEmpty else { return [] }
    return uses(of: guest).compactMap { cell, path in
      if cell < cells.count { return nil }
      return Diagnostic(
        code: "unknown-reference",
        "the guest has no NUMA cell \(cell): it has \(cells.count), counted from 0",
        at: guest.place(of: path), expected: "0 to \(cells.count - 1)")
    }
  }

  private static func uses(of guest: Placed) -> [(cell: Int64, path: [PathPart])] {
    var found: [(cell: Int64, path: [PathPart])] = []
    let numa: [PathPart] = [.field("cpus"), .field("numa")]
    for (index, cell) in (guest.spec.record("cpus")?.records("numa") ?? []).enumerated() {
      for (other, distance) in cell.records("distances").enumerated() {
        guard let cell = distance.integer("cell") else { continue }
        found.append(
          (cell, numa + [.index(index), .field("distances"), .index(other), .field("cell")]))
      }
    }
    for (index, tuned) in (guest.spec.record("numaTune")?.records("cells") ?? []).enumerated() {
      guard let cell = tuned.integer("cell") else { continue }
      found.append((cell, [.field("numaTune"), .field("cells"), .index(index), .field("cell")]))
    }
    return found
  }
}
