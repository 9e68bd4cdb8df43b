import Model

/// Steps that bring the declared network filters about.
enum FilterPlanner {
  static func steps(_ view: HostView) -> [Step] {
    let filters = view.desired.filter { $0.id.kind == .networkFilter }
    if filters.isEmpty { return [] }
    let running = FilterUsers.running(view)
    return filters.flatMap { steps($0, view, isRunning: running.contains($0.id.name)) }
  }

  /// The definition has no metadata: the ledger tells the owner, and where it was lost, the UUID.
  static func owner(of observed: ObservedFilter, _ view: HostView) -> Ownership? {
    if let owner = view.ledgerOwner(.networkFilter, observed.name) { return owner }
    guard observed.uuid == uuid(observed.name, view) else { return nil }
    return Ownership(stack: view.stack, source: "", digest: "", appliedSpec: "")
  }

  private static func uuid(_ name: String, _ view: HostView) -> String {
    Digest.uuid(stack: view.stack, kind: .networkFilter, name: view.host.name + "/" + name)
  }

  private static func steps(
    _ object: DesiredObject, _ view: HostView, isRunning: Bool
  ) -> [Step] {
    guard let observed = view.filter(object.id.name) else {
      return [object.isExternal ? absent(object) : created(object, view)]
    }
    if object.isExternal { return [] }
    let owner = owner(of: observed, view)
    if let blockage = view.blockage(of: object, owner: owner) {
      return [refusal(object, observed.spec, Table.networkFilter, blockage)]
    }
    return updated(object, observed, owner, view, isRunning: isRunning)
  }

  private static func created(_ object: DesiredObject, _ view: HostView) -> Step {
    let definition = Definition(
      uuid: uuid(object.id.name, view), spec: Table.networkFilter.completed(object.spec),
      ownership: nil, expected: nil)
    return Step(
      object: object.id, action: .create, operation: .defineFilter(definition), reason: .missing,
      changes: changes(Difference.between(object.spec, Record(), .networkFilter), .defined) { _ in
        .manifest
      })
  }

  private static func updated(
    _ object: DesiredObject, _ observed: ObservedFilter, _ owner: Ownership?, _ view: HostView,
    isRunning: Bool
  ) -> [Step] {
    let threeWay = view.threeWay(object, owner, .networkFilter)
    let spec = object.spec.ignoring(object.ignored, .networkFilter)
    let differences = Difference.between(spec, observed.spec, .networkFilter)
    if differences.isEmpty, threeWay.gone.isEmpty {
      if owner != nil { return [] }
      return [Step(object: object.id, action: .adopt, operation: nil, reason: .unowned)]
    }
    var definition = Definition(
      uuid: observed.uuid, spec: Table.networkFilter.completed(spec), ownership: nil,
      expected: observed.fingerprint)
    for field in threeWay.gone { definition.giveBack(field) }
    return [
      Step(
        object: object.id, action: owner == nil ? .adopt : .update,
        operation: .defineFilter(definition), reason: owner == nil ? .unowned : .differs,
        changes: changes(differences, .defined, threeWay.origin) + threeWay.gone.map(\.change),
        disruption: isRunning ? .live : .none)
    ]
  }
}

/// Who uses which network filters, by themselves or through other filters.
enum FilterUsers {
  /// The filters that running guests' traffic passes.
  static func running(_ view: HostView) -> Set<String> {
    var found: Set<String> = []
    var open = view.observed.guests.filter(\.power.isActive).flatMap {
      ($0.live ?? $0.spec).interfaceFilters
    }
    while let name = open.popLast() {
      guard found.insert(name).inserted else { continue }
      open += view.filter(name)?.spec.includedFilters ?? []
    }
    return found
  }

  /// What stays and uses a filter, by the filter's name. libvirt lets a filter go that others refer to, and they
  /// could no longer be put to use.
  static func staying(_ view: HostView) -> [String: ObjectID.Target] {
    var users: [String: ObjectID.Target] = [:]
    for filter in view.observed.filters {
      let declared = view.object(.networkFilter, filter.name)
      let owner = FilterPlanner.owner(of: filter, view)
      if declared == nil, owner?.stack == view.stack, owner?.protected == false { continue }
      let spec = declared.map { filter.spec.overlaid(with: $0.spec) } ?? filter.spec
      for name in spec.includedFilters {
        users[name] = ObjectID.Target(kind: .networkFilter, name: filter.name)
      }
    }
    for guest in view.observed.guests {
      for name in kept(guest, view) {
        users[name] = ObjectID.Target(kind: .guest, name: guest.name)
      }
    }
    // What stays for these keeps what it includes.
    var open = Array(users.keys)
    while let name = open.popLast() {
      for included in view.filter(name)?.spec.includedFilters ?? [] where users[included] == nil {
        users[included] = ObjectID.Target(kind: .networkFilter, name: name)
        open.append(included)
      }
    }
    return users
  }

  /// The filters of the interfaces that a guest keeps. One whose manifest no longer mentions a filter keeps it.
  private static func kept(_ guest: ObservedGuest, _ view: HostView) -> [String] {
    let present = [guest.spec, guest.live ?? Record()].flatMap { $0.records("interfaces") }
    let filtered = present.filter { $0.record("filter") != nil }
    if filtered.isEmpty { return [] }
    if let owner = guest.ownership, owner.stack == view.stack {
      guard let declared = view.object(.guest, guest.name) else {
        return owner.protected ? filtered.compactMap(\.filterName) : []
      }
      if declared.spec["interfaces"] != nil {
        let wanted = Interfaces.identified(declared, view)
        return filtered.filter { interface in
          let mac = interface.string("mac")?.lowercased()
          return wanted.contains { item in
            item.string("mac")?.lowercased() == mac
              && (item["filter"] == nil || item.filterName == interface.filterName)
          }
        }.compactMap(\.filterName)
      }
    }
    return filtered.compactMap(\.filterName)
  }
}

extension Record {
  /// The filter of an interface.
  fileprivate var filterName: String? { record("filter")?.string("name") }
  /// The filters of a guest's interfaces.
  var interfaceFilters: [String] { records("interfaces").compactMap(\.filterName) }
  /// The filters that a filter includes.
  var includedFilters: [String] { records("filters").compactMap { $0.string("name") } }
}
