import Model

/// Guests depend on declared ones that are to run, and none on itself in the end.
enum DependencyCheck: Check {
  static func run(_ manifests: ManifestSet) -> [Diagnostic] {
    let waiting = manifests.placed.filter {
      $0.id.kind == .guest && $0.spec["dependsOn"]?.list?.isEmpty == false
    }
    if waiting.isEmpty { return [] }
    let graph = DependencyGraph(manifests)
    return waiting.flatMap { references($0, graph, manifests) } + graph.cycles(from: waiting)
  }

  private static func references(
    _ guest: Placed, _ graph: DependencyGraph, _ manifests: ManifestSet
  ) -> [Diagnostic] {
    guest.dependencies.compactMap { index, name in
      let place = guest.place(.field("dependsOn"), .index(index))
      let found = graph.named(name, by: guest)
      if found.isEmpty {
        if manifests.isUnplaced(.guest, name) { return nil }
        return Diagnostic(
          code: "unknown-reference", "there is no Guest '\(name)' on any host", at: place,
          expected: "a Guest manifest of this name in the same stack",
          suggestion: Nearest.word(
            to: name, among: graph.names.filter { $0 != guest.id.name }.sorted()))
      }
      guard let stopped = found.first(where: { $0.spec.string("power") == "stopped" }) else {
        return nil
      }
      return Diagnostic(
        code: "conflicting-fields", "guest '\(name)' is declared with 'power: stopped'", at: place,
        expected: "a guest that runs: this one starts after it"
      ).related(to: stopped.place(.field("power")), "declared here")
    }
  }
}

/// Which guests depend on which.
private struct DependencyGraph {
  private let byName: [String: [Placed]]
  private let byID: [ObjectID: Placed]

  init(_ manifests: ManifestSet) {
    let guests = manifests.placed.filter { $0.id.kind == .guest }
    byName = Dictionary(grouping: guests, by: \.id.name)
    byID = Dictionary(guests.map { ($0.id, $0) }) { first, _ in first }
  }

  var names: [String] { Array(byName.keys) }

  /// The guest of a name on the same host, else all of the name on others.
  func named(_ name: String, by guest: Placed) -> [Placed] {
    let found = byName[name] ?? []
    let beside = found.filter { $0.id.host == guest.id.host }
    return beside.isEmpty ? found : beside
  }

  private func next(_ guest: Placed) -> [ObjectID] {
    guest.dependencies.flatMap { named($0.name, by: guest) }.map(\.id)
  }

  /// Each guest that depends on itself in the end, once a cycle. Depth first with a stack of its own: chains may be
  /// long.
  func cycles(from guests: [Placed]) -> [Diagnostic] {
    var found: [Diagnostic] = []
    var isDone: Set<ObjectID> = []
    for guest in guests where !isDone.contains(guest.id) {
      var way: [ObjectID] = []
      var places: [ObjectID: Int] = [:]
      var stack: [(id: ObjectID, rest: ArraySlice<ObjectID>)] = []
      func enter(_ id: ObjectID) {
        places[id] = way.count
        way.append(id)
        stack.append((id, byID[id].map { next($0)[...] } ?? []))
      }
      enter(guest.id)
      while var top = stack.popLast() {
        guard let id = top.rest.popFirst() else {
          way.removeLast()
          places[top.id] = nil
          isDone.insert(top.id)
          continue
        }
        stack.append(top)
        if let place = places[id] {
          found.append(diagnostic(way[place...].compactMap { byID[$0] }))
        } else if !isDone.contains(id) {
          enter(id)
        }
      }
    }
    return found
  }

  private func diagnostic(_ cycle: [Placed]) -> Diagnostic {
    let first = cycle[0]
    return cycle.dropFirst().reduce(
      Diagnostic(
        code: "dependency-cycle",
        "guest '\(first.id.name)' would start after itself", at: first.place(.field("dependsOn")),
        expected: "guests that do not depend on this one")
    ) { diagnostic, link in
      diagnostic.related(
        to: link.place(.field("dependsOn")), "'\(link.id.name)' depends on others here")
    }
  }
}

extension Placed {
  /// The names in `dependsOn` with their places in the list.
  fileprivate var dependencies: [(index: Int, name: String)] {
    (spec["dependsOn"]?.list ?? []).enumerated().compactMap { index, name in
      name.string.map { (index, $0) }
    }
  }
}
