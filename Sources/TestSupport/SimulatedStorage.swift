import Execution
import LibvirtXML
import Model
import Planning

extension SimulatedState {
  func pool(_ name: String, _ call: String) throws(HypervisorError) -> Pool {
    guard let pool = pools[name] else { throw .notFound(call, "storage pool", name, 49) }
    return pool
  }

  /// Operations on a pool.
  mutating func performPool(_ operation: Operation, _ name: String) throws(HypervisorError) {
    switch operation {
    case .definePool(let definition):
      let call = "virStoragePoolDefineXML"
      let existing = pools[name]?.inactive
      try definition.check(existing?.fingerprint(""), "pool/\(name)", call)
      try definePool(definition.xml(root: "pool", name: name, kind: .pool, over: existing))
    case .buildPool:
      if try pool(name, "virStoragePoolBuild").live != nil {
        throw .refused(
          "virStoragePoolBuild",
          "Requested operation is not valid: storage pool '\(name)' is already active")
      }
      pools[name]?.isBuilt = true
    case .undefinePool:
      if pools[name]?.live != nil {
        throw .refused(
          "virStoragePoolUndefine",
          "Requested operation is not valid: storage pool '\(name)' is still active")
      }
      pools[name] = nil
    case .startPool:
      let call = "virStoragePoolCreate"
      let pool = try pool(name, call)
      if pool.live != nil {
        throw .refused(
          call, "Requested operation is not valid: storage pool '\(name)' is already active")
      }
      if pool.inactive["type"] == "dir", !pool.isBuilt {
        throw .refused(
          call, "cannot open directory '\(pool.inactive.folder ?? "")': No such file or directory",
          38)
      }
      pools[name]?.live = pool.inactive
    case .stopPool:
      if try pool(name, "virStoragePoolDestroy").live == nil {
        throw .refused(
          "virStoragePoolDestroy",
          "Requested operation is not valid: storage pool '\(name)' is not active")
      }
      pools[name]?.live = nil
    case .setPoolAutostart(let autostart):
      _ = try pool(name, "virStoragePoolSetAutostart")
      pools[name]?.autostart = autostart
    default: preconditionFailure("\(operation) is none of a pool's")
    }
  }

  /// `virStoragePoolDefineXML`. An active pool stays as it is until it starts anew.
  mutating func definePool(_ xml: String) throws(HypervisorError) {
    let call = "virStoragePoolDefineXML"
    var pool = try XMLTree.given(xml, call)
    guard let name = pool.text("name"), !name.isEmpty else {
      throw .refused(call, "XML error: missing pool source name element", 27)
    }
    let uuid = pool.text("uuid") ?? newUUID()
    if let existing = pools[name]?.inactive.text("uuid"), existing != uuid {
      throw .refused(
        call, "operation failed: pool '\(name)' already exists with uuid \(existing)", 9)
    }
    pool.complete("uuid", uuid)
    // libvirt keeps no metadata of pools.
    pool.removeAll("metadata")
    for size in ["capacity", "allocation", "available"] {
      pool.set(size, "0")
      pool.set(size + "/@unit", "bytes")
    }
    if pool["type"] == "logical" {
      pool.complete("source/name", name)
      pool.complete("source/format/@type", "lvm2")
      pool.complete("target/path", "/dev/" + (pool.text("source/name") ?? name))
    }
    if ["dir", "fs", "netfs"].contains(pool["type"]), pool.text("target/path") == nil {
      throw .refused(call, "XML error: missing storage pool target path", 27)
    }
    for (other, found) in pools where other != name {
      if found.inactive.folder != nil, found.inactive.folder == pool.folder {
        throw .refused(
          call, "operation failed: Storage source conflict with pool: '\(other)'", 9)
      }
    }
    let old = pools[name]
    let isSameFolder = old?.inactive.folder == pool.folder
    pools[name] = Pool(
      inactive: pool, live: old?.live, autostart: old?.autostart ?? false,
      // Only a folder must be made first; what else a pool shows is there.
      isBuilt: pool["type"] != "dir" || isSameFolder && old?.isBuilt == true)
  }

