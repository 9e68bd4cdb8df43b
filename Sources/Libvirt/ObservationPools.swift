import CLibvirt
import Execution
import LibvirtXML
import Model

extension Observation {
  /// Reads the ledger, has secrets and network filters read where they are declared or it names some, lists the
  /// pools with their flags and adds the reading of each. A driver without storage has none.
  ///
  /// Pools are not refreshed: that is slow and changes the host. A file that somebody put into a
  /// pool's folder by other means shows after the next refresh or start of the pool.
  func readPools(_ connection: virConnectPtr, _ batch: Batch) throws(HypervisorError) {
    let ledgers = try Ledger.readAll(connection)
    let ledger = ledgers.first { $0.stack == request.stack }
    state.withLock {
      $0.ledger = ledger
      $0.otherLedgers = ledgers.filter { $0.stack != self.request.stack }
    }
    if request.wantsSecrets(ledger) {
      batch.add { connection throws(HypervisorError) in
        try self.readSecrets(connection, batch, ledger)
      }
    }
    if request.wantsFilters(ledger) {
      batch.add { connection throws(HypervisorError) in try self.readFilters(connection, batch) }
    }
    let handles: HandleList
    do throws(HypervisorError) {
      handles = try HandleList.pools(connection)
    } catch {
      if error.code == .unsupported { return }
      throw error
    }
    guard !handles.pointers.isEmpty else { return }
    try list(.poolActive, connection)
    try list(.poolAutostart, connection)
    try list(.poolTransient, connection)
    let wanted = poolsWithWantedVolumes(ledger)
    let wantsAll = request.everything || request.wantsAllVolumes(ledger)
    batch.add(count: handles.pointers.count) { _, index throws(HypervisorError) in
      try self.unlessGone { () throws(HypervisorError) in
        let pool = try self.readPool(handles.pointers[index])
        self.state.withLock { $0.pools[pool.name] = pool }
        if pool.active, wantsAll || wanted.contains(pool.name) {
          try self.readVolumes(of: pool.name, handles, at: index, batch)
        }
      }
    }
  }

  /// Pools that are declared, that have declared volumes, or of which the stack owns something.
  private func poolsWithWantedVolumes(_ ledger: Ledger?) -> Set<String> {
    var names = Set<String>()
    if let pools = request.shapes[.pool] { names.formUnion(pools.keys) }
    var volumes = request.shapes[.volume].map { Array($0.keys) } ?? []
    for entry in ledger?.entries ?? [] {
      if entry.kind == .pool { names.insert(entry.name) }
      if entry.kind == .volume { volumes.append(entry.name) }
    }
    for volume in volumes { names.insert(String(volume.prefix { $0 != "/" })) }
    return names
  }

  private func readPool(_ pointer: virStoragePoolPtr) throws(HypervisorError) -> ObservedPool {
    let name = name(virStoragePoolGetName(pointer))
    let (isActive, isTransient, autostart) = state.withLock {
      ($0.has(.poolActive, name), $0.has(.poolTransient, name), $0.has(.poolAutostart, name))
    }
    let owner = state.withLock { $0.ledger?[.pool, name]?.ownership }
    let text = try inactiveXML(ofPool: pointer)
    var pool = try text.parsed("pool/\(name)") {
      document, bytes throws(HypervisorError) in
      var pool = ObservedPool(
        name: name, uuid: uuid(of: pointer, virStoragePoolGetUUIDString), active: isActive,
        persistent: !isTransient, autostart: autostart,
        spec: document.read(.pool, shape: shape(.pool, name)),
        fingerprint: Fingerprint.pool(bytes, isActive: isActive))
      pool.xml = try tree(of: bytes, .pool, name, owner)
      return pool
    }
    if request.everything {
      let all = try text.everything("pool/\(name)", .pool, overlay: .pool)
      (pool.spec, pool.remainders, pool.leftover) = (all.spec, all.remainders, all.leftover)
    }
    return pool
  }

  /// Lists a pool's volumes and adds the reading of each. `pools` are held until the last is read.
  private func readVolumes(
    of pool: String, _ pools: HandleList, at poolIndex: Int, _ batch: Batch
  ) throws(HypervisorError) {
    let pointer = pools.pointers[poolIndex]
    try unlessStopped(pool, pointer) { () throws(HypervisorError) in
      let handles = try HandleList.volumes(pointer)
      batch.add(count: handles.pointers.count) { _, index throws(HypervisorError) in
        try self.unlessStopped(pool, pools.pointers[poolIndex]) { () throws(HypervisorError) in
          let volume = try self.readVolume(pool, handles.pointers[index])
          self.state.withLock { $0.volumes[pool, default: []].append(volume) }
        }
      }
    }
  }

  /// Runs the reading of volumes. A volume that vanished is no error; neither is a pool that was
  /// stopped since it was listed (it is inactive then, and its volumes are unknown) or removed.
  private func unlessStopped(
    _ name: String, _ pool: virStoragePoolPtr, _ body: () throws(HypervisorError) -> Void
  ) throws(HypervisorError) {
    do throws(HypervisorError) {
      try unlessGone(body)
    } catch {
      let isActive = virStoragePoolIsActive(pool)
      let isGone = isActive < 0 && HypervisorError.last("virStoragePoolIsActive").code == .notFound
      if isActive != 0, !isGone { throw error }
      state.withLock {
        $0.flags[.poolActive]?.remove(name)
        $0.pools[name] = nil
      }
      try unlessGone { () throws(HypervisorError) in
        let stopped = try readPool(pool)
        state.withLock { $0.pools[name] = stopped }
      }
    }
  }

  private func readVolume(
    _ pool: String, _ pointer: virStorageVolPtr
  ) throws(HypervisorError) -> ObservedVolume {
    let name = name(virStorageVolGetName(pointer))
    let object = "\(pool)/\(name)"
    let text = try LibvirtText(virStorageVolGetXMLDesc(pointer, 0), "virStorageVolGetXMLDesc")
    var volume = try text.parsed("volume/\(object)") { document, _ in
      ObservedVolume(
        name: name, path: document.text(at: "target/path") ?? "",
        // All fields, even of volumes that nobody declares: one may be the overlay of another.
        spec: document.read(.volumeDocument),
        fingerprint: Fingerprint.volume(name, document))
    }
    if request.everything {
      volume.remainders = try text.everything("volume/\(object)", .volumeDocument).remainders
    }
    return volume
  }
}

/// The persistent definition; drivers that keep only one do not know the flag.
func inactiveXML(ofPool pool: virStoragePoolPtr) throws(HypervisorError) -> LibvirtText {
  do throws(HypervisorError) {
    return try LibvirtText(
      virStoragePoolGetXMLDesc(pool, VIR_STORAGE_XML_INACTIVE.rawValue), "virStoragePoolGetXMLDesc")
  } catch {
    if error.code != .unsupported { throw error }
    return try LibvirtText(virStoragePoolGetXMLDesc(pool, 0), "virStoragePoolGetXMLDesc")
  }
}
