import Model

/// Network filters that are named are declared, or come with libvirt.
enum FilterReferenceCheck: Check {
  static func run(_ manifests: ManifestSet) -> [Diagnostic] {
    manifests.placed.flatMap { object -> [Diagnostic] in
      switch object.id.kind {
      case .guest:
        object.spec.records("interfaces").enumerated().compactMap { index, interface in
          check(
            interface.record("filter")?.string("name"), of: object,
            [.field("interfaces"), .index(index), .field("filter")], manifests)
        }
      case .networkFilter:
        object.spec.records("filters").enumerated().compactMap { index, reference in
          check(
            reference.string("name"), of: object, [.field("filters"), .index(index)], manifests)
        }
      default: []
      }
    }
  }

  private static func check(
    _ name: String?, of object: Placed, _ path: [PathPart], _ manifests: ManifestSet
  ) -> Diagnostic? {
    guard let name, !StockFilters.names.contains(name),
      manifests.sibling(of: object.id, .networkFilter, name) == nil,
      !manifests.isUnplaced(.networkFilter, name)
    else { return nil }
    let long = path + [.field("name")]
    let isLong = object.document.writes(long) || object.classDocument?.writes(long) == true
    var found = dangling(
      object, isLong ? long : path, .networkFilter, name, in: manifests, besides: StockFilters.names
    )
    found.expected =
      "a NetworkFilter manifest, with 'external: true' for one that exists already, or one of "
      + "libvirt's own, such as clean-traffic"
    return found
  }
}

/// No filter includes itself, which libvirt refuses.
enum FilterCycleCheck: Check {
  static func run(_ manifests: ManifestSet) -> [Diagnostic] {
    var found: [Diagnostic] = []
    var reported: Set<ObjectID> = []
    for filter in manifests.placed where filter.id.kind == .networkFilter {
      guard let cycle = cycle(from: filter, manifests), reported.isDisjoint(with: cycle.map(\.id))
      else { continue }
      reported.formUnion(cycle.map(\.id))
      found.append(
        cycle.dropFirst().reduce(
          Diagnostic(
            code: "filter-cycle",
            "network filter '\(filter.document.name)' includes itself in the end",
            at: filter.place(.field("filters")))
        ) { diagnostic, link in
          diagnostic.related(
            to: link.place(.field("filters")), "'\(link.document.name)' includes others here")
        })
    }
    return found
  }

  /// The way from a filter back to it.
  private static func cycle(from start: Placed, _ manifests: ManifestSet) -> [Placed]? {
    var seen: Set<ObjectID> = []
    var open: [[Placed]] = [[start]]
    while let way = open.popLast() {
      guard let last = way.last else { continue }
      for name in last.spec.records("filters").compactMap({ $0.string("name") }) {
        guard let next = manifests.sibling(of: start.id, .networkFilter, name) else { continue }
        if next.id == start.id { return way }
        if seen.insert(next.id).inserted { open.append(way + [next]) }
      }
    }
    return nil
  }
}
