import CLibvirt
import Execution
import LibvirtXML
import Model
import Planning

extension LibvirtHypervisor {
  /// A volume as a copy of another one, which may be of another pool; the caller holds the lock of its own pool.
  func cloneVolume(
    _ spec: Record, from source: (pool: String, volume: String), replaces: Bool, pool: String,
    volume: String
  ) async throws(HypervisorError) {
    let (sourcePool, sourceVolume) = source
    try await connection.call("virStorageVolCreateXMLFrom", isLong: true) {
      connection throws(HypervisorError) in
      let pool = try PoolHandle(named: pool, on: connection)
      let origin = try VolumeHandle(
        named: sourceVolume, in: try PoolHandle(named: sourcePool, on: connection))
      if replaces, try VolumeHandle.exists(volume, in: pool) {
        let half = try VolumeHandle(named: volume, in: pool)
        try check(virStorageVolDelete(half.pointer, 0), "virStorageVolDelete")
      }
      let capacity = try origin.capacity()
      let wanted = spec.integer("capacity").map(UInt64.init(clamping:)) ?? capacity
      try refuseSmaller(volume, wanted, than: capacity, "virStorageVolCreateXMLFrom")
      var spec = spec
      // libvirt makes the copy as large as what it copies, and grows it afterwards.
      spec["capacity"] = .integer(Int64(clamping: capacity))
      let xml = try volumeDocument(volume, spec)
      let copy = VolumeHandle(
        try check(
          virStorageVolCreateXMLFrom(pool.pointer, xml, origin.pointer, 0),
          "virStorageVolCreateXMLFrom"))
      // Of a pool whose volumes are as large as they were made, that is not to be had.
      if try copy.capacity() < wanted {
        try check(virStorageVolResize(copy.pointer, wanted, 0), "virStorageVolResize")
      }
    }
  }
}

extension VolumeHandle {
  /// How large the disk is that a guest sees.
  borrowing func capacity() throws(HypervisorError) -> UInt64 {
    var info = virStorageVolInfo()
    try check(virStorageVolGetInfo(pointer, &info), "virStorageVolGetInfo")
    return info.capacity
  }
}

/// The XML of a new volume.
func volumeDocument(_ name: String, _ spec: Record) throws(HypervisorError) -> String {
  var document = try LibvirtDocument.empty("volume")
  document.setText(name, at: "name")
  document.write(
    spec, .volumeDocument, overlay: spec.string("xml").map { OverlayEdit(text: $0) }, of: .volume)
  return document.serialized()
}

extension VolumeHandle {
  /// All fields of the volume.
  borrowing func record(of name: String) throws(HypervisorError) -> Record {
    let text = try LibvirtText(virStorageVolGetXMLDesc(pointer, 0), "virStorageVolGetXMLDesc")
    return try text.parsed("volume \(name)") { document, _ in document.read(.volumeDocument) }
  }
}

/// What a new overlay takes after what it lies over, where the plan could not know that: its capacity, and the format,
/// without which QEMU would take an image for a raw disk.
func completedOverlay(
  _ volume: String, _ spec: Record, on connection: virConnectPtr
) throws(HypervisorError) -> Record {
  guard let path = spec.string("backingPath"), spec["backingFormat"] == nil else { return spec }
  let backing: VolumeHandle
  do throws(HypervisorError) {
    backing = VolumeHandle(
      try check(virStorageVolLookupByPath(connection, path), "virStorageVolLookupByPath"))
  } catch {
    // What lies outside of all pools is left to the manifest.
    if error.code == .notFound { return spec }
    throw error
  }
  let found = try backing.record(of: path)
  var spec = spec
  spec["backingFormat"] = found["format"]
  let size = found.integer("capacity") ?? 0
  let wanted = spec.integer("capacity") ?? size
  try refuseSmaller(
    volume, UInt64(clamping: wanted), than: UInt64(clamping: size), "virStorageVolCreateXML")
  spec["capacity"] = .integer(wanted)
  return spec
}

/// A disk that is smaller than its image would lack the image's end.
private func refuseSmaller(
  _ volume: String, _ wanted: UInt64, than size: UInt64, _ call: String
) throws(HypervisorError) {
  if wanted >= size { return }
  throw HypervisorError(
    .refused, call: call,
    message: """
      \(volume) would have \(Quantity.sizeText(Int64(clamping: wanted))), and its image has \
      \(Quantity.sizeText(Int64(clamping: size))); set its size to that or more
      """)
}
