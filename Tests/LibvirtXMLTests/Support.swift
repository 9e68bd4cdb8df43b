import LibvirtXML
import Model
import TestSupport

/// Lays fields over a document, by the writer, and gives the result as a plain tree.
func laid(
  _ spec: Record, over xml: String, _ table: Table = .guest, clearing: [FieldPath] = []
) throws -> XMLTree {
  var document = try LibvirtDocument(parsing: xml)
  document.write(spec, table, clearing: clearing)
  return try XMLTree(parsing: document.serialized())
}

/// A new document's tree, written by the writer.
func written(_ spec: Record, _ root: String = "domain", _ table: Table = .guest) throws -> XMLTree {
  try laid(spec, over: "<\(root)/>", table)
}

/// The fields of a document, by the reader.
func read(_ xml: String, _ table: Table = .guest, _ shape: Shape? = nil) throws -> Record {
  try LibvirtDocument(parsing: xml).read(table, shape: shape)
}

extension XMLTree {
  /// The devices of a domain.
  var devices: XMLTree { child("devices") ?? XMLTree("devices") }
}

extension Record {
  /// A guest with these disks.
  static func disks(_ disks: Record...) -> Record { Record([("disks", list(disks))]) }
  /// A guest with these interfaces.
  static func interfaces(_ items: Record...) -> Record { Record([("interfaces", list(items))]) }

  private static func list(_ items: [Record]) -> Value { .list(items.map(Value.record)) }
}
