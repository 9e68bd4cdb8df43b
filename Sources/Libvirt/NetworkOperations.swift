import CLibvirt
import Execution
import LibvirtXML
import Model
import Planning

extension LibvirtHypervisor {
  /// Operations on a network.
  func performNetwork(_ operation: Operation, _ name: String) async throws(HypervisorError) {
    switch operation {
    case .defineNetwork(let definition):
      let validation = self.validation
      // libvirt chooses a bridge for a network before it writes down that the name is taken: of 40 networks that were
      // defined at once, 9 got the bridge of another and could not be started (measured on 9.0).
      try await bridges.whileHolding("bridges") { () async throws(HypervisorError) in
        try await self.connection.call("virNetworkDefineXMLFlags") {
          connection throws(HypervisorError) in
          try Networks.define(definition, name, validation, connection)
        }
      }
    case .undefineNetwork:
      try await connection.call("virNetworkUndefine") { connection throws(HypervisorError) in
        // One that is gone is as wanted.
        guard let network = try NetworkHandle.find(name, on: connection) else { return }
        try check(virNetworkUndefine(network.pointer), "virNetworkUndefine")
      }
    case .startNetwork:
      try await withNetwork(name, "virNetworkCreate", isLong: true) {
        network throws(HypervisorError) in
        try Guests.unless(1, virNetworkIsActive(network)) { () throws(HypervisorError) in
          try check(virNetworkCreate(network), "virNetworkCreate")
        }
      }
    case .stopNetwork:
      try await withNetwork(name, "virNetworkDestroy") { network throws(HypervisorError) in
        try Guests.unless(0, virNetworkIsActive(network)) { () throws(HypervisorError) in
          try check(virNetworkDestroy(network), "virNetworkDestroy")
        }
      }
    case .setNetworkAutostart(let autostart):
      try await withNetwork(name, "virNetworkSetAutostart") { network throws(HypervisorError) in
        try check(virNetworkSetAutostart(network, autostart ? 1 : 0), "virNetworkSetAutostart")
      }
    case .updateNetwork(let update):
      let xml = try written { () throws(XMLProblem) in
        try networkEntryXML(section: update.section.rawValue, entry: update.entry)
      }
      try await withNetwork(name, "virNetworkUpdate") { network throws(HypervisorError) in
        // The persistent definition is changed by `defineNetwork`. From 7.2 on libvirt sorts out by
        // itself that older daemons take command and section in the other order.
        try check(
          virNetworkUpdate(
            network, update.command.libvirt.rawValue, update.section.libvirt.rawValue,
            Int32(clamping: update.addressIndex), xml,
            VIR_NETWORK_UPDATE_AFFECT_LIVE.rawValue),
          "virNetworkUpdate")
        try Lease.checkReservation(update, network)
      }
    case .reattachInterfaces(let interfaces): try await reattach(interfaces, to: name)
    default: throw .notMine(operation)
    }
  }

  private func withNetwork(
    _ name: String, _ call: String, isLong: Bool = false,
    _ body: @escaping @Sendable (virNetworkPtr) throws(HypervisorError) -> Void
  ) async throws(HypervisorError) {
    try await connection.call(call, isLong: isLong) { connection throws(HypervisorError) in
      let network = try NetworkHandle(named: name, on: connection)
      try body(network.pointer)
    }
  }
}

/// The calls on networks, for closures on worker threads.
private enum Networks {
  static func define(
    _ definition: Definition, _ name: String, _ validation: Validation,
    _ connection: virConnectPtr
  ) throws(HypervisorError) {
    let call = "virNetworkDefineXMLFlags"
    let object = "network/\(name)"
    let xml: String
    if let existing = try NetworkHandle.find(name, on: connection) {
      let text = try inactiveXML(ofNetwork: existing.pointer)
      let found = text.withBytes { Fingerprint.network($0, isActive: false) }
      try definition.checkExpected(found, object, call)
      let document = try text.document(object)
      xml = try definition.xml(root: "network", name: name, kind: .network, over: document)
    } else {
      try definition.checkExpected(nil, object, call)
      xml = try definition.xml(root: "network", name: name, kind: .network, over: nil)
    }
    _ = try validation.define(definition, .network, flag: VIR_NETWORK_DEFINE_VALIDATE.rawValue) {
      flags throws(HypervisorError) -> NetworkHandle in
      // Daemons before 7.7 have only the call without flags.
      let made =
        flags == 0
        ? virNetworkDefineXML(connection, xml) : virNetworkDefineXMLFlags(connection, xml, flags)
      return NetworkHandle(try check(made, call))
    }
  }
}

extension NetworkUpdate.Command {
  var libvirt: virNetworkUpdateCommand {
    switch self {
    case .add: VIR_NETWORK_UPDATE_COMMAND_ADD_LAST
    case .modify: VIR_NETWORK_UPDATE_COMMAND_MODIFY
    case .delete: VIR_NETWORK_UPDATE_COMMAND_DELETE
    }
  }
}

extension NetworkUpdate.Section {
  var libvirt: virNetworkUpdateSection {
    switch self {
    case .dhcpHost: VIR_NETWORK_SECTION_IP_DHCP_HOST
    case .dhcpRange: VIR_NETWORK_SECTION_IP_DHCP_RANGE
    case .dnsHost: VIR_NETWORK_SECTION_DNS_HOST
    case .dnsTxt: VIR_NETWORK_SECTION_DNS_TXT
    case .dnsSrv: VIR_NETWORK_SECTION_DNS_SRV
    }
  }
}
