import Execution
import LibvirtXML
import Model
import Planning

extension SimulatedState {
  /// Operations on a network filter.
  mutating func performFilter(_ operation: Operation, _ name: String) throws(HypervisorError) {
    switch operation {
    case .defineFilter(let definition):
      let existing = filters[name]
      try definition.check(
        existing?.fingerprint(""), "networkfilter/\(name)", "virNWFilterDefineXML")
      try defineFilter(
        definition.xml(root: "filter", name: name, kind: .networkFilter, over: existing))
    case .undefineFilter:
      let call = "virNWFilterUndefine"
      for (guest, domain) in domains {
        let interfaces = domain.live?.child("devices")?.all("interface") ?? []
        if interfaces.compactMap({ $0.text("filterref/@filter") }).contains(where: {
          reach(of: $0).contains(name)
        }) {
          throw .refused(
            call, "Requested operation is not valid: nwfilter is in use (by guest '\(guest)')")
        }
      }
      filters[name] = nil
    default: preconditionFailure("\(operation) is none of a network filter's")
    }
  }

  /// `virNWFilterDefineXML`. A filter may refer to one that is not there yet, but never to itself.
  mutating func defineFilter(_ xml: String) throws(HypervisorError) {
    let call = "virNWFilterDefineXML"
    var filter = try XMLTree.given(xml, call)
    guard let name = filter["name"], !name.isEmpty else {
      throw .refused(call, "internal error: filter has no name", 1)
    }
    let uuid = filter.text("uuid") ?? newUUID()
    if let existing = filters[name]?.text("uuid"), existing != uuid {
      throw .refused(
        call, "operation failed: filter '\(name)' already exists with uuid \(existing)", 9)
    }
    filter.complete("uuid", uuid)
    filter.complete("@chain", "root")
    filter.changeAll("rule") { rule, _ in
      if rule["priority"] == nil { rule["priority"] = "500" }
    }
    if filter.all("filterref").contains(where: { reach(of: $0["filter"] ?? "").contains(name) }) {
      throw .refused(call, "operation failed: filter would introduce a loop", 9)
    }
    filters[name] = filter
  }

  /// The filter and all those that it includes.
  private func reach(of name: String) -> Set<String> {
    var found: Set<String> = []
    var open = [name]
    while let next = open.popLast() {
      guard found.insert(next).inserted else { continue }
      open += filters[next]?.all("filterref").compactMap { $0["filter"] } ?? []
    }
    return found
  }

  /// A filter that an interface names is there, with all that it includes.
  func checkFilter(_ interface: XMLTree, _ call: String) throws(HypervisorError) {
    guard let filter = interface.text("filterref/@filter") else { return }
    for name in reach(of: filter) where filters[name] == nil && !StockFilters.names.contains(name) {
      throw .refused(
        call, "internal error: referenced filter '\(name)' is missing", 1)
    }
  }
}
