import LibvirtXML
import Model

/// XML as any libvirt could send it: read by every field in both ways, laid over the document again, and parsed
/// once more.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzDocument(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  let bytes = UnsafeBufferPointer(start: data, count: size)
  compareReaders(bytes)
  do throws(XMLProblem) {
    var document = try LibvirtDocument(parsing: bytes)
    let table = table(document.rootName)
    let record = document.read(table, shape: nil)
    let ownership = document.ownership()
    // Over what is there, with some fields taken out first, which is what an update does.
    let cleared = record.entries.map(\.name).filter { $0.utf8.count % 2 == 0 }.map { FieldPath($0) }
    document.write(record, table, clearing: cleared)
    document.setOwnership(ownership)
    parseAgain(document.serialized(), table)
    // From nothing, which is what a new object is made from.
    var made = try LibvirtDocument(root: document.rootName)
    made.write(record, table)
    made.setOwnership(ownership)
    parseAgain(made.serialized(), table)
  } catch {
    precondition(!error.message.isEmpty, "a problem without a word")
  }
  return 0
}

/// What the scanner takes, libxml2 has to take too, and to read the same.
private func compareReaders(_ bytes: UnsafeBufferPointer<UInt8>) {
  guard let observed = try? ObservedDocument(parsing: bytes), observed.isScanned else { return }
  do throws(XMLProblem) {
    let parsed = try LibvirtDocument(parsing: bytes)
    for table in [Table.guest, .network, .pool, .volumeDocument] {
      precondition(observed.read(table) == parsed.read(table), "the records differ")
    }
    precondition(observed.ownership() == parsed.ownership(), "the owners differ")
    precondition(observed.runningFacts() == parsed.runningFacts(), "the facts differ")
    // Elements with text, children and comments, whatever the tables take of them.
    let paths: [XMLPath] = [
      "name", "@type", "description", "metadata/object", "backingStore/path",
      "devices/disk[@type='file']/target/@dev", "target/format/@type", "",
    ]
    for path in paths {
      precondition(observed.text(at: path) == parsed.text(at: path), "the texts differ")
    }
  } catch {
    fatalError("only the scanner takes it; libxml2, line \(error.line): \(error.message)")
  }
}

/// libvirt has to be able to read what virtspec writes.
private func parseAgain(_ text: String, _ table: Table) {
  do throws(XMLProblem) {
    let document = try LibvirtDocument(parsing: text)
    _ = document.read(table, shape: nil)
  } catch {
    fatalError("what was written is no XML, line \(error.line): \(error.message)\n\(text)")
  }
}

private func table(_ root: String) -> Table {
  switch root {
  case "network": .network
  case "pool": .pool
  case "volume": .volumeDocument
  default: .guest
  }
}
