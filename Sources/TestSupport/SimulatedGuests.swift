import Execution
import LibvirtXML
import Model
import Planning

extension SimulatedState {
  func domain(_ name: String, _ call: String) throws(HypervisorError) -> Domain {
    guard let domain = domains[name] else { throw .notFound(call, "domain", name, 42) }
    return domain
  }

  /// Definition and power of a guest.
  mutating func performGuest(_ operation: Operation, _ name: String) throws(HypervisorError) {
    switch operation {
    case .defineGuest(let definition):
      let call = "virDomainDefineXMLFlags"
      let existing = domains[name]?.inactive
      try definition.check(existing?.fingerprint(""), "guest/\(name)", call)
      try recordLive(definition.liveOwnership, name)
      try defineDomain(
        definition.xml(root: "domain", name: name, kind: .guest, over: existing))
    case .recordGuest(let ownership, let live):
      try recordLive(live, name)
      let inactive = try domain(name, "virDomainSetMetadata").inactive
      domains[name]?.inactive = try Self.recorded(ownership, in: inactive)
    case .renameGuest(let old, let expected, let definition):
      try rename(from: old, to: name, expected)
      if var definition {
        definition.expected = domains[name]?.inactive.fingerprint("")
        try performGuest(.defineGuest(definition), name)
      }
    // Undefining what is gone is as wanted, as with the operations on libvirt.
    case .undefineGuest: if domains[name] != nil { try undefineDomain(name) }
    case .startGuest: try startDomain(name)
    case .installGuest(let installation): try install(installation, name)
    // Whatever installs it has all the time that it wants.
    case .awaitGuestOff: stopDomain(name)
    case .resumeGuest:
      guard try domain(name, "virDomainResume").isPaused else {
        throw .refused("virDomainResume", "Requested operation is not valid: domain is not paused")
      }
      domains[name]?.isPaused = false
    case .shutDownGuest(let seconds, let destroyAfterwards):
      let call = "virDomainShutdown"
      let guest = try domain(name, call)
      if guest.live == nil {
        throw .refused(call, "Requested operation is not valid: domain is not running")
      }
      if guest.ignoresShutdown || guest.isPaused, !destroyAfterwards {
        throw HypervisorError(
          .timeout, call: call, message: "guest '\(name)' did not shut down within \(seconds) s")
      }
      stopDomain(name)
    case .destroyGuest:
      if try domain(name, "virDomainDestroyFlags").live == nil {
        throw .refused(
          "virDomainDestroyFlags", "Requested operation is not valid: domain is not running")
      }
      stopDomain(name)
    case .awaitGuest(let readiness):
      let guest = try domain(name, "wait")
      if guest.live == nil || guest.isUnready {
        let why = guest.live == nil ? "it does not run" : "not within \(readiness.timeoutSeconds) s"
        throw HypervisorError(.notReady, call: "wait", message: "the guest is not ready: \(why)")
      }
      domains[name]?.inactive = try Self.recorded(readiness.settled, in: guest.inactive)
    case .setGuestAutostart(let autostart):
      if try !domain(name, "virDomainSetAutostart").isPersistent {
        throw .refused(
          "virDomainSetAutostart",
          "Requested operation is not valid: cannot set autostart for transient domain")
      }
      domains[name]?.autostart = autostart
    default: preconditionFailure("\(operation) is none of a guest's")
    }
  }

  private mutating func recordLive(
    _ ownership: Ownership?, _ name: String
  ) throws(HypervisorError) {
    guard let ownership, let live = domains[name]?.live else { return }
    domains[name]?.live = try Self.recorded(ownership, in: live)
  }

  private static func recorded(
    _ ownership: Ownership, in tree: XMLTree
  ) throws(HypervisorError) -> XMLTree {
    do throws(XMLProblem) {
      var document = try LibvirtDocument(parsing: tree.serialized)
      document.setOwnership(ownership)
      return try XMLTree(parsing: document.serialized())
    } catch {
      throw .refused("virDomainSetMetadata", error.message)
    }
  }

  /// `virDomainDefineXMLFlags` with VALIDATE. A running domain runs on as it is.
  mutating func defineDomain(_ xml: String) throws(HypervisorError) {
    let call = "virDomainDefineXMLFlags"
    var domain = try XMLTree.given(xml, call)
    guard let name = domain.text("name"), !name.isEmpty else {
      throw .refused(call, "XML error: missing domain name information", 27)
    }
    let uuid = domain.text("uuid") ?? newUUID()
    if let existing = domains[name]?.inactive.text("uuid"), existing != uuid {
      throw .refused(
        call, "operation failed: domain '\(name)' already exists with uuid \(existing)", 9)
    }
    for (other, found) in domains
    where other != name && found.inactive.text("uuid") == uuid {
      throw .refused(
        call, "operation failed: domain '\(other)' is already defined with uuid \(uuid)", 9)
    }
    domain.complete("uuid", uuid)
    try DomainRules.check(domain)
    domain = DomainDefaults.completed(domain) { newMAC() }
    try DomainRules.checkAddresses(domain)
    domains[name, default: Domain(inactive: domain)].inactive = domain
    domains[name]?.isPersistent = true
  }

