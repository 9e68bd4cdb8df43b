import Execution
import LibvirtXML
import Model

extension SimulatedState {
  /// Reads the state off the XML, by the reader under test.
  func observe(_ request: ObservationRequest) throws(HypervisorError) -> ObservedHost {
    do throws(XMLProblem) {
      var host = ObservedHost(
        ledger: ledgers[request.stack],
        otherLedgers: ledgers.filter { $0.key != request.stack }.map(\.value))
      for (name, domain) in domains.sorted(by: { $0.key < $1.key }) {
        host.guests.append(try observe(name, domain, request))
      }
      if request.wantsSecrets(ledgers[request.stack]) {
        host.secrets = try observedSecrets(request)
      }
      if request.wantsFilters(ledgers[request.stack]) {
        for (name, filter) in filters.sorted(by: { $0.key < $1.key }) {
          host.filters.append(try observe(name, filter, request))
        }
      }
      for (name, network) in networks.sorted(by: { $0.key < $1.key }) {
        host.networks.append(try observe(name, network, request))
      }
      let wanted = poolsWithWantedVolumes(request)
      for (name, pool) in pools.sorted(by: { $0.key < $1.key }) {
        var observed = try observe(name, pool, request)
        if let live = pool.live, request.everything || wanted.contains(name) {
          observed.volumes = try volumes(of: name, live, request)
        }
        host.pools.append(observed)
      }
      return host
    } catch {
      throw HypervisorError(.unreadable, call: "xmlReadMemory", message: error.message)
    }
  }

  /// What runs is read only of what was asked for.
  private func isWanted(_ kind: Kind, _ name: String, _ request: ObservationRequest) -> Bool {
    request.everything || request.shapes[kind]?[name] != nil
  }

  private func observe(
    _ name: String, _ domain: Domain, _ request: ObservationRequest
  ) throws(XMLProblem) -> ObservedGuest {
    let shape = request.shape(.guest, name)
    let document = try LibvirtDocument(parsing: domain.inactive.serialized)
    var guest = ObservedGuest(
      name: name, uuid: domain.inactive.text("uuid") ?? "", power: domain.power,
      persistent: domain.isPersistent, autostart: domain.autostart,
      hasManagedSave: domain.saved != nil, hasSnapshots: domain.hasSnapshots,
      ownership: document.ownership(),
      spec: document.read(.guest, shape: shape),
      fingerprint: domain.inactive.fingerprint(domain.power.rawValue))
    let wantsTree = request.wantsTree(.guest, name, guest.ownership)
    if wantsTree { guest.xml = document.element() }
    if request.everything {
      let all = try document.readAll(.guest, overlay: .guest)
      (guest.spec, guest.remainders, guest.leftover) = (all.spec, all.remainders, all.leftover)
    }
    if let live = domain.live,
      isWanted(.guest, name, request) || guest.ownership?.stack == request.stack
    {
      let running = try LibvirtDocument(parsing: live.serialized)
      guest.live = running.read(.guest, shape: shape)
      guest.liveOwnership = running.ownership()
      guest.facts = running.runningFacts()
      let former = guest.liveOwnership?.formerSpec(unlike: guest.ownership, stack: request.stack)
      if wantsTree || request.wantsTree(.guest, name, guest.liveOwnership) {
        guest.liveXML = running.element()
        guest.xml = document.element()
      }
      if let shape = former.map({ Shape(of: $0) }) {
        guest.former = FormerFields(
          defined: document.read(.guest, shape: shape), running: running.read(.guest, shape: shape))
      }
    }
    return guest
  }

  private func observe(
    _ name: String, _ filter: XMLTree, _ request: ObservationRequest
  ) throws(XMLProblem) -> ObservedFilter {
    let document = try LibvirtDocument(parsing: filter.serialized)
    var observed = ObservedFilter(
      name: name, uuid: filter.text("uuid") ?? "",
      spec: document.read(.networkFilter, shape: request.shape(.networkFilter, name)),
      fingerprint: filter.fingerprint("filter"))
    if request.everything {
      let all = try document.readAll(.networkFilter)
      (observed.spec, observed.remainders) = (all.spec, all.remainders)
    }
    return observed
  }