  /// Operations on a volume.
  mutating func performVolume(
    _ operation: Operation, pool: String, volume: String
  ) throws(HypervisorError) {
    switch operation {
    case .createVolume(let spec, let unlessThere):
      let call = "virStorageVolCreateXML"
      if unlessThere, let live = pools[pool]?.live,
        let found = volumes(in: live).first(where: { $0.volume.text("name") == volume })?.volume
      {
        return try HypervisorError.checkFormat(
          of: volume, found: found.child("target")?.child("format")?["type"],
          wanted: spec.string("format"), call: call)
      }
      let xml: String
      let whole = try completedOverlay(spec, call)
      do throws(XMLProblem) {
        var document = try LibvirtDocument(root: "volume")
        document.setText(volume, at: "name")
        document.write(
          whole, .volumeDocument, overlay: spec.string("xml").map { OverlayEdit(text: $0) },
          of: .volume)
        xml = document.serialized()
      } catch {
        throw .broken(call, error)
      }
      try createVolume(xml, in: pool)
    case .cloneVolume(let spec, let sourcePool, let source, let replaces):
      try cloneVolume(
        spec, try path(of: source, in: sourcePool, "virStorageVolLookupByName"), replaces, pool,
        volume)
    case .resizeVolume(let bytes):
      let call = "virStorageVolResize"
      let path = try self.path(of: volume, in: pool, call)
      for (name, domain) in domains
      where domain.live?.child("devices")?.all("disk").contains(where: { $0.uses(path) }) == true {
        throw .refused(
          call, "internal error: Failed to get \"write\" lock: is guest '\(name)' using the image?",
          1)
      }
      try grow(path, to: bytes, call)
    case .removeVolume:
      let path = try path(of: volume, in: pool, "virStorageVolDelete")
      files[path] = nil
      halfUploads.remove(path)
      deleted.insert(path)
    default: preconditionFailure("\(operation) is none of a volume's")
    }
  }

  /// `virStorageVolCreateXML`.
  mutating func createVolume(_ xml: String, in name: String) throws(HypervisorError) {
    let call = "virStorageVolCreateXML"
    let pool = try pool(name, call)
    guard let live = pool.live, let folder = live.folder else {
      throw .refused(
        call, "Requested operation is not valid: storage pool '\(name)' is not active")
    }
    var volume = try XMLTree.given(xml, call)
    guard let title = volume.text("name"), let capacity = volume.text("capacity") else {
      throw .refused(call, "XML error: missing capacity element", 27)
    }
    let path = folder + "/" + title
    if files[path] != nil {
      throw .refused(
        call,
        "storage volume '\(title)' exists already: storage volume name '\(title)' already in use.",
        90)
    }
    if let backing = volume.text("backingStore/path") {
      try checkMedium(XMLTree("disk", [XMLTree("source", [("file", backing)])]), call)
    }
    volume["type"] =
      live["type"] == "logical" ? "block" : live["type"] == "rbd" ? "network" : "file"
    volume.set("target/path", path)
    volume.set("capacity/@unit", "bytes")
    if live["type"] == "logical" {
      // Whole extents of 4 MiB; the volume group knows no formats.
      let extent: Int64 = 4 << 20
      volume.set("capacity", String(((Int64(capacity) ?? 0) + extent - 1) / extent * extent))
      volume.change("target") { $0.removeAll("format") }
    } else {
      volume.complete("target/format/@type", "raw")
    }
    volume.set("allocation", volume.text("capacity") ?? "0")
    volume.set("allocation/@unit", "bytes")
    volume.complete("target/permissions/mode", "0600")
    files[path] = volume
    halfUploads.remove(path)
    births[path] = (births.values.max() ?? 0) + 1
  }

  /// The path of a volume that an active pool shows.
  func path(of volume: String, in name: String, _ call: String) throws(HypervisorError) -> String {
    guard let folder = try pool(name, call).live?.folder else {
      throw .refused(
        call, "Requested operation is not valid: storage pool '\(name)' is not active")
    }
    guard files[folder + "/" + volume] != nil else {
      throw .notFound(call, "storage vol", volume, 50)
    }
    return folder + "/" + volume
  }

  /// A smaller size is refused: nothing that virtspec does may come to that.
  mutating func grow(_ path: String, to bytes: Int64, _ call: String) throws(HypervisorError) {
    if files[path]?["type"] == "block" {
      throw HypervisorError(
        .unsupported, call: call,
        message: "this function is not supported by the connection driver: storage pool does not"
          + " support changing of volume capacity", libvirtCode: 3)
    }
    let current = files[path]?.text("capacity").flatMap { Int64($0) } ?? 0
    if bytes < current {
      throw .refused(
        call,
        "invalid argument: Can't shrink capacity below current capacity unless shrink flag"
          + " explicitly specified", 8)
    }
    files[path]?.set("capacity", String(bytes))
  }
}

extension XMLTree {
  /// Where a pool's volumes stand.
  var folder: String? {
    if self["type"] == "rbd" { return text("source/name") }
    guard let path = text("target/path") else { return nil }
    return path.hasSuffix("/") ? String(path.dropLast()) : path
  }

  /// Whether a disk's medium is this file or device.
  func uses(_ path: String) -> Bool {
    text("source/@file") == path || text("source/@dev") == path
  }
}
