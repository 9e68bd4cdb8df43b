import CLibvirt
import Execution
import LibvirtXML
import Model
import Planning

extension LibvirtHypervisor {
  /// Operations on a pool; the caller holds the pool's lock.
  func performPool(_ operation: Operation, _ name: String) async throws(HypervisorError) {
    switch operation {
    case .definePool(let definition):
      let validation = self.validation
      try await connection.call("virStoragePoolDefineXML") { connection throws(HypervisorError) in
        try Pools.define(definition, name, validation, connection)
      }
    case .buildPool:
      try await withPool(name, "virStoragePoolBuild") { pool throws(HypervisorError) in
        try Pools.build(pool, name)
      }
    case .undefinePool:
      try await connection.call("virStoragePoolUndefine") { connection throws(HypervisorError) in
        // One that is gone is as wanted.
        guard let pool = try PoolHandle.find(name, on: connection) else { return }
        try check(virStoragePoolUndefine(pool.pointer), "virStoragePoolUndefine")
      }
    case .startPool:
      try await withPool(name, "virStoragePoolCreate") { pool throws(HypervisorError) in
        try Guests.unless(1, virStoragePoolIsActive(pool)) { () throws(HypervisorError) in
          try check(virStoragePoolCreate(pool, 0), "virStoragePoolCreate")
        }
      }
    case .stopPool:
      try await withPool(name, "virStoragePoolDestroy") { pool throws(HypervisorError) in
        try Guests.unless(0, virStoragePoolIsActive(pool)) { () throws(HypervisorError) in
          try check(virStoragePoolDestroy(pool), "virStoragePoolDestroy")
        }
      }
    case .setPoolAutostart(let autostart):
      try await withPool(name, "virStoragePoolSetAutostart") { pool throws(HypervisorError) in
        try check(virStoragePoolSetAutostart(pool, autostart ? 1 : 0), "virStoragePoolSetAutostart")
      }
    default: throw .notMine(operation)
    }
  }

  /// Pool operations may format a disk or mount a share: none of them has a deadline.
  private func withPool(
    _ name: String, _ call: String,
    _ body: @escaping @Sendable (virStoragePoolPtr) throws(HypervisorError) -> Void
  ) async throws(HypervisorError) {
    try await connection.call(call, isLong: true) { connection throws(HypervisorError) in
      let pool = try PoolHandle(named: name, on: connection)
      try body(pool.pointer)
    }
  }
}

/// The calls on pools, for closures on worker threads.
private enum Pools {
  static func define(
    _ definition: Definition, _ name: String, _ validation: Validation,
    _ connection: virConnectPtr
  ) throws(HypervisorError) {
    let call = "virStoragePoolDefineXML"
    let object = "pool/\(name)"
    let xml: String
    if let existing = try PoolHandle.find(name, on: connection) {
      let text = try inactiveXML(ofPool: existing.pointer)
      let found = text.withBytes { Fingerprint.pool($0, isActive: false) }
      try definition.checkExpected(found, object, call)
      let document = try text.document(object)
      xml = try definition.xml(root: "pool", name: name, kind: .pool, over: document)
    } else {
      try definition.checkExpected(nil, object, call)
      xml = try definition.xml(root: "pool", name: name, kind: .pool, over: nil)
    }
    _ = try validation.define(definition, .pool, flag: VIR_STORAGE_POOL_DEFINE_VALIDATE.rawValue) {
      flags throws(HypervisorError) -> PoolHandle in
      PoolHandle(try check(virStoragePoolDefineXML(connection, xml, flags), call))
    }
  }

  /// Builds without overwriting a file system or volume group that is there.
  ///
  /// Only types that write to a device take the flag; for a folder libvirt 9.0 refuses it with "No
  /// source device specified when formatting pool". A folder that exists keeps its mode and owner, unless the
  /// pool has permissions, which it then gets (measured on libvirt 9.0).
  static func build(_ pool: virStoragePoolPtr, _ name: String) throws(HypervisorError) {
    let type = try inactiveXML(ofPool: pool).document("pool/\(name)").text(at: "@type")
    let flags =
      ["fs", "disk", "logical"].contains(type)
      ? VIR_STORAGE_POOL_BUILD_NO_OVERWRITE : VIR_STORAGE_POOL_BUILD_NEW
    try check(virStoragePoolBuild(pool, flags.rawValue), "virStoragePoolBuild")
  }
}