  private func observe(
    _ name: String, _ network: Network, _ request: ObservationRequest
  ) throws(XMLProblem) -> ObservedNetwork {
    let shape = request.shape(.network, name)
    let document = try LibvirtDocument(parsing: network.inactive.serialized)
    var observed = ObservedNetwork(
      name: name, uuid: network.inactive.text("uuid") ?? "", active: network.live != nil,
      persistent: network.isPersistent, autostart: network.autostart,
      ownership: document.ownership(),
      spec: document.read(.network, shape: shape),
      fingerprint: network.inactive.fingerprint(network.live == nil ? "inactive" : "active"))
    let wantsTree = request.wantsTree(.network, name, observed.ownership)
    if wantsTree { observed.xml = document.element() }
    if request.everything {
      let all = try document.readAll(.network, overlay: .network)
      (observed.spec, observed.remainders, observed.leftover) = (
        all.spec, all.remainders, all.leftover
      )
    }
    if let live = network.live, isWanted(.network, name, request) {
      let running = try LibvirtDocument(parsing: live.serialized)
      observed.live = running.read(.network, shape: shape)
      observed.liveOwnership = running.ownership()
      if wantsTree || request.wantsTree(.network, name, observed.liveOwnership) {
        observed.liveXML = running.element()
        observed.xml = document.element()
      }
      let former = observed.liveOwnership?.formerSpec(
        unlike: observed.ownership, stack: request.stack)
      if let shape = former.map({ Shape(of: $0) }) {
        observed.former = FormerFields(
          defined: document.read(.network, shape: shape),
          running: running.read(.network, shape: shape))
      }
    }
    return observed
  }

  private func observe(
    _ name: String, _ pool: Pool, _ request: ObservationRequest
  ) throws(XMLProblem) -> ObservedPool {
    let document = try LibvirtDocument(parsing: pool.inactive.serialized)
    var observed = ObservedPool(
      name: name, uuid: pool.inactive.text("uuid") ?? "", active: pool.live != nil,
      autostart: pool.autostart,
      spec: document.read(.pool, shape: request.shape(.pool, name)),
      fingerprint: pool.inactive.fingerprint(pool.live == nil ? "inactive" : "active"))
    let owner = ledgers[request.stack]?[.pool, name]?.ownership
    if request.wantsTree(.pool, name, owner) { observed.xml = document.element() }
    if request.everything {
      let all = try document.readAll(.pool, overlay: .pool)
      (observed.spec, observed.remainders, observed.leftover) = (
        all.spec, all.remainders, all.leftover
      )
    }
    return observed
  }

  private func volumes(
    of pool: String, _ live: XMLTree, _ request: ObservationRequest
  ) throws(XMLProblem) -> [ObservedVolume] {
    var result: [ObservedVolume] = []
    for (path, volume) in volumes(in: live) {
      let name = volume.text("name") ?? ""
      let document = try LibvirtDocument(parsing: volume.serialized)
      let shape = request.shape(.volume, pool + "/" + name)
      result.append(
        ObservedVolume(
          name: name, path: path, spec: document.read(.volumeDocument, shape: shape),
          fingerprint: volume.fingerprint("volume")))
    }
    return result
  }

