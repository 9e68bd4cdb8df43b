import CLibvirt
import Execution
import LibvirtXML
import Model
import Planning

extension LibvirtHypervisor {
  /// Operations on a volume; the caller holds the pool's lock.
  func performVolume(
    _ operation: Operation, pool: String, volume: String
  ) async throws(HypervisorError) {
    switch operation {
    case .createVolume(let spec, let unlessThere):
      try await withPool(pool, "virStorageVolCreateXML") { pool throws(HypervisorError) in
        if unlessThere, try VolumeHandle.exists(volume, in: pool) { return }
        var document = try LibvirtDocument.empty("volume")
        document.setText(volume, at: "name")
        document.write(
          spec, .volumeDocument, overlay: spec.string("xml").map { OverlayEdit(text: $0) },
          of: .volume)
        let xml = document.serialized()
        _ = VolumeHandle(
          try check(virStorageVolCreateXML(pool.pointer, xml, 0), "virStorageVolCreateXML"))
      }
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
  private func withPool(
    _ name: String, _ call: String,
    _ body: @escaping @Sendable (borrowing PoolHandle) throws(HypervisorError) -> Void
  ) async throws(HypervisorError) {
    try await connection.call(call, isLong: true) { connection throws(HypervisorError) in
      let pool = try PoolHandle(named: name, on: connection)
      try body(pool)
    }
  }
}
