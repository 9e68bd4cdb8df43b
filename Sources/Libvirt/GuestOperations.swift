import CLibvirt
import Execution
import LibvirtXML
import Model
import Planning

extension LibvirtHypervisor {
  /// Defines a guest, and gives what libvirt made of it.
  func defineGuest(
    _ definition: Definition, _ name: String
  ) async throws(HypervisorError) -> Fingerprint? {
    let validation = self.validation
    return try await connection.call("virDomainDefineXMLFlags") {
      connection throws(HypervisorError) in
      let domain = try Guests.define(definition, name, validation, connection)
      return Guests.fingerprint(domain.pointer)
    }
  }

  /// Writes down whose a guest is, and gives what it is then.
  func recordGuest(
    _ ownership: Ownership, live: Ownership?, _ name: String
  ) async throws(HypervisorError) -> Fingerprint? {
    try await withGuest(name, "virDomainSetMetadata") { domain throws(HypervisorError) in
      try Guests.recordLive(live, domain)
      try Guests.record(ownership, VIR_DOMAIN_AFFECT_CONFIG, domain)
      return Guests.fingerprint(domain)
    }
  }

  /// Renaming and power of a guest.
  func performGuest(_ operation: Operation, _ name: String) async throws(HypervisorError) {
    switch operation {
    case .renameGuest(let old, let expected, let definition):
      let validation = self.validation
      try await connection.call("virDomainRename") { connection throws(HypervisorError) in
        try Guests.rename(from: old, to: name, expected, connection)
        if let definition {
          _ = try Guests.define(definition, name, validation, connection, isChecked: true)
        }
      }
    case .undefineGuest(let keepState):
      try await connection.call("virDomainUndefineFlags") { connection throws(HypervisorError) in
        try Guests.undefine(name, keepState: keepState, connection)
      }
    case .startGuest:
      let look = waits.look(name)
      let wait = try await withGuest(name, "virDomainCreate", isLong: true) {
        domain throws(HypervisorError) -> BegunWait? in
        if let look { return try BegunWait.start(domain, look) }
        try Guests.start(domain)
        return nil
      }
      if let wait { waits.keep(wait, name) }
    case .installGuest(let installation):
      try await withGuest(name, "virDomainCreateXML", isLong: true) {
        domain throws(HypervisorError) in
        try Guests.install(installation, domain)
      }
    case .awaitGuestOff(let deadlineSeconds):
      try await awaitOff(name, deadlineSeconds)
    case .resumeGuest:
      try await withGuest(name, "virDomainResume") { domain throws(HypervisorError) in
        // A guest that is being started counts as paused until it runs; a run that was killed leaves such.
        let runs = { (try? powerState(of: domain)) == .running }
        try Guests.unless(1, runs() ? 1 : 0) { () throws(HypervisorError) in
          try check(virDomainResume(domain), "virDomainResume")
        }
      }
    case .destroyGuest:
      try await withGuest(name, "virDomainDestroyFlags", isLong: true) {
        domain throws(HypervisorError) in
        try Guests.destroy(domain)
      }
    case .shutDownGuest(let deadlineSeconds, let destroyAfterwards):
      try await shutDown(name, deadlineSeconds, destroyAfterwards: destroyAfterwards)
    case .setGuestAutostart(let autostart):
      try await withGuest(name, "virDomainSetAutostart") { domain throws(HypervisorError) in
        try check(virDomainSetAutostart(domain, autostart ? 1 : 0), "virDomainSetAutostart")
      }
    default: throw .notMine(operation)
    }
  }

  /// Runs calls on a domain on a worker thread. `notFound` when there is none of the name.
  @discardableResult
  func withGuest<Value: Sendable>(
    _ name: String, _ call: String, isLong: Bool = false,
    _ body: @escaping @Sendable (virDomainPtr) throws(HypervisorError) -> Value
  ) async throws(HypervisorError) -> Value {
    try await connection.call(call, isLong: isLong) { connection throws(HypervisorError) in
      let domain = try DomainHandle(named: name, on: connection)
      return try body(domain.pointer)
    }
  }
}

