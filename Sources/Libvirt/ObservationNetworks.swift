import CLibvirt
import Execution
import LibvirtXML
import Model

extension Observation {
  /// Lists the networks with their flags and adds the reading of each. A driver without networks
  /// has none.
  func readNetworks(_ connection: virConnectPtr, _ batch: Batch) throws(HypervisorError) {
    let handles: HandleList
    do throws(HypervisorError) {
      handles = try HandleList.networks(connection)
    } catch {
      if error.code == .unsupported { return }
      throw error
    }
    guard !handles.pointers.isEmpty else { return }
    try list(.networkActive, connection)
    try list(.networkAutostart, connection)
    try list(.networkTransient, connection)
    batch.add(count: handles.pointers.count) { _, index throws(HypervisorError) in
      try self.unlessGone { () throws(HypervisorError) in
        let network = try self.readNetwork(handles.pointers[index])
        self.state.withLock { $0.networks.append(network) }
      }
    }
  }

  private func readNetwork(_ pointer: virNetworkPtr) throws(HypervisorError) -> ObservedNetwork {
    let name = name(virNetworkGetName(pointer))
    let shape = shape(.network, name)
    let (isActive, isTransient, autostart) = state.withLock {
      (
        $0.has(.networkActive, name), $0.has(.networkTransient, name),
        $0.has(.networkAutostart, name)
      )
    }
    let text = try inactiveXML(ofNetwork: pointer)
    var network = try text.parsed("network/\(name)") {
      document, bytes throws(HypervisorError) in
      var network = ObservedNetwork(
        name: name, uuid: uuid(of: pointer, virNetworkGetUUIDString), active: isActive,
        persistent: !isTransient, autostart: autostart, ownership: document.ownership(),
        spec: document.read(.network, shape: shape),
        fingerprint: Fingerprint.network(bytes, isActive: isActive))
      network.xml = try tree(of: bytes, .network, name, network.ownership)
      return network
    }
    if request.everything {
      let all = try text.everything("network/\(name)", .network, overlay: .network)
      (network.spec, network.remainders, network.leftover) = (
        all.spec, all.remainders, all.leftover
      )
    }
    if isActive, isWanted(.network, name) { try readLive(of: pointer, text, &network) }
    return network
  }

  /// - Parameter definition: the persistent one.
  private func readLive(
    of pointer: virNetworkPtr, _ definition: borrowing LibvirtText, _ network: inout ObservedNetwork
  ) throws(HypervisorError) {
    let text = try LibvirtText(virNetworkGetXMLDesc(pointer, 0), "virNetworkGetXMLDesc")
    let reading = try running(
      .network, network.name, text, over: definition, owner: network.ownership)
    network.live = reading.spec
    network.liveOwnership = reading.ownership
    network.liveXML = reading.tree
    network.former = reading.former
    network.xml = network.xml ?? reading.definedTree
  }
}

/// The persistent definition; drivers that keep only one do not know the flag.
func inactiveXML(ofNetwork network: virNetworkPtr) throws(HypervisorError) -> LibvirtText {
  do throws(HypervisorError) {
    return try LibvirtText(
      virNetworkGetXMLDesc(network, VIR_NETWORK_XML_INACTIVE.rawValue), "virNetworkGetXMLDesc")
  } catch {
    if error.code != .unsupported { throw error }
    return try LibvirtText(virNetworkGetXMLDesc(network, 0), "virNetworkGetXMLDesc")
  }
}
