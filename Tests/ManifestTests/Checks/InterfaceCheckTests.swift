import Testing

@Suite("Interfaces")
struct InterfaceCheckTests {
  private func interface(_ fields: String, _ others: String = "") -> [String] {
    complaints(
      Sample.host + Sample.network + others + Sample.guest("interfaces: [{\(fields)}]"))
  }

  @Test("an interface is connected to something")
  func source() {
    #expect(interface("model: virtio") == ["missing-source: {model: virtio}"])
  }

  @Test(
    "networks, bridges, devices and other types are something",
    arguments: ["network: web", "bridge: br0", "direct: eth0", "type: user"])
  func sources(_ fields: String) {
    #expect(interface(fields) == [])
  }

  @Test("its network is declared on its own host")
  func network() {
    #expect(interface("network: db") == ["unknown-reference: db"])
    let elsewhere = Sample.document("Network", "db", "host: kvm-b, forward: isolated")
    #expect(interface("network: db", Sample.otherHost + elsewhere) == ["unknown-reference: db"])
  }

  @Test("a fixed address needs a network that virtspec manages")
  func address() {
    #expect(interface("network: web, ip: 10.20.0.9") == [])
    #expect(interface("bridge: br0, ip: 10.20.0.9") == ["conflicting-fields: 10.20.0.9"])
    let external = Sample.network("lan", "external: true")
    #expect(
      interface("network: lan, ip: 10.20.0.9", external) == ["conflicting-fields: 10.20.0.9"])
    #expect(interface("network: lan", external) == [])
  }

  @Test("a port group is one of the network's, where that is known")
  func portGroup() {
    let groups = Sample.network(
      "lan", "forward: bridge, bridge: br0, portGroups: [{name: fast, default: true}]")
    #expect(interface("network: lan, portGroup: fast", groups) == [])
    #expect(interface("network: lan, portGroup: slow", groups) == ["unknown-reference: slow"])
    let external = Sample.network("old", "external: true")
    #expect(interface("network: old, portGroup: slow", external) == [])
  }

  @Test("nothing is concluded from a connection that could not be read")
  func consequences() {
    #expect(interface("network: my net, ip: 10.20.0.9") == ["wrong-format: my net"])
    #expect(interface("netwrok: web") == ["unknown-field: netwrok: web"])
  }

  @Test("nothing is concluded from a network whose host is in doubt")
  func unplacedNetwork() {
    let lost = Sample.document("Network", "db", "host: kvm-x, forward: isolated")
    #expect(interface("network: db", lost) == ["unknown-reference: kvm-x"])
  }
}
