import CLibvirt
import Execution
import Model

// Properties of all objects by one filtered list each, instead of one round trip an object.

extension Observation {
  /// Reads the names that have a flag.
  func list(_ flag: Flag, _ connection: virConnectPtr) throws(HypervisorError) {
    let names = try flag.listed(connection)
    state.withLock { $0.flags[flag] = names }
  }
}

extension Observation.Flag {
  /// The names that have the flag. A driver without the list has none of them.
  func listed(_ connection: virConnectPtr) throws(HypervisorError) -> Set<String> {
    do throws(HypervisorError) {
      return try names(connection)
    } catch {
      if error.code == .unsupported { return [] }
      throw error
    }
  }

  private func names(_ connection: virConnectPtr) throws(HypervisorError) -> Set<String> {
    switch self {
    case .guestAutostart: try guests(connection, VIR_CONNECT_LIST_DOMAINS_AUTOSTART)
    case .guestManagedSave: try guests(connection, VIR_CONNECT_LIST_DOMAINS_MANAGEDSAVE)
    case .guestTransient: try guests(connection, VIR_CONNECT_LIST_DOMAINS_TRANSIENT)
    case .guestSnapshots: try guests(connection, VIR_CONNECT_LIST_DOMAINS_HAS_SNAPSHOT)
    case .guestCheckpoints: try guests(connection, VIR_CONNECT_LIST_DOMAINS_HAS_CHECKPOINT)
    case .networkAutostart: try networks(connection, VIR_CONNECT_LIST_NETWORKS_AUTOSTART)
    case .networkActive: try networks(connection, VIR_CONNECT_LIST_NETWORKS_ACTIVE)
    case .networkTransient: try networks(connection, VIR_CONNECT_LIST_NETWORKS_TRANSIENT)
    case .poolAutostart: try pools(connection, VIR_CONNECT_LIST_STORAGE_POOLS_AUTOSTART)
    case .poolActive: try pools(connection, VIR_CONNECT_LIST_STORAGE_POOLS_ACTIVE)
    case .poolTransient: try pools(connection, VIR_CONNECT_LIST_STORAGE_POOLS_TRANSIENT)
    }
  }

  private func guests(
    _ connection: virConnectPtr, _ filter: virConnectListAllDomainsFlags
  ) throws(HypervisorError) -> Set<String> {
    try HandleList.domains(connection, filter.rawValue).names(virDomainGetName)
  }

  private func networks(
    _ connection: virConnectPtr, _ filter: virConnectListAllNetworksFlags
  ) throws(HypervisorError) -> Set<String> {
    try HandleList.networks(connection, filter.rawValue).names(virNetworkGetName)
  }

  private func pools(
    _ connection: virConnectPtr, _ filter: virConnectListAllStoragePoolsFlags
  ) throws(HypervisorError) -> Set<String> {
    try HandleList.pools(connection, filter.rawValue).names(virStoragePoolGetName)
  }
}

extension HandleList {
  static func domains(
    _ connection: virConnectPtr, _ filter: UInt32 = 0
  ) throws(HypervisorError) -> HandleList {
    try list(
      "virConnectListAllDomains", release: { virDomainFree($0) },
      fill: { virConnectListAllDomains(connection, $0, filter) })
  }

  static func networks(
    _ connection: virConnectPtr, _ filter: UInt32 = 0
  ) throws(HypervisorError) -> HandleList {
    try list(
      "virConnectListAllNetworks", release: { virNetworkFree($0) },
      fill: { virConnectListAllNetworks(connection, $0, filter) })
  }

  static func pools(
    _ connection: virConnectPtr, _ filter: UInt32 = 0
  ) throws(HypervisorError) -> HandleList {
    try list(
      "virConnectListAllStoragePools", release: { virStoragePoolFree($0) },
      fill: { virConnectListAllStoragePools(connection, $0, filter) })
  }

  static func volumes(_ pool: virStoragePoolPtr) throws(HypervisorError) -> HandleList {
    try list(
      "virStoragePoolListAllVolumes", release: { virStorageVolFree($0) },
      fill: { virStoragePoolListAllVolumes(pool, $0, 0) })
  }

  /// Names are in the handles: no round trip.
  fileprivate func names(_ name: (OpaquePointer) -> UnsafePointer<CChar>?) -> Set<String> {
    Set(pointers.compactMap { name($0).map { String(cString: $0) } })
  }
}

/// A handle's UUID, which it carries: no round trip. Empty when the driver has none.
func uuid(
  of pointer: OpaquePointer, _ read: (OpaquePointer, UnsafeMutablePointer<CChar>) -> Int32
) -> String {
  withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(VIR_UUID_STRING_BUFLEN)) { buffer in
    guard let base = buffer.baseAddress, read(pointer, base) == 0 else { return "" }
    return String(cString: base)
  }
}

/// A handle's name, which it carries: no round trip.
func name(_ pointer: UnsafePointer<CChar>?) -> String {
  pointer.map { String(cString: $0) } ?? ""
}
