import CLibvirt
import Execution
import LibvirtXML
import Model
import Planning

extension LibvirtHypervisor {
  /// Operations on a secret; `name` is its manifest's.
  func performSecret(_ operation: Operation, _ name: String) async throws(HypervisorError) {
    switch operation {
    case .defineSecret(let definition):
      try await connection.call("virSecretDefineXML") { connection throws(HypervisorError) in
        try HostSecrets.define(definition, name, connection)
      }
    case .setSecretValue(let assignment):
      guard let value = assignment.value else { throw .withoutValue("virSecretSetValue") }
      try await connection.call("virSecretSetValue") { connection throws(HypervisorError) in
        let secret = SecretHandle(
          try check(
            virSecretLookupByUUIDString(connection, assignment.uuid), "virSecretLookupByUUIDString")
        )
        try check(
          virSecretSetValue(secret.pointer, value.bytes, value.bytes.count, 0), "virSecretSetValue")
      }
    case .undefineSecret(let uuid):
      try await connection.call("virSecretUndefine") { connection throws(HypervisorError) in
        // One that is gone is as wanted.
        guard let secret = try HostSecrets.find(uuid, connection) else { return }
        try check(virSecretUndefine(secret.pointer), "virSecretUndefine")
      }
    default: throw .notMine(operation)
    }
  }
}

/// The calls on the secrets of manifests, for closures on worker threads.
enum HostSecrets {
  static func find(
    _ uuid: String, _ connection: virConnectPtr
  ) throws(HypervisorError) -> SecretHandle? {
    do throws(HypervisorError) {
      return SecretHandle(
        try check(virSecretLookupByUUIDString(connection, uuid), "virSecretLookupByUUIDString"))
    } catch {
      if error.code == .notFound { return nil }
      throw error
    }
  }

  /// libvirt keeps the value of a secret that is defined again.
  static func define(
    _ definition: Definition, _ name: String, _ connection: virConnectPtr
  ) throws(HypervisorError) {
    let call = "virSecretDefineXML"
    let object = "secret/\(name)"
    let xml: String
    if let existing = try find(definition.uuid, connection) {
      let text = try LibvirtText(virSecretGetXMLDesc(existing.pointer, 0), "virSecretGetXMLDesc")
      try definition.checkExpected(text.withBytes(Fingerprint.secret), object, call)
      xml = try definition.xml(
        root: "secret", name: name, kind: .secret, over: try text.document(object))
    } else {
      try definition.checkExpected(nil, object, call)
      xml = try definition.xml(root: "secret", name: name, kind: .secret, over: nil)
    }
    _ = SecretHandle(try check(virSecretDefineXML(connection, xml, 0), call))
  }
}
