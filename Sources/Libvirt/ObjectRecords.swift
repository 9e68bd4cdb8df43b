import CLibvirt
import Execution
import LibvirtXML
import Model
import Planning

extension LibvirtHypervisor {
  /// Looks an object up and reads its persistent definition, without passwords: what is kept in a journal lies about.
  public func record(
    of object: ObjectID, stack: String
  ) async throws(HypervisorError) -> ObjectRecord? {
    try checkCancellation("record")
    return try await connection.call("record") { connection throws(HypervisorError) in
      do throws(HypervisorError) {
        return try Records.read(object, stack, connection)
      } catch {
        if error.code == .notFound { return nil }
        throw error
      }
    }
  }

  /// Of a guest without its power and autostart, which each cost a round trip.
  public func fingerprint(
    of object: ObjectID, stack: String
  ) async throws(HypervisorError) -> Fingerprint? {
    guard object.kind == .guest else {
      return try await record(of: object, stack: stack)?.fingerprint
    }
    try checkCancellation("fingerprint")
    return try await connection.call("fingerprint") { connection throws(HypervisorError) in
      guard let domain = try DomainHandle.find(object.name, on: connection) else { return nil }
      return try Guests.inactiveXML(domain.pointer).withBytes { Fingerprint.guest($0, .unknown) }
    }
  }
}

/// The calls, for closures on worker threads.
private enum Records {
  static func read(
    _ object: ObjectID, _ stack: String, _ connection: virConnectPtr
  ) throws(HypervisorError) -> ObjectRecord? {
    switch object.kind {
    case .guest: try guest(object.name, connection)
    case .secret: try secret(object, stack, connection)
    case .networkFilter: try filter(object.name, connection)
    case .network: try network(object.name, connection)
    case .pool: try pool(object.name, connection)
    case .volume: try volume(object, connection)
    case .host: try ledger(object.host, stack, connection)
    default: nil
    }
  }

  private static func guest(
    _ name: String, _ connection: virConnectPtr
  ) throws(HypervisorError) -> ObjectRecord {
    let domain = try DomainHandle(named: name, on: connection)
    let text = try Guests.inactiveXML(domain.pointer)
    let power = try powerState(of: domain.pointer)
    var autostart: Int32 = 0
    if virDomainGetAutostart(domain.pointer, &autostart) < 0 { autostart = 0 }
    return ObjectRecord(
      text: text.string, fingerprint: text.withBytes { Fingerprint.guest($0, power) },
      isActive: power.isActive, autostart: autostart != 0)
  }

  /// The definition alone: the value is nowhere but where it is used.
  private static func secret(
    _ object: ObjectID, _ stack: String, _ connection: virConnectPtr
  ) throws(HypervisorError) -> ObjectRecord? {
    let ledger = try Ledger.readAll(connection).first { $0.stack == stack }
    for uuid in SecretIdentity.uuids(object, stack: stack, ledger) {
      guard let secret = try HostSecrets.find(uuid, connection) else { continue }
      let text = try LibvirtText(virSecretGetXMLDesc(secret.pointer, 0), "virSecretGetXMLDesc")
      return ObjectRecord(
        text: text.string, fingerprint: text.withBytes(Fingerprint.secret), isActive: true,
        autostart: false)
    }
    return nil
  }

  private static func filter(
    _ name: String, _ connection: virConnectPtr
  ) throws(HypervisorError) -> ObjectRecord? {
    guard let filter = try FilterHandle.find(name, on: connection) else { return nil }
    let text = try LibvirtText(virNWFilterGetXMLDesc(filter.pointer, 0), "virNWFilterGetXMLDesc")
    return ObjectRecord(
      text: text.string, fingerprint: text.withBytes(Fingerprint.filter), isActive: true,
      autostart: false)
  }

  private static func network(
    _ name: String, _ connection: virConnectPtr
  ) throws(HypervisorError) -> ObjectRecord {
    let network = try NetworkHandle(named: name, on: connection)
    let text = try inactiveXML(ofNetwork: network.pointer)
    let isActive = virNetworkIsActive(network.pointer) == 1
    var autostart: Int32 = 0
    if virNetworkGetAutostart(network.pointer, &autostart) < 0 { autostart = 0 }
    return ObjectRecord(
      text: text.string,
      fingerprint: text.withBytes { Fingerprint.network($0, isActive: isActive) },
      isActive: isActive, autostart: autostart != 0)
  }

  private static func pool(
    _ name: String, _ connection: virConnectPtr
  ) throws(HypervisorError) -> ObjectRecord {
    let pool = try PoolHandle(named: name, on: connection)
    let text = try inactiveXML(ofPool: pool.pointer)
    let isActive = virStoragePoolIsActive(pool.pointer) == 1
    var autostart: Int32 = 0
    if virStoragePoolGetAutostart(pool.pointer, &autostart) < 0 { autostart = 0 }
    return ObjectRecord(
      text: text.string, fingerprint: text.withBytes { Fingerprint.pool($0, isActive: isActive) },
      isActive: isActive, autostart: autostart != 0)
  }

  /// Nil in a pool that is not active, whose volumes are unknown.
  private static func volume(
    _ object: ObjectID, _ connection: virConnectPtr
  ) throws(HypervisorError) -> ObjectRecord? {
    guard let (poolName, name) = object.poolAndVolume else { return nil }
    let pool = try PoolHandle(named: poolName, on: connection)
    guard virStoragePoolIsActive(pool.pointer) == 1 else { return nil }
    let volume = try VolumeHandle(named: name, in: pool)
    let text = try LibvirtText(
      virStorageVolGetXMLDesc(volume.pointer, 0), "virStorageVolGetXMLDesc")
    let fingerprint = try text.parsed("volume/\(object.name)") { document, _ in
      Fingerprint.volume(name, document)
    }
    return ObjectRecord(
      text: text.string, fingerprint: fingerprint, isActive: true, autostart: false)
  }

  private static func ledger(
    _ host: String, _ stack: String, _ connection: virConnectPtr
  ) throws(HypervisorError) -> ObjectRecord? {
    guard let ledger = try Ledger.readAll(connection).first(where: { $0.stack == stack }) else {
      return nil
    }
    return try ObjectRecord(host, ledger)
  }
}
