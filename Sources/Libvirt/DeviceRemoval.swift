import CLibvirt
import Execution
import LibvirtXML
import Model

/// Takes a device from a running guest.
///
/// libvirt's detach returns when the guest was asked; the device is gone when the guest let go of
/// it, which an event reports. The live XML has the last word, since events may come early or get
/// lost.
struct DeviceRemoval: Sendable {
  let name: String
  let list: String
  /// The list's key fields.
  let item: Record
  let seconds: Int64

  private static let call = "virDomainDetachDeviceFlags"

  /// Throws `notFound` when there is no such device, `refused` when the guest said no, `timeout`
  /// when it said nothing.
  func run(on hypervisor: LibvirtHypervisor) async throws(HypervisorError) {
    let events = GuestEvents()
    let isGone: Bool
    do throws(HypervisorError) {
      let alias = try await request(on: hypervisor, events)
      isGone = try await wait(on: hypervisor, events, alias)
    } catch {
      await hypervisor.unsubscribe(events)
      throw error
    }
    await hypervisor.unsubscribe(events)
    if !isGone {
      throw notReleased(
        .timeout,
        """
        within \(seconds) s, and keeps it until it does or starts anew; is it booted, and does it know \
        hot-unplug?
        """)
    }
  }

  /// Asks the guest; returns the device's alias.
  private func request(
    on hypervisor: LibvirtHypervisor, _ events: GuestEvents
  ) async throws(HypervisorError) -> String {
    try await hypervisor.withGuest(name, Self.call, isLong: true) {
      domain throws(HypervisorError) in
      guard let xml = try device(of: domain) else { throw .noDevice(list, item, Self.call) }
      events.subscribe(.deviceRemoval, domain)
      try check(
        virDomainDetachDeviceFlags(domain, xml, VIR_DOMAIN_AFFECT_LIVE.rawValue), Self.call)
      return try LibvirtDocument.alias(ofDevice: xml)
    }
  }

  private func wait(
    on hypervisor: LibvirtHypervisor, _ events: GuestEvents, _ alias: String
  ) async throws(HypervisorError) -> Bool {
    let clock = ContinuousClock()
    // A guest that boots does not hear the first request.
    var nextRequest = clock.now.advanced(by: .seconds(6))
    let isGone = try await events.wait(every: .seconds(1), seconds: seconds) {
      event throws(HypervisorError) -> Bool? in
      if event == .removalFailed(alias) {
        throw notReleased(.refused, "because it refused")
      }
      let asksAgain = clock.now >= nextRequest
      if asksAgain { nextRequest = clock.now.advanced(by: .seconds(6)) }
      return try await self.isGone(on: hypervisor, askingAgain: asksAgain) ? true : nil
    }
    return isGone ?? false
  }

  private func isGone(
    on hypervisor: LibvirtHypervisor, askingAgain: Bool
  ) async throws(HypervisorError) -> Bool {
    try await hypervisor.withGuest(name, Self.call, isLong: true) {
      domain throws(HypervisorError) in
      guard let xml = try device(of: domain) else { return true }
      // QEMU refuses a second request while the first one is pending; that is no news.
      if askingAgain {
        virDomainDetachDeviceFlags(domain, xml, VIR_DOMAIN_AFFECT_LIVE.rawValue)
      }
      return false
    }
  }

  private func device(of domain: virDomainPtr) throws(HypervisorError) -> String? {
    try Guests.liveDocument(domain, name).deviceXML(list: list, item: item, overlay: false)
  }

  private func notReleased(_ code: HypervisorError.Code, _ why: String) -> HypervisorError {
    HypervisorError(
      code, call: Self.call, message: "the guest did not let go of \(item.label) \(why)")
  }
}

extension LibvirtDocument {
  /// The alias by which events name a device.
  fileprivate static func alias(ofDevice xml: String) throws(HypervisorError) -> String {
    do throws(XMLProblem) {
      return try LibvirtDocument(parsing: xml).text(at: "alias/@name") ?? ""
    } catch {
      throw .unreadable("a device", error)
    }
  }
}
