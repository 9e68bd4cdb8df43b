import Model
import Testing

@Suite("Claims of several hosts on one thing")
struct FleetCheckTests {
  /// Two guests with the same spec on two hosts.
  private func pair(_ spec: String, _ shared: String = "") -> [String] {
    complaints(
      Sample.host + Sample.otherHost + shared
        + Sample.document("Guest", "one", "host: kvm-a, memory: 1GiB, " + spec)
        + Sample.document("Guest", "two", "host: kvm-b, memory: 1GiB, " + spec))
  }

  private let everywhere = "hosts: {matchLabels: {site: ams}}, "

  @Test("one MAC address on the network outside is refused, behind NAT it is not")
  func macs() {
    let mac = "mac: '52:54:00:00:00:01'"
    #expect(
      pair("interfaces: [{bridge: br0, \(mac)}]")
        == ["duplicate-mac: '52:54:00:00:00:01' <- '52:54:00:00:00:01'"])
    let nat = Sample.document("Network", "lan", everywhere + "forward: nat, address: 10.1.0.1/24")
    #expect(pair("interfaces: [{network: lan, \(mac)}]", nat) == [])
    let bridged = Sample.document("Network", "lan", everywhere + "forward: bridge, bridge: br0")
    #expect(pair("interfaces: [{network: lan, \(mac)}]", bridged).count == 1)
  }

  @Test("one fixed address on routed networks of two hosts is refused")
  func addresses() {
    let routed = Sample.document(
      "Network", "lan", everywhere + "forward: route, address: 10.1.0.1/24")
    #expect(
      pair("interfaces: [{network: lan, ip: 10.1.0.7}]", routed)
        == ["duplicate-address: 10.1.0.7 <- 10.1.0.7"])
  }

  @Test("one volume on storage that both hosts mount is refused, unless it is shared on purpose")
  func disks() {
    func storage(_ type: String) -> String {
      Sample.document("Pool", "images", everywhere + type)
        + Sample.document(
          "Volume", "data.qcow2", everywhere + "pool: images, capacity: 1GiB, external: true")
    }
    let shared = storage(
      "type: netfs, path: /srv/images, source: {hosts: [nas], directory: /export/images}")
    let disk = "name: vda, pool: images, volume: data.qcow2"
    #expect(pair("disks: [{\(disk)}]", shared) == ["shared-disk: {\(disk)} <- {\(disk)}"])
    #expect(pair("disks: [{\(disk), shareable: true}]", shared) == [])
    #expect(pair("disks: [{\(disk)}]", storage("type: dir, path: /srv/images")) == [])
  }
}

@Suite("What the guests of a host want together")
struct CapacityCheckTests {
  private func host(_ limits: String, _ guests: String...) -> [String] {
    complaints(
      Sample.document("Host", "kvm-a", "uri: qemu:///system, limits: {\(limits)}")
        + guests.enumerated().map { Sample.guest($1, name: "web-\($0)") }.joined())
  }

  @Test("guests that fit are fine; more memory or processors than granted are refused")
  func sums() {
    let guest = "memory: 2GiB, cpus: 2"
    #expect(host("memory: 4GiB, cpus: 4", guest, guest) == [])
    #expect(host("memory: 3GiB", guest, guest) == ["over-limit: 3GiB"])
    #expect(host("cpus: 3", guest, guest) == ["over-limit: 3"])
  }

  @Test("a guest counts with its maximum of memory, and not at all when it is declared off")
  func counted() {
    #expect(host("memory: 3GiB", "memory: {size: 1GiB, max: 4GiB}") == ["over-limit: 3GiB"])
    #expect(host("memory: 3GiB", "memory: 2GiB", "memory: 2GiB, power: stopped") == [])
  }

  @Test("where the host says so, it is a warning")
  func warning() {
    let guest = "memory: 2GiB"
    #expect(host("memory: 1GiB, onExceeded: warning", guest) == ["over-limit: 1GiB"])
    #expect(severities(host: "memory: 1GiB, onExceeded: warning", guest) == [.warning])
    #expect(severities(host: "memory: 1GiB", guest) == [.error])
  }

  private func severities(host limits: String, _ guest: String) -> [Diagnostic.Severity] {
    diagnostics(
      Sample.document("Host", "kvm-a", "uri: qemu:///system, limits: {\(limits)}")
        + Sample.guest(guest)
    ).map(\.severity)
  }
}
