import CLibvirt
import Execution
import LibvirtXML
import Model

extension Observation {
  /// Adds the reading of each of the listed domains.
  func read(_ handles: HandleList, _ states: [PowerState]?, _ batch: Batch) {
    batch.add(count: handles.pointers.count) { _, index throws(HypervisorError) in
      try self.unlessGone { () throws(HypervisorError) in
        let pointer = handles.pointers[index]
        let power = if let states { states[index] } else { try powerState(of: pointer) }
        let guest = try self.readGuest(pointer, power)
        self.state.withLock { $0.guests.append(guest) }
      }
    }
  }

  private func readGuest(
    _ pointer: virDomainPtr, _ power: PowerState
  ) throws(HypervisorError) -> ObservedGuest {
    let name = name(virDomainGetName(pointer))
    let shape = shape(.guest, name)
    let text = try LibvirtText(
      virDomainGetXMLDesc(pointer, VIR_DOMAIN_XML_INACTIVE.rawValue), "virDomainGetXMLDesc")
    var guest = try text.parsed("guest/\(name)") { document, bytes throws(HypervisorError) in
      var guest = ObservedGuest(
        name: name, uuid: uuid(of: pointer, virDomainGetUUIDString), power: power,
        ownership: document.ownership(), spec: document.read(.guest, shape: shape),
        fingerprint: Fingerprint.guest(bytes, power))
      guest.xml = try tree(of: bytes, .guest, name, guest.ownership)
      return guest
    }
    if request.everything {
      let all = try text.everything("guest/\(name)", .guest, overlay: .guest)
      (guest.spec, guest.remainders, guest.leftover) = (all.spec, all.remainders, all.leftover)
    }
    // Of what the stack owns and nobody declares any more it matters what is at work on it.
    if power.isActive, isWanted(.guest, name) || guest.ownership?.stack == request.stack {
      try readLive(of: pointer, text, &guest)
    }
    return guest
  }

  /// - Parameter definition: the persistent one.
  private func readLive(
    of pointer: virDomainPtr, _ definition: borrowing LibvirtText, _ guest: inout ObservedGuest
  ) throws(HypervisorError) {
    let text = try LibvirtText(virDomainGetXMLDesc(pointer, 0), "virDomainGetXMLDesc")
    let reading = try running(.guest, guest.name, text, over: definition, owner: guest.ownership)
    guest.live = reading.spec
    guest.liveOwnership = reading.ownership
    guest.facts = reading.facts ?? RunningFacts()
    guest.liveXML = reading.tree
    guest.former = reading.former
    guest.xml = guest.xml ?? reading.definedTree
  }
}

/// A domain's state, by a call of its own.
func powerState(of domain: virDomainPtr) throws(HypervisorError) -> PowerState {
  var state: Int32 = 0
  var reason: Int32 = 0
  try check(virDomainGetState(domain, &state, &reason, 0), "virDomainGetState")
  return PowerState(state, reason, of: domain)
}

extension PowerState {
  /// A `virDomainState`, and for a paused domain the `virDomainPausedReason`.
  init(_ state: Int32, _ reason: Int32, of domain: virDomainPtr) {
    switch UInt32(bitPattern: state) {
    // A guest that is shutting down runs until it is off.
    case VIR_DOMAIN_RUNNING.rawValue, VIR_DOMAIN_BLOCKED.rawValue, VIR_DOMAIN_SHUTDOWN.rawValue:
      self = .running
    // A guest is paused while it is being started, and nobody needs to resume it.
    case VIR_DOMAIN_PAUSED.rawValue:
      let isStarting = reason == Int32(VIR_DOMAIN_PAUSED_STARTING_UP.rawValue)
      self = isStarting ? .running : .paused
    case VIR_DOMAIN_SHUTOFF.rawValue: self = .stopped
    case VIR_DOMAIN_CRASHED.rawValue: self = .crashed
    case VIR_DOMAIN_PMSUSPENDED.rawValue: self = .suspended
    // Xen says "no state" of a running domain that is on no processor just now; only active ones
    // have an id.
    default: self = virDomainGetID(domain) == UInt32.max ? .unknown : .running
    }
  }
}
