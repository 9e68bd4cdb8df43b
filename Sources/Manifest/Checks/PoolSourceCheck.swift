import Model

/// Each pool type needs its own source fields (https://libvirt.org/storage.html).
enum PoolSourceCheck: Check {
  private static let needed: [String: (fields: [String], source: [String])] = [
    "dir": (["path"], []), "fs": (["path"], ["devices"]),
    "netfs": (["path"], ["hosts", "directory"]),
    "logical": ([], ["name"]), "iscsi": (["path"], ["hosts", "devices"]),
    "rbd": ([], ["hosts", "name"]), "disk": (["path"], ["devices"]), "mpath": (["path"], []),
    "scsi": (["path"], []),
  ]

  static func run(_ manifests: ManifestSet) -> [Diagnostic] {
    var found: [Diagnostic] = []
    for document in manifests.documents where document.kind == .pool {
      guard let type = document.spec.string("type"), let needed = needed[type],
        document.spec.boolean("external") != true
      else { continue }
      let fields = needed.fields.filter(document.lacks)
      let source = needed.source.filter {
        document.spec.record("source")?[$0] == nil
          && !document.isBroken([.field("source"), .field($0)])
      }
      if fields.isEmpty, source.isEmpty { continue }
      let names = fields + source.map { "source." + $0 }
      found.append(
        Diagnostic(
          code: "missing-field",
          "a pool of type \(type) needs \(quoted(names, "and"))",
          at: document.place(of: fields.isEmpty ? [.field("source")] : []),
          expected: example(fields, source, type)))
    }
    return found
  }

  /// The missing fields as a manifest would write them.
  private static func example(_ fields: [String], _ source: [String], _ type: String) -> String {
    let values = [
      "path": "/srv/images", "hosts": "[storage-1]", "directory": "/export/images", "name": "vg0",
      "devices": type == "iscsi" ? "['iqn.2026-01.org.example:images']" : "[/dev/sdb1]",
    ]
    func line(_ name: String) -> String { "\(name): \(values[name] ?? "")" }
    let inner = source.map(line).joined(separator: ", ")
    return (fields.map(line) + (inner.isEmpty ? [] : ["source: {\(inner)}"]))
      .joined(separator: ", ")
  }
}
