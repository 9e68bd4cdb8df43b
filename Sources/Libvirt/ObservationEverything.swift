import CLibvirt
import Execution
import LibvirtXML
import Model

// What only an import reads.

extension Observation {
  /// Reads what the hypervisor picks by itself. A driver that does not tell picks nothing that is known.
  func readCapabilities(_ connection: virConnectPtr) throws(HypervisorError) {
    let text: LibvirtText
    do throws(HypervisorError) {
      text = try LibvirtText(virConnectGetCapabilities(connection), "virConnectGetCapabilities")
    } catch {
      if error.code == .unsupported { return }
      throw error
    }
    let capabilities = try text.parsed("capabilities") { document, _ in document.capabilities() }
    state.withLock { $0.capabilities = capabilities }
  }
}

extension LibvirtText {
  /// Every field that a manifest can have, and what is left besides; `object` names it in the error.
  func everything(_ object: String, _ table: Table, overlay kind: Kind? = nil)
    throws(HypervisorError) -> FullReading
  {
    let document = try document(object)
    do throws(XMLProblem) {
      return try document.readAll(table, overlay: kind)
    } catch {
      throw .unreadable(object, error)
    }
  }
}