  /// `virDomainRename` after a look at the fingerprint.
  private mutating func rename(
    from old: String, to name: String, _ expected: Fingerprint?
  ) throws(HypervisorError) {
    let call = "virDomainRename"
    guard var renamed = domains[old] else {
      _ = try domain(name, call)
      return
    }
    if let expected {
      try Definition(uuid: "", spec: Record(), ownership: nil, expected: expected)
        .check(renamed.inactive.fingerprint(""), "guest/\(old)", call)
    }
    if renamed.live != nil {
      throw .refused(call, "Requested operation is not valid: cannot rename active domain")
    }
    if domains[name] != nil {
      throw .refused(call, "operation failed: domain with name '\(name)' already exists", 9)
    }
    renamed.inactive.set("name", name)
    domains[old] = nil
    domains[name] = renamed
  }

  /// An undefined domain that runs becomes transient.
  private mutating func undefineDomain(_ name: String) throws(HypervisorError) {
    let domain = try domain(name, "virDomainUndefineFlags")
    if !domain.isPersistent {
      throw .refused(
        "virDomainUndefineFlags",
        "Requested operation is not valid: cannot undefine transient domain")
    }
    if domain.hasSnapshots {
      throw .refused(
        "virDomainUndefineFlags",
        "Requested operation is not valid: cannot delete inactive domain with 1 snapshots")
    }
    domains[name]?.isPersistent = false
    domains[name]?.saved = nil
    domains[name]?.autostart = false
    if domain.live == nil { domains[name] = nil }
  }

  /// `virDomainCreate`; a managed save image is restored with what it was made of.
  /// `virDomainCreateXML` of a defined domain: what runs is not its definition.
  private mutating func install(
    _ installation: GuestInstallation, _ name: String
  ) throws(HypervisorError) {
    let definition = try domain(name, "virDomainCreateXML").inactive
    let given = Definition(
      uuid: definition.text("uuid") ?? "", spec: installation.spec, cleared: installation.cleared,
      ownership: installation.ownership.installing(.starting), expected: nil)
    let xml = try given.xml(root: "domain", name: name, kind: .guest, over: definition)
    domains[name]?.inactive = try XMLTree.given(xml, "virDomainCreateXML")
    do throws(HypervisorError) {
      try startDomain(name)
    } catch {
      domains[name]?.inactive = definition
      throw error
    }
    let recorded = try Self.recorded(installation.ownership.installing(.running), in: definition)
    domains[name]?.inactive = recorded
  }

  mutating func startDomain(_ name: String) throws(HypervisorError) {
    let call = "virDomainCreate"
    let domain = try domain(name, call)
    if domain.live != nil {
      throw .refused(call, "Requested operation is not valid: domain is already running")
    }
    let started = domain.saved ?? domain.inactive
    for disk in started.child("devices")?.all("disk") ?? [] { try checkMedium(disk, call) }
    for interface in started.child("devices")?.all("interface") ?? [] {
      try checkNetwork(interface, call)
      try checkFilter(interface, call)
    }
    let bridges = networks.compactMapValues { $0.live?.text("bridge/@name") }
    let live = domain.saved ?? DomainStart.live(started, id: next()) { bridges[$0] }
    domains[name]?.live = live
    domains[name]?.saved = nil
    domains[name]?.isPaused = false
  }

  /// Off, by itself or by force; a transient domain is gone.
  mutating func stopDomain(_ name: String) {
    domains[name]?.live = nil
    domains[name]?.isPaused = false
    cutInterfaces = cutInterfaces.filter { !$0.hasPrefix(name + " ") }
    if domains[name]?.isPersistent == false { domains[name] = nil }
  }

  /// A medium that a known pool should have, and does not. Files elsewhere are taken to be there.
  func checkMedium(_ disk: XMLTree, _ call: String) throws(HypervisorError) {
    guard var path = disk.text("source/@file") ?? disk.text("source/@dev") ?? path(of: disk) else {
      return
    }
    while true {
      if let volume = files[path] {
        guard let backing = volume.text("backingStore/path"), !backing.isEmpty else { return }
        path = backing
        continue
      }
      let isKnown =
        deleted.contains(path)
        || pools.values.contains { pool in
          pool.inactive.folder.map { path.hasPrefix($0 + "/") } ?? false
        }
      if isKnown {
        throw .refused(
          call, "Cannot access storage file '\(path)': No such file or directory", 38)
      }
      return
    }
  }

  /// The path of a disk that names a pool and a volume.
  private func path(of disk: XMLTree) -> String? {
    guard let pool = disk.text("source/@pool"), let volume = disk.text("source/@volume") else {
      return nil
    }
    return pools[pool]?.inactive.folder.map { $0 + "/" + volume }
  }

  func checkNetwork(_ interface: XMLTree, _ call: String) throws(HypervisorError) {
    guard interface["type"] == "network", let name = interface.text("source/@network") else {
      return
    }
    guard let network = networks[name] else { throw .notFound(call, "network", name, 43) }
    if network.live == nil {
      throw .refused(
        call, "Requested operation is not valid: network '\(name)' is not active")
    }
  }
}
