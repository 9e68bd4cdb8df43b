import Execution
import LibvirtXML
import Model

extension Observation {
  /// The whole document where an overlay is declared for the object, or has left something in it. It is parsed a
  /// second time, which only such objects pay for.
  func tree(
    of bytes: UnsafeBufferPointer<UInt8>, _ kind: Kind, _ name: String, _ owner: Ownership?
  ) throws(HypervisorError) -> XMLElement? {
    guard request.wantsTree(kind, name, owner) else { return nil }
    do throws(XMLProblem) {
      return try LibvirtDocument(parsing: bytes).element()
    } catch {
      throw .unreadable("\(kind.word)/\(name)", error)
    }
  }
}
