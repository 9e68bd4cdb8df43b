import CLibvirt
import Execution
import LibvirtXML
import Model

// Digests of what was observed. They are made from libvirt's text, not from the fields that were
// read, so that they are the same whatever a manifest declares.

extension Fingerprint {
  private static let digits = 16

  /// A guest's: its persistent definition and its power state, apart, because a plan's own start or
  /// shutdown must not make a later definition look foreign.
  static func guest(_ inactiveXML: UnsafeBufferPointer<UInt8>, _ power: PowerState) -> Fingerprint {
    definition(inactiveXML) + "-" + power.rawValue
  }

  /// A network's: its persistent definition and whether it is active, apart likewise.
  static func network(
    _ inactiveXML: UnsafeBufferPointer<UInt8>, isActive: Bool
  ) -> Fingerprint {
    definition(inactiveXML) + (isActive ? "-active" : "-inactive")
  }

  /// A network filter's: its definition.
  static func filter(_ xml: UnsafeBufferPointer<UInt8>) -> Fingerprint { definition(xml) }

  /// A secret's: its definition.
  static func secret(_ xml: UnsafeBufferPointer<UInt8>) -> Fingerprint { definition(xml) }

  /// A pool's: its definition without the sizes, which change by themselves, and whether it is
  /// active.
  static func pool(_ xml: UnsafeBufferPointer<UInt8>, isActive: Bool) -> Fingerprint {
    let text = String(decoding: xml, as: UTF8.self)
    let lines = text.split(separator: "\n").filter { line in
      let line = line.drop { $0 == " " }
      return !["<capacity", "<allocation", "<available"].contains { line.hasPrefix($0) }
    }
    return Digest.sha256(lines.joined(separator: "\n"), length: digits)
      + (isActive ? "-active" : "-inactive")
  }

  /// A volume's: what the guests that use it depend on, without the allocation, which changes by
  /// itself.
  static func volume(_ name: String, _ document: borrowing ObservedDocument) -> Fingerprint {
    let parts = [
      name, document.text(at: "capacity") ?? "", document.text(at: "target/format/@type") ?? "",
      document.text(at: "backingStore/path") ?? "",
    ]
    return Digest.sha256(parts.joined(separator: "\n"), length: digits)
  }

  /// A volume's, read of it.
  static func volume(
    named name: String, _ volume: virStorageVolPtr
  ) throws(HypervisorError) -> Fingerprint {
    try LibvirtText(virStorageVolGetXMLDesc(volume, 0), "virStorageVolGetXMLDesc")
      .parsed("volume/\(name)") { document, _ in Fingerprint.volume(name, document) }
  }

  private static func definition(_ xml: UnsafeBufferPointer<UInt8>) -> Fingerprint {
    Digest.sha256(UnsafeRawBufferPointer(xml), length: digits)
  }
}

extension LibvirtText {
  /// Parses the text and lends the document together with its bytes; `object` names it in the
  /// error.
  func parsed<Value>(
    _ object: String,
    _ body: (borrowing ObservedDocument, UnsafeBufferPointer<UInt8>) throws(HypervisorError) ->
      Value
  ) throws(HypervisorError) -> Value {
    try withBytes { bytes throws(HypervisorError) in
      let document: ObservedDocument
      do throws(XMLProblem) {
        document = try ObservedDocument(parsing: bytes)
      } catch {
        throw .unreadable(object, error)
      }
      return try body(document, bytes)
    }
  }

  /// Parses the text into a document that can be changed; `object` names it in the error.
  func document(_ object: String) throws(HypervisorError) -> LibvirtDocument {
    try withBytes { bytes throws(HypervisorError) in
      do throws(XMLProblem) {
        return try LibvirtDocument(parsing: bytes)
      } catch {
        throw .unreadable(object, error)
      }
    }
  }
}

extension HypervisorError {
  /// libvirt's XML of an object could not be parsed.
  static func unreadable(_ object: String, _ problem: XMLProblem) -> HypervisorError {
    HypervisorError(
      .unreadable, call: "xmlReadMemory",
      message: "the XML of \(object) is broken at line \(problem.line): \(problem.message)")
  }
}
