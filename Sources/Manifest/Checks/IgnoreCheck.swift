import Model

/// `lifecycle.ignore` names fields that there are.
enum IgnoreCheck: Check {
  static func run(_ manifests: ManifestSet) -> [Diagnostic] {
    manifests.documents
      .filter { $0.kind.isPlanned || $0.kind == .guestClass }
      .flatMap { check($0) }
  }

  private static func check(_ document: Document) -> [Diagnostic] {
    let paths = document.spec.record("lifecycle")?["ignore"]?.list?.compactMap(\.string) ?? []
    return paths.enumerated().compactMap { index, path -> Diagnostic? in
      guard let (name, table) = unknown(path, Table.spec(of: document.kind)) else { return nil }
      return Diagnostic(
        code: "unknown-field", "'\(path)' is no field of \(table.name)",
        at: document.place(of: [.field("lifecycle"), .field("ignore"), .index(index)]),
        expected: "a path such as memory.size, disks[vda].cache or disks[].cache",
        suggestion: Nearest.word(to: name, among: table.fields.map(\.name)))
    }
  }

  /// The first part of the path that is no field, and the table that it should be in.
  private static func unknown(_ path: String, _ table: Table) -> (name: String, table: Table)? {
    var table = table
    let parts = path.split(separator: ".", omittingEmptySubsequences: false)
    for (index, part) in parts.enumerated() {
      let name = String(part.prefix { $0 != "[" })
      guard let field = table[name] else { return (name, table) }
      switch field.type {
      case .record(let inner, _), .list(.record(let inner, _), _): table = inner
      default: if index + 1 < parts.count { return (String(parts[index + 1]), table) }
      }
    }
    return nil
  }
}