/// The calls on domains, for closures on worker threads.
enum Guests {
  /// Defines in place: never undefined first, since a refused definition would lose the guest.
  static func define(
    _ definition: Definition, _ name: String, _ validation: Validation,
    _ connection: virConnectPtr, isChecked: Bool = false
  ) throws(HypervisorError) -> DomainHandle {
    let call = "virDomainDefineXMLFlags"
    let xml: String
    if let existing = try DomainHandle.find(name, on: connection) {
      // The fingerprint is of the XML that observation reads, without secrets; the definition needs
      // them.
      if !isChecked {
        let found = try inactiveXML(existing.pointer).withBytes { Fingerprint.guest($0, .unknown) }
        try definition.checkExpected(found, "guest/\(name)", call)
      }
      let document = try inactiveXML(existing.pointer, VIR_DOMAIN_XML_SECURE).document(
        "guest/\(name)")
      xml = try definition.xml(root: "domain", name: name, kind: .guest, over: document)
      try recordLive(definition.liveOwnership, existing.pointer)
    } else {
      try definition.checkExpected(nil, "guest/\(name)", call)
      xml = try definition.xml(root: "domain", name: name, kind: .guest, over: nil)
    }
    return try validation.define(definition, .guest, flag: VIR_DOMAIN_DEFINE_VALIDATE.rawValue) {
      flags throws(HypervisorError) -> DomainHandle in
      DomainHandle(try check(virDomainDefineXMLFlags(connection, xml, flags), call))
    }
  }

  /// Of what a change has left. The change was made, so that a reading that fails is no failure of it.
  static func fingerprint(_ domain: virDomainPtr) -> Fingerprint? {
    do throws(HypervisorError) {
      return try inactiveXML(domain).withBytes { Fingerprint.guest($0, .unknown) }
    } catch {
      return nil
    }
  }

  /// Writes virtspec's element into the metadata of one side.
  static func record(
    _ ownership: Ownership, _ side: virDomainModificationImpact, _ domain: virDomainPtr
  ) throws(HypervisorError) {
    let xml = try written { () throws(XMLProblem) in
      try LibvirtDocument.ownershipElement(ownership)
    }
    try check(
      virDomainSetMetadata(
        domain, Int32(VIR_DOMAIN_METADATA_ELEMENT.rawValue), xml, LibvirtDocument.ownershipPrefix,
        Ownership.namespace, side.rawValue), "virDomainSetMetadata")
  }

  /// The same in what runs: a guest that stopped meanwhile needs none, and some drivers keep none.
  static func recordLive(
    _ ownership: Ownership?, _ domain: virDomainPtr
  ) throws(HypervisorError) {
    guard let ownership, virDomainIsActive(domain) == 1 else { return }
    do throws(HypervisorError) {
      try record(ownership, VIR_DOMAIN_AFFECT_LIVE, domain)
    } catch {
      if error.code != .unsupported, virDomainIsActive(domain) == 1 { throw error }
    }
  }

  /// Renames a guest that the plan saw under its old name; one that has the new name already is as wanted.
  static func rename(
    from old: String, to name: String, _ expected: Fingerprint?, _ connection: virConnectPtr
  ) throws(HypervisorError) {
    guard let domain = try DomainHandle.find(old, on: connection) else {
      _ = try DomainHandle(named: name, on: connection)
      return
    }
    let found = try inactiveXML(domain.pointer).withBytes { Fingerprint.guest($0, .unknown) }
    if let expected, !expected.hasSameDefinition(as: found) {
      throw HypervisorError(
        .changed, call: "virDomainRename",
        message: "guest/\(old) was changed by somebody else since the plan; plan again")
    }
    try check(virDomainRename(domain.pointer, name, 0), "virDomainRename")
  }

