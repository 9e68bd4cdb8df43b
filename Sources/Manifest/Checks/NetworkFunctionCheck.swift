import Model

/// A network of `forward: hostdev` hands out functions of a card, and is nothing else: it has no bridge and no
/// address. Any other network has no functions.
enum NetworkFunctionCheck: Check {
  static func run(_ manifests: ManifestSet) -> [Diagnostic] {
    manifests.documents.filter { $0.kind == .network }.flatMap { document in
      check(document)
    }
  }

  private static func check(_ document: Document) -> [Diagnostic] {
    guard let forward = document.spec.record("forward"), let mode = forward.string("mode") else {
      return []
    }
    let own = ["physicalFunction", "virtualFunctions", "managed", "driver"]
    if mode != "hostdev" {
      return own.filter { forward[$0] != nil }.map { field in
        Diagnostic(
          code: "conflicting-fields", "'\(field)' is not for the mode \(mode)",
          at: document.place(of: [.field("forward"), .field(field)]),
          expected: "'\(field)' with the mode hostdev only")
      }
    }
    var found = ["bridge", "address", "addresses", "dhcp"].filter { document.spec[$0] != nil }.map {
      Diagnostic(
        code: "conflicting-fields", "a network of the mode hostdev has no '\($0)'",
        at: document.place(of: [.field($0)]),
        expected: "another mode of 'forward', or no '\($0)'")
    }
    let isBroken = document.isAnyBroken(under: "forward")
    if ["physicalFunction", "virtualFunctions"].allSatisfy({ forward[$0] == nil }), !isBroken {
      found.append(
        Diagnostic(
          code: "missing-field", "a network of the mode hostdev needs the card of its functions",
          at: document.place(of: [.field("forward")]),
          expected: "forward: {mode: hostdev, physicalFunction: enp59s0f0}"))
    }
    return found
  }
}
