import CLibvirt
import Execution
import LibvirtXML
import Model
import Planning

extension LibvirtHypervisor {
  /// Puts interfaces of running guests onto the bridge that the network has now.
  ///
  /// libvirt takes an interface off one bridge and onto another only when its network changes: each goes to a
  /// network without addresses, made for this moment, and back. The guest sees its link all the time.
  func reattach(
    _ interfaces: [GuestInterface], to network: String
  ) async throws(HypervisorError) {
    let parking = Reattachment.parkingName(of: network)
    try await bridges.whileHolding("bridges") { () async throws(HypervisorError) in
      try await self.connection.call("virNetworkCreateXML", isLong: true) {
        connection throws(HypervisorError) in
        _ = try Interfaces.makeNetwork(parking, connection)
      }
    }
    try await connection.call("virDomainUpdateDeviceFlags", isLong: true) {
      connection throws(HypervisorError) in
      let made = try NetworkHandle(named: parking, on: connection)
      var failures: [HypervisorError] = []
      for interface in interfaces {
        do throws(HypervisorError) {
          try Interfaces.move(interface, to: parking, connection)
          try Interfaces.move(interface, to: network, connection)
        } catch {
          // What the others need is done first.
          if error.code != .notFound { failures.append(error) }
        }
      }
      // One that stands there still keeps its network, for the next run.
      if var failure = failures.first {
        failure.message += " (\(failures.count) of \(interfaces.count) interfaces are left)"
        throw failure
      }
      try check(virNetworkDestroy(made.pointer), "virNetworkDestroy")
      try Interfaces.settle(network, connection)
    }
  }
}

/// The calls on interfaces, for closures on worker threads.
private enum Interfaces {
  /// A transient network that is a bridge and nothing else; the one that a killed run left.
  static func makeNetwork(
    _ name: String, _ connection: virConnectPtr
  ) throws(HypervisorError) -> NetworkHandle {
    if let found = try NetworkHandle.find(name, on: connection) { return found }
    var document = try LibvirtDocument.empty("network")
    document.setText(name, at: "name")
    document.setText("on", at: "bridge/@stp")
    document.setText("0", at: "bridge/@delay")
    let made = virNetworkCreateXML(connection, document.serialized())
    return NetworkHandle(try check(made, "virNetworkCreateXML"))
  }

  /// Takes the word out of the network's metadata that this is still to do.
  static func settle(_ name: String, _ connection: virConnectPtr) throws(HypervisorError) {
    guard let network = try NetworkHandle.find(name, on: connection) else { return }
    var document = try inactiveXML(ofNetwork: network.pointer).document("network/\(name)")
    guard document.settleReattachment() else { return }
    let call = "virNetworkDefineXML"
    _ = NetworkHandle(try check(virNetworkDefineXML(connection, document.serialized()), call))
  }

  /// Moves an interface to a network; one that is there already is moved for nothing. `notFound` when the guest
  /// or the interface is gone.
  static func move(
    _ interface: GuestInterface, to network: String, _ connection: virConnectPtr
  ) throws(HypervisorError) {
    let call = "virDomainUpdateDeviceFlags"
    let domain = try DomainHandle(named: interface.guest, on: connection)
    let item = Record([("mac", .string(interface.mac)), ("network", .string(network))])
    let document = try Guests.liveDocument(domain.pointer, interface.guest)
    guard virDomainIsActive(domain.pointer) == 1,
      let xml = document.deviceXML(list: "interfaces", item: item, overlay: true)
    else { throw .noDevice("interfaces", item, call) }
    try check(
      virDomainUpdateDeviceFlags(domain.pointer, xml, VIR_DOMAIN_AFFECT_LIVE.rawValue), call)
  }
}