  /// Undefines whatever state the guest has; one that is gone is as wanted.
  static func undefine(
    _ name: String, keepState: Bool, _ connection: virConnectPtr
  ) throws(HypervisorError) {
    guard let domain = try DomainHandle.find(name, on: connection) else { return }
    // Without the flags for the records of snapshots and checkpoints: the plan saw none, and libvirt refuses where
    // there are some since.
    let base = VIR_DOMAIN_UNDEFINE_MANAGED_SAVE.rawValue
    let state =
      keepState
      ? VIR_DOMAIN_UNDEFINE_KEEP_NVRAM.rawValue | VIR_DOMAIN_UNDEFINE_KEEP_TPM.rawValue
      : VIR_DOMAIN_UNDEFINE_NVRAM.rawValue | VIR_DOMAIN_UNDEFINE_TPM.rawValue
    let nvram = VIR_DOMAIN_UNDEFINE_NVRAM.rawValue | VIR_DOMAIN_UNDEFINE_KEEP_NVRAM.rawValue
    // Drivers and daemons differ in the flags they know: TPM came with 8.9, many know only the
    // managed save. A flag that is not known has no state to lose.
    let attempts = [base | state, base | state & nvram, base]
    for flags in attempts {
      do throws(HypervisorError) {
        try check(virDomainUndefineFlags(domain.pointer, flags), "virDomainUndefineFlags")
        return
      } catch {
        if error.code != .unsupported { throw error }
      }
    }
    try check(virDomainUndefine(domain.pointer), "virDomainUndefine")
  }

  /// Pulls the plug; QEMU gets the time to flush its caches first, where the driver can.
  static func destroy(_ domain: virDomainPtr) throws(HypervisorError) {
    try unless(0, virDomainIsActive(domain)) { () throws(HypervisorError) in
      let graceful = virDomainDestroyFlags(domain, VIR_DOMAIN_DESTROY_GRACEFUL.rawValue)
      if graceful == 0 { return }
      // Graceful refuses when QEMU does not end by itself.
      try check(virDomainDestroy(domain), "virDomainDestroy")
    }
  }

  /// Swallows the error of a call whose effect is there all the same: somebody, or an earlier run,
  /// was faster.
  static func unless(
    _ wanted: Int32, _ state: @autoclosure () -> Int32,
    _ body: () throws(HypervisorError) -> Void
  ) throws(HypervisorError) {
    do throws(HypervisorError) {
      try body()
    } catch {
      if state() != wanted { throw error }
    }
  }

  /// Starts a guest; one that runs is as wanted.
  static func start(_ domain: virDomainPtr) throws(HypervisorError) {
    try unless(1, virDomainIsActive(domain)) { () throws(HypervisorError) in
      try check(virDomainCreate(domain), "virDomainCreate")
    }
  }

  /// The persistent definition, with its passwords when `secure` is given.
  static func inactiveXML(
    _ domain: virDomainPtr, _ secure: virDomainXMLFlags = virDomainXMLFlags(rawValue: 0)
  ) throws(HypervisorError) -> LibvirtText {
    try LibvirtText(
      virDomainGetXMLDesc(domain, VIR_DOMAIN_XML_INACTIVE.rawValue | secure.rawValue),
      "virDomainGetXMLDesc")
  }

  /// What runs, parsed.
  static func liveDocument(
    _ domain: virDomainPtr, _ name: String
  ) throws(HypervisorError) -> LibvirtDocument {
    try LibvirtText(
      virDomainGetXMLDesc(domain, VIR_DOMAIN_XML_SECURE.rawValue), "virDomainGetXMLDesc"
    ).document("guest/\(name)")
  }
}

extension HypervisorError {
  /// An operation came to the wrong file.
  static func notMine(_ operation: Operation) -> HypervisorError {
    HypervisorError(
      .unsupported, call: "perform", message: "no implementation of \(operation)")
  }
}
