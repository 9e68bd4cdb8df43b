import Model

/// Each pool type needs its own source fields (https://libvirt.org/storage.html).
enum PoolSourceCheck: Check {
  private static let needed: [String: (fields: [String], source: [String])] = [
    "dir": (["path"], []), "fs": (["path"], ["devices"]),
    "netfs": (["path"], ["hosts", "directory"]),
    "logical": ([], ["name"]), "iscsi": (["path"], ["hosts", "devices"]),
    "rbd": ([], ["hosts", "name"]),
  ]

  static func run(_ manifests: ManifestSet) -> [Diagnostic] {
    var found: [Diagnostic] = []
    for document in manifests.documents where document.kind == .pool {
      guard let type = document.spec.string("type"), let needed = needed[type],
        document.spec.boolean("external") != true
      else { continue }
      for name in needed.fields where document.lacks(name) {
        found.append(missing(name, type, document, []))
      }
      for name in needed.source
      where document.spec.record("source")?[name] == nil
        && !document.isBroken([.field("source"), .field(name)])
      {
        found.append(missing("source." + name, type, document, [.field("source")]))
      }
    }
    return found
  }

  private static func missing(
    _ name: String, _ type: String, _ document: Document, _ path: [PathPart]
  ) -> Diagnostic {
    var field = Table.pool[name]
    if case .record(let source, _)? = Table.pool["source"]?.type, !path.isEmpty {
      field = source[String(name.dropFirst("source.".count))]
    }
    return Diagnostic(
      code: "missing-field", "a pool of type \(type) needs '\(name)'",
      at: document.place(of: path), expected: field?.doc.withoutStop)
  }
}
