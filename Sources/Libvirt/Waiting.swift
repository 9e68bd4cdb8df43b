import CLibvirt
import Execution
import Model

/// What happens to a guest, as far as operations wait for it.
enum GuestEvent: Sendable, Hashable {
  /// The time came to look again.
  case tick
  /// The guest started, stopped or changed otherwise.
  case lifecycle
  /// The device with this alias is gone.
  case deviceRemoved(String)
  /// The guest keeps the device with this alias.
  case removalFailed(String)
  /// The guest's agent came or went.
  case agent
  /// The guest's console wrote something.
  case console
}

/// Events of one guest. Subscribed before the call whose effect is waited for, so that none is
/// missed.
///
/// Ticks are a net under the events: drivers without events, and events that got lost, cost a
/// second.
final class GuestEvents: Sendable {
  /// Kinds that can be subscribed to.
  enum Topic: Sendable { case lifecycle, deviceRemoval, agent }

  private let source: AsyncStream<GuestEvent>.Continuation
  let stream: AsyncStream<GuestEvent>
  private let subscriptions = Lock<[Int32]>([])

  init() { (stream, source) = AsyncStream.makeStream() }

  /// Subscribes, on a worker thread; a driver without events is left to the ticks.
  func subscribe(_ topic: Topic, _ domain: virDomainPtr) {
    let connection = virDomainGetConnect(domain)
    switch topic {
    case .lifecycle:
      let callback: virConnectDomainEventCallback = { _, _, _, _, opaque in
        GuestEvents.feed(opaque, .lifecycle)
        return 0
      }
      register(
        connection, domain, VIR_DOMAIN_EVENT_ID_LIFECYCLE,
        unsafeBitCast(callback, to: virConnectDomainEventGenericCallback.self))
    case .agent:
      let callback: virConnectDomainEventAgentLifecycleCallback = { _, _, _, _, opaque in
        GuestEvents.feed(opaque, .agent)
      }
      register(
        connection, domain, VIR_DOMAIN_EVENT_ID_AGENT_LIFECYCLE,
        unsafeBitCast(callback, to: virConnectDomainEventGenericCallback.self))
    case .deviceRemoval:
      let removed: virConnectDomainEventDeviceRemovedCallback = { _, _, alias, opaque in
        GuestEvents.feed(opaque, .deviceRemoved(alias.map { String(cString: $0) } ?? ""))
      }
      let failed: virConnectDomainEventDeviceRemovalFailedCallback = { _, _, alias, opaque in
        GuestEvents.feed(opaque, .removalFailed(alias.map { String(cString: $0) } ?? ""))
      }
      register(
        connection, domain, VIR_DOMAIN_EVENT_ID_DEVICE_REMOVED,
        unsafeBitCast(removed, to: virConnectDomainEventGenericCallback.self))
      register(
        connection, domain, VIR_DOMAIN_EVENT_ID_DEVICE_REMOVAL_FAILED,
        unsafeBitCast(failed, to: virConnectDomainEventGenericCallback.self))
    }
  }

  /// Ends the subscriptions, on a worker thread. A broken connection has none left.
  func unsubscribe(_ connection: virConnectPtr) {
    let identifiers = subscriptions.withLock { subscriptions in
      defer { subscriptions = [] }
      return subscriptions
    }
    for identifier in identifiers { virConnectDomainEventDeregisterAny(connection, identifier) }
  }

  private func register(
    _ connection: virConnectPtr?, _ domain: virDomainPtr, _ event: virDomainEventID,
    _ callback: virConnectDomainEventGenericCallback?
  ) {
    let retained = Unmanaged.passRetained(self).toOpaque()
    let identifier = virConnectDomainEventRegisterAny(
      connection, domain, Int32(event.rawValue), callback, retained,
      { opaque in if let opaque { Unmanaged<GuestEvents>.fromOpaque(opaque).release() } })
    if identifier < 0 {
      Unmanaged<GuestEvents>.fromOpaque(retained).release()
    } else {
      subscriptions.withLock { $0.append(identifier) }
    }
  }

  private static func feed(_ opaque: UnsafeMutableRawPointer?, _ event: GuestEvent) {
    guard let opaque else { return }
    Unmanaged<GuestEvents>.fromOpaque(opaque).takeUnretainedValue().source.yield(event)
  }

  /// Something happened that others than libvirt tell.
  func signal(_ event: GuestEvent) { source.yield(event) }

  /// Asks `look` at once, at every event and at every tick, until it gives a value; nil when the
  /// deadline passes.
  ///
  /// - Parameter longest: ticks come ever slower up to this; nil for steady ones.
  func wait<Value: Sendable>(
    every interval: Duration, upTo longest: Duration? = nil, seconds: Int64,
    _ look: (GuestEvent) async throws(HypervisorError) -> Value?
  ) async throws(HypervisorError) -> Value? {
    let clock = ContinuousClock()
    let deadline = clock.now.advanced(by: .seconds(seconds))
    let source = self.source
    let ticker = Task {
      var pause = interval
      while !Task.isCancelled {
        source.yield(.tick)
        try? await Task.sleep(for: min(pause, max(.milliseconds(1), deadline - clock.now)))
        if let longest { pause = min(longest, pause * 1.25) }
      }
    }
    defer { ticker.cancel() }
    for await event in stream {
      if let value = try await look(event) { return value }
      if clock.now >= deadline { return nil }
    }
    throw HypervisorError(.cancelled, call: "wait", message: "the run was stopped")
  }
}
