import CLibvirt
import Execution
import Planning

extension LibvirtHypervisor {
  /// Asks the guest to shut down and waits until it is off.
  ///
  /// The request is repeated, because a guest that boots does not hear the first one. After the
  /// deadline it pulls the plug or throws `timeout`.
  func shutDown(
    _ name: String, _ deadlineSeconds: Int64, destroyAfterwards: Bool
  ) async throws(HypervisorError) {
    let events = GuestEvents()
    let isOff: Bool
    do throws(HypervisorError) {
      let isActive = try await withGuest(name, "virDomainShutdown") {
        domain throws(HypervisorError) in
        events.subscribe(.lifecycle, domain)
        return try powerState(of: domain).isActive
      }
      isOff = isActive ? try await waitUntilOff(name, deadlineSeconds, events) : true
    } catch {
      await unsubscribe(events)
      throw error
    }
    await unsubscribe(events)
    if isOff { return }
    if destroyAfterwards {
      try await withGuest(name, "virDomainDestroyFlags", isLong: true) {
        domain throws(HypervisorError) in
        try Guests.destroy(domain)
      }
    } else {
      throw HypervisorError(
        .timeout, call: "virDomainShutdown",
        message: """
          the guest did not shut down within \(deadlineSeconds) s; give it longer with \
          lifecycle.shutdownTimeout, or have it powered off with lifecycle.onShutdownTimeout: destroy
          """)
    }
  }

  /// Ends subscriptions whatever happened.
  func unsubscribe(_ events: GuestEvents) async {
    // A connection that is gone took them with it.
    try? await connection.call("virConnectDomainEventDeregisterAny") { connection in
      events.unsubscribe(connection)
    }
  }

  private func waitUntilOff(
    _ name: String, _ deadlineSeconds: Int64, _ events: GuestEvents
  ) async throws(HypervisorError) -> Bool {
    let clock = ContinuousClock()
    var nextRequest = clock.now
    let isOff = try await events.wait(every: .seconds(1), seconds: deadlineSeconds) {
      _ throws(HypervisorError) -> Bool? in
      let asks = clock.now >= nextRequest
      if asks { nextRequest = clock.now.advanced(by: .seconds(5)) }
      return try await self.isOff(name, asking: asks) ? true : nil
    }
    return isOff ?? false
  }

  private func isOff(_ name: String, asking: Bool) async throws(HypervisorError) -> Bool {
    do throws(HypervisorError) {
      return try await withGuest(name, "virDomainShutdown", isLong: true) {
        domain throws(HypervisorError) in
        if try !powerState(of: domain).isActive { return true }
        if asking, virDomainShutdown(domain) < 0 {
          let error = HypervisorError.last("virDomainShutdown")
          // It may have gone off just before the request.
          if try powerState(of: domain).isActive { throw error }
          return true
        }
        return false
      }
    } catch {
      // A transient guest is gone once it is off.
      if error.code == .notFound { return true }
      throw error
    }
  }
}
