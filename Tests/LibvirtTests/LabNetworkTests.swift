import Execution
import Model
import Planning
import Testing

@testable import Libvirt

@Suite("Networks on a daemon", .enabled(if: Lab.isThere))
struct LabNetworkTests {
  private let octet = Int.random(in: 0...255)

  private var spec: Record {
    Record([
      ("forward", ["mode": "isolated"]),
      (
        "addresses",
        [
          [
            "address": .string("10.213.\(octet).1/24"),
            "dhcp": [
              "ranges": [
                ["start": .string("10.213.\(octet).100"), "end": .string("10.213.\(octet).150")]
              ]
            ],
          ]
        ]
      ),
    ])
  }

  private func reservation(_ last: Int) -> Record {
    Record([
      ("mac", "52:54:00:00:00:01"), ("address", .string("10.213.\(octet).\(last)")),
      ("name", "web"),
    ])
  }

  @Test("A network is defined, started, changed live, redefined, stopped and undefined")
  func lifeCycle() async throws {
    let host = try await Host.open(Lab.uri)
    let name = Lab.name("net-")
    let result = await Result {
      try await host.perform(.defineNetwork(.of(.network, name, spec)), .network, name)
      let defined = try await host.network(name)
      #expect(!defined.active && defined.persistent && defined.live == nil)
      #expect(defined.ownership?.stack == "tests")
      #expect(defined.uuid == Digest.uuid(stack: "tests", kind: .network, name: name))

      try await host.perform(.startNetwork, .network, name)
      try await host.perform(.startNetwork, .network, name)
      try await host.perform(.setNetworkAutostart(true), .network, name)
      let active = try await host.network(name)
      #expect(active.active && active.autostart && active.live != nil)
      #expect(active.fingerprint.hasSameDefinition(as: defined.fingerprint))

      try await changeLive(host, name)
      try await redefine(host, name, active)
      try await host.perform(.stopNetwork, .network, name)
      #expect(try await !host.network(name).active)
    }
    await host.tidy([.stopNetwork, .undefineNetwork, .undefineNetwork], .network, name)
    #expect(try await !host.observe().networks.contains { $0.name == name })
    await host.hypervisor.close()
    try result.get()
  }

  @Test("Forty networks that are defined side by side have a bridge each")
  func bridges() async throws {
    let host = try await Host.open(Lab.uri)
    let stem = Lab.name("bridges-")
    let names = (0..<40).map { "\(stem)-\($0)" }
    let isolated = Record([("forward", ["mode": "isolated"])])
    let result = await Result {
      try await withThrowingTaskGroup(of: Void.self) { group in
        for name in names {
          group.addTask {
            try await host.perform(.defineNetwork(.of(.network, name, isolated)), .network, name)
          }
        }
        try await group.waitForAll()
      }
      let shape = Shape(of: Record([("bridge", ["name": "virbr0"])]))
      let shapes = Dictionary(uniqueKeysWithValues: names.map { ($0, shape) })
      let seen = try await host.observe([.network: shapes]).networks
        .filter { $0.name.hasPrefix(stem) }
      let bridges = seen.compactMap { $0.spec.record("bridge")?.string("name") }
      #expect(bridges.count == names.count)
      #expect(Set(bridges).count == names.count, "\(bridges.sorted())")
    }
    await withTaskGroup(of: Void.self) { group in
      for name in names {
        group.addTask { await host.tidy([.undefineNetwork], .network, name) }
      }
    }
    await host.hypervisor.close()
    try result.get()
  }

  private func live(_ host: Host, _ name: String) async throws -> [Record] {
    let address = try await host.network(name).live?.records("addresses").first
    return address?.record("dhcp")?.records("reservations") ?? []
  }

  private func changeLive(_ host: Host, _ name: String) async throws {
    func update(_ command: NetworkUpdate.Command, _ last: Int) -> Operation {
      .updateNetwork(
        NetworkUpdate(
          section: .dhcpHost, command: command, addressIndex: 0, entry: reservation(last)))
    }
    try await host.perform(update(.add, 20), .network, name)
    #expect(try await live(host, name).map { $0.string("address") } == ["10.213.\(octet).20"])
    try await host.perform(update(.modify, 21), .network, name)
    #expect(try await live(host, name).map { $0.string("address") } == ["10.213.\(octet).21"])
    try await host.perform(update(.delete, 21), .network, name)
    #expect(try await live(host, name).isEmpty)

    let dns = Record([("address", "10.213.0.9"), ("names", ["db.example.org"])])
    let add = NetworkUpdate(section: .dnsHost, command: .add, entry: dns)
    try await host.perform(.updateNetwork(add), .network, name)
    #expect(try await host.network(name).live?.record("dns")?.records("hosts").count == 1)
    // The persistent definition is not touched.
    #expect(try await host.network(name).spec.record("dns")?.records("hosts").count ?? 0 == 0)
    let text = NetworkUpdate(
      section: .dnsTxt, command: .add, entry: Record([("name", "t"), ("value", "v")]))
    try await host.perform(.updateNetwork(text), .network, name)
  }

  private func redefine(_ host: Host, _ name: String, _ seen: ObservedNetwork) async throws {
    let change = Record([("domain", ["name": "lab.example.org"])])
    try await host.perform(
      .defineNetwork(.of(.network, name, change, over: seen.fingerprint)), .network, name)
    let changed = try await host.network(name)
    #expect(changed.spec.record("domain")?.string("name") == "lab.example.org")
    #expect(changed.live?.record("domain") == nil)
    #expect(changed.uuid == seen.uuid)
    #expect(changed.ownership != nil)
    #expect(changed.spec.records("addresses").count == 1)
    let late = Definition.of(.network, name, change, over: seen.fingerprint)
    #expect(try await host.refusal(.defineNetwork(late), .network, name).code == .changed)
  }
}
