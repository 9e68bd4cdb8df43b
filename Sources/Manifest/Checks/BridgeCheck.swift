import Model

/// A bridge that a network makes belongs to that network alone.
enum BridgeCheck: Check {
  static func run(_ manifests: ManifestSet) -> [Diagnostic] {
    var found: [Diagnostic] = []
    for (host, networks) in manifests.byHost(.network) {
      var owners: [String: Placed] = [:]
      for network in networks
      where ForwardMode.makesBridge(network.spec.record("forward")?.string("mode")) {
        guard let name = network.spec.record("bridge")?.string("name") else { continue }
        if let first = owners[name] {
          found.append(
            Diagnostic(
              code: "duplicate-bridge", "bridge '\(name)' is made twice on host '\(host)'",
              at: network.place(.field("bridge"), .field("name"))
            ).related(to: first.place(.field("bridge"), .field("name")), "also here"))
        } else {
          owners[name] = network
        }
      }
    }
    return found
  }
}
