import CLibvirt
import Execution
import LibvirtXML
import Model

// A lock is a libvirt secret with a fixed usage name: libvirt refuses a second one of the name with another
// UUID, which makes defining it an atomic test-and-set over every transport (tried on 9.0). It is ephemeral, so
// that it goes with the daemon.

extension LibvirtHypervisor {
  private static let usage = "virtspec/lock"

  /// Takes the host's lock. Gives the lock that is in the way, or nil when it was taken. Throws
  /// `unsupported` on drivers without secrets.
  public func acquireLock(_ lock: HostLock) async throws(HypervisorError) -> HostLock? {
    let line = lock.line
    return try await connection.call("virSecretDefineXML") { connection throws(HypervisorError) in
      // The holder may let go between the refusal and the look at it.
      for _ in 0..<3 {
        if try Self.define(line, connection) { return nil }
        if let found = try Self.description(connection) {
          return found == line ? nil : HostLock(line: found)
        }
      }
      throw HypervisorError(
        .busy, call: "virSecretDefineXML", message: "the host's lock changes hands all the time")
    }
  }

  /// Lets go of a lock, or with nil of whatever lock there is. A lock that is gone, or another's, is no error.
  public func releaseLock(_ lock: HostLock?) async throws(HypervisorError) -> HostLock? {
    let line = lock?.line
    return try await connection.call("virSecretUndefine") { connection throws(HypervisorError) in
      guard let secret = try Self.find(connection), let found = try Self.description(of: secret)
      else { return nil }
      if let line, found != line { return nil }
      try check(virSecretUndefine(secret.pointer), "virSecretUndefine")
      return HostLock(line: found)
    }
  }

  /// False when there is one already.
  private static func define(
    _ line: String, _ connection: virConnectPtr
  ) throws(HypervisorError) -> Bool {
    let xml = try written { () throws(XMLProblem) in
      var document = try LibvirtDocument(root: "secret")
      document.setText("yes", at: "@ephemeral")
      document.setText("no", at: "@private")
      document.setText(line, at: "description")
      document.setText("ceph", at: "usage/@type")
      document.setText(usage, at: "usage/name")
      return document.serialized()
    }
    do throws(HypervisorError) {
      _ = SecretHandle(try check(virSecretDefineXML(connection, xml, 0), "virSecretDefineXML"))
      return true
    } catch {
      if error.code == .unsupported || error.code == .denied { throw error }
      // libvirt has no code of its own for this refusal: it is one if the lock is there.
      if try find(connection) == nil { throw error }
      return false
    }
  }

  private static func description(_ connection: virConnectPtr) throws(HypervisorError) -> String? {
    guard let secret = try find(connection) else { return nil }
    return try description(of: secret)
  }

  private static func description(
    of secret: borrowing SecretHandle
  ) throws(HypervisorError) -> String? {
    do throws(HypervisorError) {
      let text = try LibvirtText(virSecretGetXMLDesc(secret.pointer, 0), "virSecretGetXMLDesc")
      return try text.parsed("the lock") { document, _ in document.text(at: "description") ?? "" }
    } catch {
      if error.code == .notFound { return nil }
      throw error
    }
  }

  private static func find(_ connection: virConnectPtr) throws(HypervisorError) -> SecretHandle? {
    do throws(HypervisorError) {
      let found = virSecretLookupByUsage(
        connection, Int32(VIR_SECRET_USAGE_TYPE_CEPH.rawValue), usage)
      return SecretHandle(try check(found, "virSecretLookupByUsage"))
    } catch {
      if error.code == .notFound { return nil }
      throw error
    }
  }
}
