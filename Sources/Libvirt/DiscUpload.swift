import CLibvirt
import Execution
import LibvirtXML
import Model

/// Makes a volume of the bytes. One that is there already goes first where that is said: it is an earlier run's, which
/// may have died in the middle.
func writeDisc(
  _ image: [UInt8], as volume: String, in pool: borrowing PoolHandle, replaces: Bool
) throws(HypervisorError) {
  if replaces, try VolumeHandle.exists(volume, in: pool) {
    let old = try VolumeHandle(named: volume, in: pool)
    try check(virStorageVolDelete(old.pointer, 0), "virStorageVolDelete")
  }
  var document = try LibvirtDocument.empty("volume")
  document.setText(volume, at: "name")
  document.write(
    Record([
      ("capacity", .integer(Int64(image.count))), ("allocation", .integer(Int64(image.count))),
      ("format", "raw"),
    ]), .volumeDocument, overlay: nil, of: .volume)
  let handle = VolumeHandle(
    try check(
      virStorageVolCreateXML(pool.pointer, document.serialized(), 0), "virStorageVolCreateXML"))
  do throws(HypervisorError) {
    try upload(image, into: handle)
  } catch {
    // Half a disc is worth nothing; one that stays is recognised by the ledger.
    virStorageVolDelete(handle.pointer, 0)
    throw error
  }
}

private func upload(
  _ image: [UInt8], into volume: borrowing VolumeHandle
) throws(HypervisorError) {
  guard let connection = virStorageVolGetConnect(volume.pointer) else {
    throw .last("virStorageVolGetConnect")
  }
  let stream = try check(virStreamNew(connection, 0), "virStreamNew")
  defer { virStreamFree(stream) }
  let call = "virStorageVolUpload"
  try check(virStorageVolUpload(volume.pointer, stream, 0, UInt64(image.count), 0), call)
  var sent = 0
  while sent < image.count {
    let size = min(image.count - sent, 256 << 10)
    let taken = image.withUnsafeBytes { bytes in
      virStreamSend(
        stream, bytes.baseAddress?.advanced(by: sent).assumingMemoryBound(to: CChar.self), size)
    }
    if taken < 0 {
      let error = HypervisorError.last("virStreamSend")
      virStreamAbort(stream)
      throw error
    }
    sent += Int(taken)
  }
  try check(virStreamFinish(stream), "virStreamFinish")
}
