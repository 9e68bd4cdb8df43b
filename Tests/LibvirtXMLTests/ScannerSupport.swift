import CLibXML2
import Model
import Testing

@testable import LibvirtXML

/// Whether the scanner takes a document. If so, libxml2 has to take it too, and to say the same of it.
func scans(_ document: some Collection<UInt8>) throws -> Bool {
  // Alone in memory, so that the address sanitizer sees a step over its end.
  let copy = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: document.count)
  defer { copy.deallocate() }
  _ = copy.initialize(from: document)
  let bytes = UnsafeBufferPointer(copy)
  guard let tree = ScannedTree.scan(bytes) else { return false }
  let text = String(decoding: document.prefix(2_000), as: UTF8.self)
  do throws(XMLProblem) {
    let parsed = try LibvirtDocument(parsing: bytes)
    let observed = try ObservedDocument(parsing: bytes)
    let found = tree.withRoot { difference($0, parsed.root) } ?? difference(observed, parsed)
    if let found { Issue.record("\(found) in \(text)") }
  } catch {
    Issue.record("libxml2 does not take \(text): \(error.message)")
  }
  return true
}

/// What a document says that is only read.
func observed<Value>(
  _ document: String, _ body: (borrowing ObservedDocument) throws -> Value
) throws -> Value {
  var document = document
  return try document.withUTF8 { try body(ObservedDocument(parsing: $0)) }
}

/// Where the two do not say the same by what the rest of the program asks; nil when they do.
private func difference(
  _ observed: borrowing ObservedDocument, _ parsed: borrowing LibvirtDocument
) -> String? {
  if !observed.isScanned { return "the scanner changes its mind" }
  for table in [Table.guest, .network, .pool, .volumeDocument] {
    let (left, right) = (observed.read(table), parsed.read(table))
    if left != right { return "\(left) and \(right)" }
  }
  let (facts, others) = (observed.runningFacts(), parsed.runningFacts())
  if facts != others { return "\(facts) and \(others)" }
  let (left, right) = (observed.ownership(), parsed.ownership())
  if left != right { return "\(String(describing: left)) and \(String(describing: right))" }
  let paths: [XMLPath] = [
    "name", "uuid", "@type", "title", "b", "b/@c", "@b", "devices/disk/target/@dev",
    "target/format/@type", "backingStore/path", "devices/disk[@type='file']/target/@bus", "",
  ]
  for path in paths where observed.text(at: path) != parsed.text(at: path) {
    return "the text at \(path)"
  }
  return nil
}

/// Where two trees are not the same, element by element; nil when they are.
private func difference(_ scanned: ScannedElement, _ parsed: Node) -> String? {
  let name = qualified(parsed.raw.pointee.name, parsed.raw.pointee.ns)
  if scanned.localName != name { return "\(scanned.localName) and \(name)" }
  if scanned.content != parsed.content {
    return "the content of \(name), '\(scanned.content)' and '\(parsed.content)'"
  }
  var next = parsed.raw.pointee.properties
  while let property = next?.pointee {
    let attribute = qualified(property.name, property.ns)
    let value = property.children?.pointee.content.map { String(cString: $0) } ?? ""
    if scanned.attribute(attribute) != value { return "the attribute \(attribute) of \(name)" }
    next = property.next
  }
  let (left, right) = (scanned.elements, parsed.elements)
  if left.count != right.count { return "\(left.count) and \(right.count) elements in \(name)" }
  return zip(left, right).lazy.compactMap { difference($0, $1) }.first
}

/// A name with its prefix.
private func qualified(_ name: UnsafePointer<xmlChar>?, _ space: xmlNsPtr?) -> String {
  let local = name.map { String(cString: $0) } ?? ""
  guard let prefix = space?.pointee.prefix else { return local }
  return String(cString: prefix) + ":" + local
}
