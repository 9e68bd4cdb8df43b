import Manifest
import Model

/// Documents out of the field tables: each field with each of some values, right and wrong ones.
enum SchemaProbes {
  static var all: [(name: String, bytes: [UInt8])] {
    var builder = Builder()
    for kind in Kind.allCases where kind != .guestClass {
      builder.visit(.spec(of: kind), path: kind.rawValue) { spec in
        "{apiVersion: virtspec/v1, kind: \(kind.rawValue), metadata: {name: probe}, spec: \(spec)}"
      }
    }
    builder.visit(.envelope, path: "manifest", leaving: "kind") { $0 }
    return builder.documents
  }

  /// What may stand where a scalar is wanted, in YAML.
  private static let values = [
    "text", "'text'", "two words", "'5'", "5", "0", "-1", "99999999999", "1.5", "true", "false",
    "'true'", "yes", "''", "[]", "{}", "[5]", "{unknown: 1}", "~", "'~'", "2GiB", "1.5 GiB",
    "2 gib", "2G", "90s", "1.5m", "5min", "/a/path", "relative/path", "52:54:00:00:00:02",
    "53:54:00:00:00:02", "10.0.0.1", "'fd00::1'", "10.0.0.1/24", "a.example", "-a", "null-word",
    "0-3,^2", "0644", "'0644'", "6f2a1f4e-9a0e-4bb6-8f0e-2f5a3f5b7c11", "qemu:///system",
    "\"two\\nlines\"", "\"line\\n\"", "'2.0'", "'1.2'",
  ]

  private static let fewValues = ["'text'", "'5'", "5", "-1", "true", "~", "[]", "{}", "2GiB"]

  private struct Builder {
    var documents: [(name: String, bytes: [UInt8])] = []
    private var visited: Set<ObjectIdentifier> = []
    private var types: Set<String> = []

    /// Probes the fields of a table, once; `wrap` makes a document of its record.
    mutating func visit(
      _ table: Table, path: String, leaving left: String? = nil, _ wrap: (String) -> String
    ) {
      guard visited.insert(ObjectIdentifier(table)).inserted else { return }
      add(path, wrap("{}"))
      add(path + ".unknown", wrap(SchemaProbes.record(table, with: [("unknownField", "1")])))
      for field in table.fields where field.name != left {
        let name = "\(path).\(field.name)"
        let proper = SchemaProbes.sample(of: field.type)
        // All values once for each type; that the fields have theirs takes few.
        let isNew = types.insert(SchemaProbes.fingerprint(field.type)).inserted
        for value in (isNew ? SchemaProbes.values : SchemaProbes.fewValues) + [proper] {
          add("\(name): \(value)", wrap(SchemaProbes.record(table, with: [(field.name, value)])))
        }
        if case .choice(let words) = field.type {
          for word in words {
            add("\(name): \(word)", wrap(SchemaProbes.record(table, with: [(field.name, word)])))
          }
        }
        for other in field.excludes {
          guard let second = table[other] else { continue }
          let pair = [(field.name, proper), (other, SchemaProbes.sample(of: second.type))]
          add("\(name) beside \(other)", wrap(SchemaProbes.record(table, with: pair)))
        }
        if case .list(let item, _) = field.type {
          add("\(name): [~]", wrap(SchemaProbes.record(table, with: [(field.name, "[~]")])))
          let first = SchemaProbes.sample(of: item)
          add(
            "\(name) twice",
            wrap(SchemaProbes.record(table, with: [(field.name, "[\(first), \(first)]")])))
        }
        if let nested = SchemaProbes.nested(field.type) {
          visit(nested.table, path: name) { inner in
            wrap(
              SchemaProbes.record(table, with: [(field.name, nested.isList ? "[\(inner)]" : inner)])
            )
          }
        }
      }
    }

    private mutating func add(_ name: String, _ text: String) {
      documents.append((name, Array(text.utf8)))
    }
  }

  /// A record with the given fields and those that it must have.
  private static func record(_ table: Table, with pairs: [(String, String)]) -> String {
    var pairs = pairs
    let given = Set(pairs.map(\.0))
    for field in table.fields where field.required && !given.contains(field.name) {
      pairs.append((field.name, sample(of: field.type)))
    }
    for group in table.exactlyOne where !group.contains(where: given.contains) {
      let excluded = Set(given.flatMap { table[$0]?.excludes ?? [] })
      guard let name = group.first(where: { !excluded.contains($0) }), let field = table[name]
      else { continue }
      pairs.append((name, sample(of: field.type)))
    }
    return "{" + pairs.map { "\($0.0): \($0.1)" }.joined(separator: ", ") + "}"
  }

  /// The same for types that are checked in the same way.
  private static func fingerprint(_ type: FieldType) -> String {
    switch type {
    case .record(let table, let shorthand):
      shorthand.flatMap { table[$0] }.map { "short " + fingerprint($0.type) } ?? "record"
    case .list(let item, _): "list of " + fingerprint(item)
    case .choice(let words): words.contains { $0.first?.isNumber ?? false } ? "\(words)" : "choice"
    case .integer(let range): "integer \(range.lowerBound.signum())"
    default: "\(type)"
    }
  }

  private static func nested(_ type: FieldType) -> (table: Table, isList: Bool)? {
    switch type {
    case .record(let table, _): (table, false)
    case .list(.record(let table, _), _): (table, true)
    default: nil
    }
  }

  /// A value that is right.
  private static func sample(of type: FieldType) -> String {
    switch type {
    case .text(let format):
      switch format {
      case .text, .line, .name, .host, .domain, .device: "a"
      case .path: "/a"
      case .mac, .filterMAC: "52:54:00:00:00:02"
      case .filterNumber: "'0x16'"
      case .filterAddress: "$IP"
      case .filterMask: "255.255.255.0"
      case .address: "10.0.0.1"
      case .cidr: "10.0.0.1/24"
      case .uuid: "6f2a1f4e-9a0e-4bb6-8f0e-2f5a3f5b7c11"
      case .mode: "'0644'"
      case .cpuSet: "0-3"
      case .uri: "qemu:///system"
      case .pciAddress: "'0000:3b:00.0'"
      case .usbID: "'1d6b:0002'"
      case .usbAddress: "'1:4'"
      case .versionRange: "'>=9.0'"
      }
    case .choice(let words): "'\(words.first ?? "")'"
    case .integer(let range): "\(range.lowerBound)"
    case .boolean: "true"
    case .size: "1GiB"
    case .duration: "1m"
    case .list(let item, _): "[\(sample(of: item))]"
    case .record(let table, _): record(table, with: [])
    case .map: "{a: b}"
    }
  }
}
