import Model

/// What a guest is waited for is something, can be told, and can come about.
enum ReadinessCheck: Check {
  private static let agentChannel = "org.qemu.guest_agent.0"

  static func run(_ manifests: ManifestSet) -> [Diagnostic] {
    manifests.placed.filter { $0.id.kind == .guest && $0.spec["ready"] != nil }.flatMap(check)
  }

  private static func check(_ guest: Placed) -> [Diagnostic] {
    guard let ready = guest.spec.record("ready") else { return [] }
    return [
      nothing(ready, guest), pattern(ready, guest), network(ready, guest), agent(ready, guest),
      timeout(ready, guest),
    ].compactMap(\.self)
  }

  private static func nothing(_ ready: Record, _ guest: Placed) -> Diagnostic? {
    let conditions = ["address", "agent", "tcp", "ssh", "cloudInit", "console"]
    let isSaid = conditions.contains { name in
      guest.isBroken(.field("ready"), .field(name))
        || ready[name].map { $0.boolean != false } == true
    }
    if isSaid { return nil }
    return Diagnostic(
      code: "missing-field", "'ready' says nothing that is waited for",
      at: guest.place(.field("ready")),
      expected: "one of 'address: true', 'agent: true', 'tcp: 80', 'ssh: true', 'cloudInit: true', "
        + "'console: login:', or no 'ready'")
  }

  private static func pattern(_ ready: Record, _ guest: Placed) -> Diagnostic? {
    guard let pattern = ready.string("console"), (try? Regex(pattern)) == nil else { return nil }
    return Diagnostic(
      code: "wrong-format", "'\(pattern)' is no regular expression",
      at: guest.place(.field("ready"), .field("console")),
      expected: #"one that a line matches, such as 'login:' or '^done in \d+ s'"#)
  }

  private static func network(_ ready: Record, _ guest: Placed) -> Diagnostic? {
    guard guest.spec["interfaces"]?.list?.isEmpty == true,
      let name = ["address", "tcp", "ssh"].first(where: {
        ready[$0].map { $0.boolean != false } == true
      })
    else { return nil }
    return Diagnostic(
      code: "conflicting-fields", "the guest has no interface to be reached by",
      at: guest.place(.field("ready"), .field(name)),
      expected: "an interface, or something else to wait for, such as 'console'"
    ).related(to: guest.place(.field("interfaces")), "'interfaces' is empty")
  }

  private static func agent(_ ready: Record, _ guest: Placed) -> Diagnostic? {
    guard ready.boolean("agent") == true, !guest.isBroken(.field("channels")),
      guest.spec.string("xml")?.contains(agentChannel) != true,
      !guest.spec.records("channels").contains(where: { $0.string("name") == agentChannel })
    else { return nil }
    return Diagnostic(
      code: "missing-field", "the guest has no channel over which its agent could answer",
      at: guest.place(.field("ready"), .field("agent")),
      expected: "'channels: [{name: \(agentChannel)}]' under spec")
  }

  private static func timeout(_ ready: Record, _ guest: Placed) -> Diagnostic? {
    guard let seconds = ready.integer("timeout"), seconds < 1 else { return nil }
    return Diagnostic(
      code: "out-of-range", "a guest that has no time is never ready",
      at: guest.place(.field("ready"), .field("timeout")), expected: "at least 1s")
  }
}
