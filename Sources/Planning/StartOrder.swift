import Model

/// Which guests start only after which others are ready, by their `dependsOn`.
struct StartOrder {
  /// By guest, the guests that it starts after.
  private(set) var after: [ObjectID: Set<ObjectID>] = [:]
  private let unreadable: [String: String]

  /// - Parameters:
  ///   - desired: nil where nothing starts.
  ///   - unreadable: the hosts that could not be read.
  init(_ desired: Desired?, unreadable: [UnreadableHost]) {
    self.unreadable = Dictionary(
      unreadable.map { ($0.host, $0.reason) }, uniquingKeysWith: { first, _ in first })
    let waiting =
      desired?.objects.filter {
        $0.id.kind == .guest && $0.spec["dependsOn"]?.list?.isEmpty == false
      } ?? []
    guard let desired, !waiting.isEmpty else { return }
    var byName: [String: [ObjectID]] = [:]
    for object in desired.objects where object.id.kind == .guest {
      byName[object.id.name, default: []].append(object.id)
    }
    for object in waiting {
      let names = object.spec["dependsOn"]?.list?.compactMap(\.string) ?? []
      after[object.id] = Set(names.flatMap { Self.named($0, by: object.id, byName) })
    }
  }

  /// The guest of a name on the same host, else all of the name on others.
  static func named(
    _ name: String, by guest: ObjectID, _ byName: [String: [ObjectID]]
  ) -> [ObjectID] {
    let found = byName[name] ?? []
    let beside = found.filter { $0.host == guest.host }
    return beside.isEmpty ? found : beside
  }

  /// The steps, starts blocked that would come after a guest of which nothing is known.
  func guarded(_ steps: [Step]) -> [Step] {
    if after.isEmpty || unreadable.isEmpty { return steps }
    return steps.map { step in
      guard step.beginsStart, step.blocked == nil,
        let unknown = after[step.object]?.filter({ unreadable[$0.host] != nil }).min()
      else { return step }
      var copy = step
      copy.blocked = Blockage(
        .dependency, "it starts after \(unknown), which could not be read",
        remedy: "let host '\(unknown.host)' answer, or take the guest out of 'dependsOn'")
      return copy
    }
  }
}
