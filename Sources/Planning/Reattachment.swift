import Model

/// An interface of a guest.
public struct GuestInterface: Sendable, Hashable, Codable, Comparable {
  public var guest: String
  public var mac: String

  public init(guest: String, mac: String) {
    self.guest = guest
    self.mac = mac
  }

  public static func < (left: GuestInterface, right: GuestInterface) -> Bool {
    (left.guest, left.mac) < (right.guest, right.mac)
  }
}

/// Running guests on a network that is stopped and started. libvirt makes the bridge anew and leaves their
/// interfaces outside (measured on 9.0), until they are moved to another network and back.
public enum Reattachment {
  /// The network on which interfaces stand for that moment. A run that was killed may leave some there.
  public static func parkingName(of network: String) -> String { "virtspec-reattach-" + network }

  /// The steps after a start of the network; none where it brings no bridge of its own.
  static func steps(
    _ object: DesiredObject, _ view: HostView, reason: Reason, disruption: Disruption
  ) -> [Step] {
    if !ownsBridge(object, view) { return [] }
    return step(object, interfaces(of: object.id.name, view), reason, disruption)
  }

  /// The step that ends what a killed run began.
  static func remainder(_ object: DesiredObject, _ view: HostView) -> [Step] {
    step(object, interfaces(on: parkingName(of: object.id.name), view), .differs, .live)
  }

  /// Running guests that a restart of the network cuts off.
  static func guests(_ object: DesiredObject, _ view: HostView) -> [String] {
    if !ownsBridge(object, view) { return [] }
    return Array(Set(interfaces(of: object.id.name, view).map(\.guest))).sorted()
  }

  /// What runs, with interfaces that a killed run left on the way where they belong: the network's step takes them
  /// there.
  static func settled(_ guest: Record) -> Record {
    let interfaces = guest.records("interfaces")
    let prefix = parkingName(of: "")
    guard interfaces.contains(where: { $0.string("network")?.hasPrefix(prefix) == true }) else {
      return guest
    }
    var result = guest
    result["interfaces"] = .list(
      interfaces.map { interface in
        guard let name = interface.string("network"), name.hasPrefix(prefix) else {
          return .record(interface)
        }
        var copy = interface
        copy["network"] = .string(String(name.dropFirst(prefix.count)))
        return .record(copy)
      })
    return result
  }

  private static func step(
    _ object: DesiredObject, _ interfaces: [GuestInterface], _ reason: Reason,
    _ disruption: Disruption
  ) -> [Step] {
    if interfaces.isEmpty { return [] }
    return [
      Step(
        object: object.id, action: .update, operation: .reattachInterfaces(interfaces),
        reason: reason, disruption: disruption)
    ]
  }

  private static func interfaces(of network: String, _ view: HostView) -> [GuestInterface] {
    (interfaces(on: network, view) + interfaces(on: parkingName(of: network), view)).sorted()
  }

  private static func interfaces(on network: String, _ view: HostView) -> [GuestInterface] {
    view.observed.guests.filter(\.power.isActive).flatMap { guest in
      (guest.live ?? guest.spec).records("interfaces").compactMap { interface in
        guard interface.string("network") == network, let mac = interface.string("mac") else {
          return nil
        }
        return GuestInterface(guest: guest.name, mac: mac)
      }
    }.sorted()
  }

  /// Networks over what the host has, a bridge or a device, take nothing along when they stop.
  static func ownsBridge(_ object: DesiredObject, _ view: HostView) -> Bool {
    let observed = view.network(object.id.name)
    let mode =
      object.spec.record("forward")?.string("mode")
      ?? (observed?.live ?? observed?.spec)?
      .record("forward")?.string("mode")
    return ForwardMode.makesBridge(mode)
  }
}