  /// The files that a pool shows, by path.
  func volumes(in pool: XMLTree) -> [(path: String, volume: XMLTree)] {
    guard let folder = pool.folder else { return [] }
    return files.filter { path, volume in path == folder + "/" + (volume.text("name") ?? "") }
      .sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  /// Pools that are declared, that have declared volumes, or of which the stack owns something.
  private func poolsWithWantedVolumes(_ request: ObservationRequest) -> Set<String> {
    var names = Set(request.shapes[.pool].map { Array($0.keys) } ?? [])
    var volumes = request.shapes[.volume].map { Array($0.keys) } ?? []
    for entry in ledgers[request.stack]?.entries ?? [] {
      if entry.kind == .pool { names.insert(entry.name) }
      if entry.kind == .volume { volumes.append(entry.name) }
    }
    for volume in volumes { names.insert(String(volume.prefix { $0 != "/" })) }
    if request.wantsAllVolumes(ledgers[request.stack]) { names.formUnion(pools.keys) }
    return names
  }
}

extension SimulatedState {
  /// Every object with all that there is to know of it, by its reference.
  var snapshot: [String: String] {
    var result: [String: String] = [:]
    for (name, domain) in domains {
      result["guest/\(name)"] = [
        "autostart \(domain.autostart), \(domain.power.rawValue), \(domain.isPersistent)",
        domain.inactive.serialized, domain.live?.serialized ?? "",
        domain.saved?.serialized ?? "",
      ].joined(separator: "\n")
    }
    for (uuid, secret) in secrets {
      let value = secret.value.map { SecretDigest(of: $0, salt: "snapshot").text } ?? ""
      result["secret/\(uuid)"] = secret.definition.serialized + value
    }
    for (name, filter) in filters { result["networkfilter/\(name)"] = filter.serialized }
    for (name, network) in networks {
      result["network/\(name)"] = [
        "autostart \(network.autostart)", network.inactive.serialized,
        network.live?.serialized ?? "",
      ].joined(separator: "\n")
    }
    for (name, pool) in pools {
      result["pool/\(name)"] = [
        "autostart \(pool.autostart), built \(pool.isBuilt)", pool.inactive.serialized,
        pool.live?.serialized ?? "",
      ].joined(separator: "\n")
    }
    for (path, volume) in files {
      result["file/\(path)"] = volume.serialized + (halfUploads.contains(path) ? "half" : "")
    }
    for (stack, ledger) in ledgers { result["ledger/\(stack)"] = "\(ledger)" }
    return result
  }

  /// Whether a guest has the file for a disk, or another file lies over it.
  func isUsed(_ path: String) -> Bool {
    files.values.contains { $0.text("backingStore/path") == path }
      || domains.values.contains { domain in
        [domain.inactive, domain.live].contains { definition in
          definition?.child("devices")?.all("disk").contains { $0.uses(path) } == true
        }
      }
  }

  /// What is wrong with what runs: things that libvirt lets happen, and that no plan may bring about.
  var problems: [String] {
    var found: [String] = []
    for (name, domain) in domains {
      for disk in domain.live?.child("devices")?.all("disk") ?? [] {
        do throws(HypervisorError) {
          try checkMedium(disk, "")
        } catch {
          found.append("guest/\(name) runs on a disk that is gone: \(error.message)")
        }
      }
      for interface in domain.live?.child("devices")?.all("interface") ?? [] {
        do throws(HypervisorError) {
          try checkNetwork(interface, "")
        } catch _ {
          let network = interface.text("source/@network") ?? ""
          found.append("guest/\(name) runs with an interface on nothing: \(network)")
        }
      }
    }
    for path in halfUploads {
      let isUsed =
        files.values.contains { $0.text("backingStore/path") == path }
        || domains.values.contains {
          $0.live?.child("devices")?.all("disk").contains { $0.uses(path) } == true
        }
      if isUsed { found.append("\(path) is used, and half of it is missing") }
    }
    for cut in cutInterfaces { found.append("interface without a bridge: \(cut)") }
    for (path, volume) in files {
      guard let backing = volume.text("backingStore/path"), !backing.isEmpty else { continue }
      do throws(HypervisorError) {
        try checkMedium(XMLTree("disk", [XMLTree("source", [("file", backing)])]), "")
      } catch {
        found.append("\(path) lies over a file that is gone: \(error.message)")
      }
    }
    return found.sorted()
  }
}
