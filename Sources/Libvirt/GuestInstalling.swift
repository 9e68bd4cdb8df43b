import CLibvirt
import Execution
import LibvirtXML
import Model
import Planning

extension Guests {
  /// Starts a defined guest with its installer's media. Its definition stays without them, so that every other start
  /// is from what was installed.
  ///
  /// The stage is written down on both sides of the start: a guest that may have been installed is never installed by
  /// itself again.
  static func install(
    _ installation: GuestInstallation, _ domain: virDomainPtr
  ) throws(HypervisorError) {
    let call = "virDomainCreateXML"
    if virDomainIsActive(domain) == 1 { return }
    let name = String(cString: virDomainGetName(domain))
    var document = try inactiveXML(domain, VIR_DOMAIN_XML_SECURE).document("guest/\(name)")
    document.write(
      installation.spec, .guest, clearing: installation.cleared, overlay: nil, of: .guest)
    document.setOwnership(installation.ownership.installing(.starting))
    let xml = document.serialized()
    let connection = virDomainGetConnect(domain)
    try record(installation.ownership.installing(.starting), VIR_DOMAIN_AFFECT_CONFIG, domain)
    do throws(HypervisorError) {
      _ = DomainHandle(try check(virDomainCreateXML(connection, xml, 0), call))
    } catch {
      // What libvirt has refused was not started. Where even this cannot be said, the plan asks.
      if error.code == .refused || error.code == .unsupported {
        try? record(installation.ownership.installing(.owed), VIR_DOMAIN_AFFECT_CONFIG, domain)
      }
      throw error
    }
    try record(installation.ownership.installing(.running), VIR_DOMAIN_AFFECT_CONFIG, domain)
  }
}

extension LibvirtHypervisor {
  /// Waits for a guest to be off by itself.
  func awaitOff(_ name: String, _ deadlineSeconds: Int64) async throws(HypervisorError) {
    let events = GuestEvents()
    let call = "virDomainGetState"
    let isOff: Bool?
    do throws(HypervisorError) {
      try await withGuest(name, call) { domain throws(HypervisorError) in
        events.subscribe(.lifecycle, domain)
      }
      isOff = try await events.wait(every: .seconds(1), seconds: deadlineSeconds) {
        _ throws(HypervisorError) -> Bool? in
        if TransferMonitor.current.isStopping() {
          throw HypervisorError(
            .cancelled, call: call, message: "the installer goes on; apply again once it has ended")
        }
        return try await self.withGuest(name, call) { domain throws(HypervisorError) in
          try powerState(of: domain).isActive ? nil : true
        }
      }
    } catch {
      await unsubscribe(events)
      throw error
    }
    await unsubscribe(events)
    if isOff == true { return }
    throw HypervisorError(
      .timeout, call: call,
      message: """
        the installer has not ended within \(deadlineSeconds) s, and goes on; apply again once it has, or look at \
        the guest's console
        """)
  }
}
