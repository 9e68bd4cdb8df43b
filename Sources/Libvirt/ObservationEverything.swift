import CLibvirt
import Execution
import LibvirtXML
import Model

// What only an import reads.

extension Observation {
  /// Reads what the hypervisor picks by itself.
  func readCapabilities(_ connection: virConnectPtr) throws(HypervisorError) {
    let capabilities = try HostCapabilities.read(connection)
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
