import Model

extension LibvirtDocument {
  /// The XML of one device of a list, found by the item's key fields; nil when the guest has none such.
  ///
  /// - Parameter overlay: lays the item's other fields over it.
  public func deviceXML(list name: String, item: Record, overlay: Bool) -> String? {
    guard let field = Table.guest[name], case .list(.record(let table, _), let key) = field.type,
      case .repeated(let path) = field.xml
    else { return nil }
    let elements = Reader.elements(at: path, from: root)
    guard let index = Writer.index(of: item, in: field, table, key: key, elements: elements) else {
      return nil
    }
    if overlay { Writer.record(item, table, to: elements[index]) }
    return elements[index].serialized
  }
}

/// The XML of a new device of a list.
public func newDeviceXML(list name: String, item: Record) throws(XMLProblem) -> String {
  guard let field = Table.guest[name], case .list(.record(let table, _), _) = field.type,
    case .repeated(let path) = field.xml, let element = path.steps.last?.name
  else { throw XMLProblem(message: "\(name) is no list of devices", line: 0) }
  return try elementXML(element, item, table)
}

/// The XML of one entry of a network's section, as `virNetworkUpdate` takes it.
///
/// - Parameter section: `dhcpHost`, `dhcpRange`, `dnsHost`, `dnsTxt` or `dnsSrv`.
public func networkEntryXML(section: String, entry: Record) throws(XMLProblem) -> String {
  switch section {
  case "dhcpHost": return try elementXML("host", entry, .reservation)
  case "dhcpRange": return try elementXML("range", entry, .addressRange)
  case "dnsHost": return try elementXML("host", entry, .dnsHost)
  case "dnsTxt": return try elementXML("txt", entry, .dnsText)
  case "dnsSrv": return try elementXML("srv", entry, .dnsService)
  default: throw XMLProblem(message: "\(section) is no section of a network", line: 0)
  }
}

private func elementXML(_ name: String, _ record: Record, _ table: Table) throws(XMLProblem)
  -> String
{
  let document = try LibvirtDocument(root: name)
  Writer.record(record, table, to: document.root)
  Completion.complete(document.root)
  return document.serialized()
}
