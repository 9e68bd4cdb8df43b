import Model

/// What a rollback needs to know of the XML in a journal.
public enum KeptDefinition {
  /// All fields of a guest, secret, network filter, network or pool; of a volume its `path`; of anything else nothing.
  public static func spec(_ kind: Kind, _ xml: String) throws(XMLProblem) -> Record {
    let table: Table
    switch kind {
    case .guest: table = .guest
    case .secret: table = .secret
    case .networkFilter: table = .networkFilter
    case .network: table = .network
    case .pool: table = .pool
    case .volume:
      let path = try LibvirtDocument(parsing: xml).text(at: "target/path")
      return path.map { Record([("path", .string($0))]) } ?? Record()
    default: return Record()
    }
    // As all of an object is read of a host: without the controllers that libvirt adds by itself.
    return try LibvirtDocument(parsing: xml).readAll(table).spec
  }
}
