import CLibvirt
import Execution
import LibvirtXML
import Model
import Planning

extension LibvirtHypervisor {
  /// Makes a volume, and gives what libvirt made of it; the caller holds the pool's lock.
  ///
  /// - Parameter unlessThere: leaves one that is there as it is; throws `changed` where its format is another one.
  func createVolume(
    _ spec: Record, unlessThere: Bool, pool: String, volume: String
  ) async throws(HypervisorError) -> Fingerprint? {
    try await withPool(pool, "virStorageVolCreateXML") { pool throws(HypervisorError) in
      if unlessThere, try VolumeHandle.exists(volume, in: pool) {
        let found = try VolumeHandle(named: volume, in: pool).record(of: volume).string("format")
        try HypervisorError.checkFormat(
          of: volume, found: found, wanted: spec.string("format"), call: "virStorageVolCreateXML")
        return nil
      }
      let connection = try check(virStoragePoolGetConnect(pool.pointer), "virStoragePoolGetConnect")
      let xml = try volumeDocument(volume, completedOverlay(volume, spec, on: connection))
      let made = VolumeHandle(
        try check(virStorageVolCreateXML(pool.pointer, xml, 0), "virStorageVolCreateXML"))
      // The volume is made, so that a reading that fails is no failure of it.
      return try? Fingerprint.volume(named: volume, made.pointer)
    }
  }

  /// Other operations on a volume; the caller holds the pool's lock.
  func performVolume(
    _ operation: Operation, pool: String, volume: String
  ) async throws(HypervisorError) {
    switch operation {
    case .cloneVolume(let spec, let sourcePool, let sourceVolume, let replaces):
      try await cloneVolume(
        spec, from: (sourcePool, sourceVolume), replaces: replaces, pool: pool, volume: volume)
    case .resizeVolume(let bytes):
      try await withPool(pool, "virStorageVolResize") { pool throws(HypervisorError) in
        let handle = try VolumeHandle(named: volume, in: pool)
        var info = virStorageVolInfo()
        try check(virStorageVolGetInfo(handle.pointer, &info), "virStorageVolGetInfo")
        let target = UInt64(clamping: bytes)
        if target == info.capacity { return }
        try refuseShrinking(volume, from: info.capacity, to: target, "virStorageVolResize")
        try check(virStorageVolResize(handle.pointer, target, 0), "virStorageVolResize")
      }
    case .removeVolume:
      try await withPool(pool, "virStorageVolDelete") { pool throws(HypervisorError) in
        do throws(HypervisorError) {
          let handle = try VolumeHandle(named: volume, in: pool)
          try check(virStorageVolDelete(handle.pointer, 0), "virStorageVolDelete")
        } catch {
          // One that is gone is as wanted.
          if error.code != .notFound { throw error }
        }
      }
    default: throw .notMine(operation)
    }
  }

  /// Volume operations copy and allocate: none of them has a deadline.
  private func withPool<Value: Sendable>(
    _ name: String, _ call: String,
    _ body: @escaping @Sendable (borrowing PoolHandle) throws(HypervisorError) -> Value
  ) async throws(HypervisorError) -> Value {
    try await connection.call(call, isLong: true) { connection throws(HypervisorError) in
      let pool = try PoolHandle(named: name, on: connection)
      return try body(pool)
    }
  }
}
