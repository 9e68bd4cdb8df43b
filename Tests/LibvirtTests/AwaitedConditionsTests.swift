import FoundationEssentials
import Model
import Planning
import Testing

@testable import Libvirt

@Suite("Conditions that are waited for") struct AwaitedConditionsTests {
  private func conditions(
    _ conditions: [Readiness.Condition], _ interfaces: [Readiness.Interface] = []
  ) throws -> AwaitedConditions {
    try AwaitedConditions(
      Readiness(
        conditions: conditions, timeoutSeconds: 60, interfaces: interfaces, isBoot: true,
        settled: Ownership(stack: "s", source: "", digest: "", appliedSpec: "")))
  }

  private func view(_ addresses: GuestAddress...) -> GuestView {
    var view = GuestView()
    view.addresses = addresses
    view.noAddress = "no lease on network web"
    return view
  }

  private func lease(_ address: String, _ mac: String = "52:54:00:00:00:01") -> GuestAddress {
    GuestAddress(mac: mac, address: address, source: .lease)
  }

  @Test("any address will do where none is declared, but not one of the link alone")
  func anyAddress() throws {
    var found = try conditions([.address])
    found.look(at: view())
    #expect(found.open.map(\.seen) == ["no lease on network web"])
    found.look(at: view(lease("fe80::1"), lease("169.254.1.2")))
    #expect(!found.areMet)
    found.look(at: view(lease("fe80::1"), lease("10.0.0.7")))
    #expect(found.areMet)
  }

  @Test("declared addresses must be there, each on its interface")
  func declaredAddresses() throws {
    let first = Readiness.Interface(mac: "52:54:00:00:00:01", network: "web", address: "10.0.0.11")
    let second = Readiness.Interface(mac: "52:54:00:00:00:02", network: "six", address: "fd00::11")
    var found = try conditions([.address], [first, second])
    var other = view(lease("10.0.0.150"))
    other.holders = ["10.0.0.11": "52:54:00:00:00:09"]
    found.look(at: other)
    #expect(
      found.open.first?.seen
        == "interface 52:54:00:00:00:01 has 10.0.0.150 (lease), and is to have 10.0.0.11, "
        + "which is leased to 52:54:00:00:00:09")
    found.look(at: view(lease("10.0.0.11")))
    #expect(found.open.first?.seen == "fd00::11 is not there: no lease on network web")
    // Another spelling of the same address.
    found.look(at: view(lease("10.0.0.11"), lease("fd00:0::11", "52:54:00:00:00:02")))
    #expect(found.areMet)
  }

  @Test("a port without an address to try it at says so")
  func noAddress() throws {
    var found = try conditions([.tcp(port: 80), .ssh])
    found.look(at: view())
    #expect(
      found.open.map(\.seen)
        == Array(repeating: "no address to try: no lease on network web", count: 2))
    #expect(found.missing == "tcp 80, ssh")
  }

  @Test("a line of the console matches, also one that has no end yet")
  func console() throws {
    var found = try conditions([.console(pattern: "login: $"), .console(pattern: "^up$")])
    found.look(at: ["booting", "it is up"])
    #expect(found.open.count == 2)
    found.look(at: ["host login: "])
    #expect(found.open.map(\.condition) == [.console(pattern: "^up$")])
    found.look(at: ["up"])
    #expect(found.areMet)
  }

  @Test("cloud-init is done when its last message is on the console")
  func cloudInitMessage() throws {
    var found = try conditions([.cloudInit])
    found.look(at: ["Cloud-init v. 22.4.2 running 'modules:final' at Mon, 01 Jan 2024. Up 9 s."])
    #expect(!found.areMet)
    found.look(
      at: [
        "[   12.3] cloud-init[512]: Cloud-init v. 22.4.2 finished at Mon, 01 Jan 2024 00:00:12 +0000."
      ])
    #expect(found.areMet)
  }

  @Test("or when the agent says so")
  func cloudInitByAgent() throws {
    var found = try conditions([.cloudInit])
    var seen = view()
    seen.agent = .silent("no agent has opened its channel")
    found.look(at: seen)
    #expect(
      found.open.first?.seen
        == "no word of it on the console; no agent has opened its channel")
    seen.agent = .answers
    seen.cloudInit = .done
    found.look(at: seen)
    #expect(found.areMet)
  }

  @Test("its result tells of errors, and of nothing while it is not there")
  func cloudInitResult() {
    func result(_ text: String) -> CloudInitResult? { CloudInitResult(Data(text.utf8)) }
    #expect(result(#"{"v1": {"datasource": "DataSourceNoCloud", "errors": []}}"#) == .done)
    #expect(
      result(#"{"v1": {"datasource": null, "errors": ["('x', 1)"]}}"#) == .failed(["('x', 1)"]))
    #expect(result("") == nil)
    #expect(result("{}") == nil)
  }

  @Test("only what is open is asked for")
  func needs() throws {
    let console = try conditions([.console(pattern: "x")]).needs
    #expect(!console.addresses && !console.agent)
    let port = try conditions([.tcp(port: 1)]).needs
    #expect(port.addresses && !port.agent)
    let cloudInit = try conditions([.cloudInit]).needs
    #expect(cloudInit.agent && cloudInit.cloudInit && !cloudInit.addresses)
  }
}
