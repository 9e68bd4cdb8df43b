import CLibvirt
import Execution
import LibvirtXML
import Model
import Planning

extension LibvirtHypervisor {
  /// Operations on a network filter.
  func performFilter(_ operation: Operation, _ name: String) async throws(HypervisorError) {
    switch operation {
    case .defineFilter(let definition):
      let validation = self.validation
      // It instantiates the rules of every running guest that uses the filter anew.
      try await connection.call("virNWFilterDefineXML", isLong: true) {
        connection throws(HypervisorError) in
        try Filters.define(definition, name, validation, connection)
      }
    case .undefineFilter:
      try await connection.call("virNWFilterUndefine") { connection throws(HypervisorError) in
        // One that is gone is as wanted.
        guard let filter = try FilterHandle.find(name, on: connection) else { return }
        try check(virNWFilterUndefine(filter.pointer), "virNWFilterUndefine")
      }
    default: throw .notMine(operation)
    }
  }
}

/// The calls on network filters, for closures on worker threads.
private enum Filters {
  static func define(
    _ definition: Definition, _ name: String, _ validation: Validation,
    _ connection: virConnectPtr
  ) throws(HypervisorError) {
    let call = "virNWFilterDefineXML"
    let object = "networkfilter/\(name)"
    let xml: String
    if let existing = try FilterHandle.find(name, on: connection) {
      let text = try LibvirtText(
        virNWFilterGetXMLDesc(existing.pointer, 0), "virNWFilterGetXMLDesc")
      try definition.checkExpected(text.withBytes(Fingerprint.filter), object, call)
      xml = try definition.xml(
        root: "filter", name: name, kind: .networkFilter, over: try text.document(object))
    } else {
      try definition.checkExpected(nil, object, call)
      xml = try definition.xml(root: "filter", name: name, kind: .networkFilter, over: nil)
    }
    if definition.spec.mixesMatches {
      _ = try plain(xml, connection)
      return
    }
    _ = try validation.define(
      definition, .networkFilter, flag: UInt32(VIR_NWFILTER_DEFINE_VALIDATE.rawValue)
    ) { flags throws(HypervisorError) -> FilterHandle in
      // Daemons before 7.7 have only the call without flags.
      if flags == 0 { return try plain(xml, connection) }
      return FilterHandle(
        try check(virNWFilterDefineXMLFlags(connection, xml, flags), "virNWFilterDefineXMLFlags"))
    }
  }

  private static func plain(
    _ xml: String, _ connection: virConnectPtr
  ) throws(HypervisorError) -> FilterHandle {
    FilterHandle(try check(virNWFilterDefineXML(connection, xml), "virNWFilterDefineXML"))
  }
}

extension Record {
  /// Whether a rule has both values that traffic must have and values that it must not have. libvirt writes such
  /// a rule with two elements itself, and its own schema (nwfilter.rng of 9.0) does not take them.
  fileprivate var mixesMatches: Bool {
    records("rules").contains { rule in
      rule["not"] != nil && FilterProtocol.names.contains { rule[$0] != nil }
    }
  }
}
