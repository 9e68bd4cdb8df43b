import CLibvirt
import Execution
import LibvirtXML
import Model
import Planning

extension LibvirtHypervisor {
  /// Defines a guest, secret, network filter, network or pool as a journal has it.
  func restore(
    _ restoration: Restoration, _ object: ObjectID
  ) async throws(HypervisorError) {
    let name = object.name
    switch object.kind {
    case .guest:
      try await connection.call("virDomainDefineXMLFlags") { connection throws(HypervisorError) in
        try Restoring.guest(restoration, name, connection)
      }
    case .secret:
      try await connection.call("virSecretDefineXML") { connection throws(HypervisorError) in
        try Restoring.secret(restoration, object, connection)
      }
    case .networkFilter:
      try await connection.call("virNWFilterDefineXML", isLong: true) {
        connection throws(HypervisorError) in
        try Restoring.filter(restoration, object, connection)
      }
    case .network:
      try await connection.call("virNetworkDefineXML") { connection throws(HypervisorError) in
        try Restoring.network(restoration, name, connection)
      }
    case .pool:
      try await pools.whileHolding(name) { () async throws(HypervisorError) in
        try await self.connection.call("virStoragePoolDefineXML") {
          connection throws(HypervisorError) in
          try Restoring.pool(restoration, name, connection)
        }
      }
    default: throw .notMine(.restore(restoration))
    }
  }
}

/// The calls, for closures on worker threads. What libvirt wrote itself needs no validation.
private enum Restoring {
  static func guest(
    _ restoration: Restoration, _ name: String, _ connection: virConnectPtr
  ) throws(HypervisorError) {
    let call = "virDomainDefineXMLFlags"
    let object = "guest/\(name)"
    var xml = restoration.xml
    let existing = try DomainHandle.find(name, on: connection)
    let found: Fingerprint?
    if let existing {
      found = try Guests.inactiveXML(existing.pointer).withBytes { Fingerprint.guest($0, .unknown) }
      // Journals have no passwords: those that the guest has now stay.
      let present = try Guests.inactiveXML(existing.pointer, VIR_DOMAIN_XML_SECURE).document(object)
      xml = try written { () throws(XMLProblem) in
        try LibvirtDocument.withDisplayPasswords(xml, from: present)
      }
    } else {
      found = nil
    }
    try Fingerprint.checkExpected(restoration.expected, found, object, call)
    _ = DomainHandle(try check(virDomainDefineXMLFlags(connection, xml, 0), call))
  }

  /// The XML has the UUID, by which libvirt knows it; it keeps the value of one that is there.
  static func secret(
    _ restoration: Restoration, _ object: ObjectID, _ connection: virConnectPtr
  ) throws(HypervisorError) {
    let call = "virSecretDefineXML"
    let uuid = try written { () throws(XMLProblem) in
      try LibvirtDocument(parsing: restoration.xml).text(at: "uuid") ?? ""
    }
    var found: Fingerprint?
    if let existing = try HostSecrets.find(uuid, connection) {
      found = try LibvirtText(virSecretGetXMLDesc(existing.pointer, 0), "virSecretGetXMLDesc")
        .withBytes(Fingerprint.secret)
    }
    try Fingerprint.checkExpected(restoration.expected, found, object.reference, call)
    _ = SecretHandle(try check(virSecretDefineXML(connection, restoration.xml, 0), call))
  }

  static func filter(
    _ restoration: Restoration, _ object: ObjectID, _ connection: virConnectPtr
  ) throws(HypervisorError) {
    let call = "virNWFilterDefineXML"
    var found: Fingerprint?
    if let existing = try FilterHandle.find(object.name, on: connection) {
      found = try LibvirtText(virNWFilterGetXMLDesc(existing.pointer, 0), "virNWFilterGetXMLDesc")
        .withBytes(Fingerprint.filter)
    }
    try Fingerprint.checkExpected(restoration.expected, found, object.reference, call)
    _ = FilterHandle(try check(virNWFilterDefineXML(connection, restoration.xml), call))
  }

  static func network(
    _ restoration: Restoration, _ name: String, _ connection: virConnectPtr
  ) throws(HypervisorError) {
    let call = "virNetworkDefineXML"
    let found = try fingerprint(of: NetworkHandle.find(name, on: connection)) {
      (existing: borrowing NetworkHandle) throws(HypervisorError) in
      try inactiveXML(ofNetwork: existing.pointer).withBytes {
        Fingerprint.network($0, isActive: false)
      }
    }
    try Fingerprint.checkExpected(restoration.expected, found, "network/\(name)", call)
    _ = NetworkHandle(try check(virNetworkDefineXML(connection, restoration.xml), call))
  }

  static func pool(
    _ restoration: Restoration, _ name: String, _ connection: virConnectPtr
  ) throws(HypervisorError) {
    let call = "virStoragePoolDefineXML"
    let found = try fingerprint(of: PoolHandle.find(name, on: connection)) {
      (existing: borrowing PoolHandle) throws(HypervisorError) in
      try inactiveXML(ofPool: existing.pointer).withBytes { Fingerprint.pool($0, isActive: false) }
    }
    try Fingerprint.checkExpected(restoration.expected, found, "pool/\(name)", call)
    _ = PoolHandle(try check(virStoragePoolDefineXML(connection, restoration.xml, 0), call))
  }

  /// Of what there is; nil for nothing.
  private static func fingerprint<Handle: ~Copyable>(
    of existing: consuming Handle?,
    _ read: (borrowing Handle) throws(HypervisorError) -> Fingerprint
  ) throws(HypervisorError) -> Fingerprint? {
    guard let existing else { return nil }
    return try read(existing)
  }
}
