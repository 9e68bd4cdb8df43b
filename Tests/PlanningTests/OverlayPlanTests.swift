import Execution
import Model
import Planning
import TestSupport
import Testing

@Suite("Overlays on a host") struct OverlayPlanTests {
  /// A definition as it is without what virtspec writes into it.
  private func definition(_ host: SimulatedHost, _ guest: String) throws -> XMLTree {
    var tree = try XMLTree(parsing: try #require(host.inactiveXML(ofGuest: guest)))
    tree.removeAll("metadata")
    // What the manifest's memory says is the manifest's.
    tree.removeAll("currentMemory")
    return tree
  }

  @Test("an overlay that goes leaves the guest as it was found")
  func restored() async throws {
    let files = ScenarioFiles("overlay-gone-keeps-what-was-there", in: scenarioFolder)
    let scenario = try await Scenario(files)
    let host = try #require(scenario.hosts["kvm-a"])
    #expect(try definition(host, "old").text("devices/rng/rate/@bytes") == "1024")
    _ = await scenario.apply(await scenario.plan())
    let untouched = try SimulatedHost(folder: scenarioFolder + "/" + files.name)
    #expect(try definition(host, "old") == definition(untouched, "old"))
  }

  @Test(
    "what an overlay had added goes even when the run that takes it out dies at any call",
    arguments: 1...12)
  func killed(at call: Int) async throws {
    let scenario = try await Scenario(ScenarioFiles("overlay-gone", in: scenarioFolder))
    let host = try #require(scenario.hosts["kvm-a"])
    let added = ["<product name='disk'/>", "dnsmasq:option", "qemu:arg", "<rng", "nosharepages"]
    let before = host.snapshot.values.joined()
    #expect(added.allSatisfy(before.contains))
    for fault in [Fault.dieBefore, .dieAfter] {
      let plan = await scenario.plan()
      _ = await scenario.apply(
        plan, SimulatedCalls(faults: { _, _, number in number == call ? fault : nil }))
    }
    _ = await scenario.apply(await scenario.plan())
    #expect(await scenario.plan().isEmpty)
    let pool = try #require(host.snapshot["pool/images"])
    // What runs keeps it until it starts anew, as with fields that are gone.
    let network = try #require(host.snapshot["network/web"]?.split(separator: "</network>").first)
    let guest = try #require(host.inactiveXML(ofGuest: "web-1"))
    for text in added { #expect(!guest.contains(text), "\(text)") }
    for text in added { #expect(!(pool + network).contains(text), "\(text)") }
    #expect(host.snapshot["ledger/shop"]?.contains("added") == false)
  }

  @Test("an overlay that is ignored is neither compared nor taken out")
  func ignored() async throws {
    let document = XMLElement(XMLName("domain"))
    let spec = Record([
      ("xml", .string("<title>x</title>")),
      ("lifecycle", .record(Record([("ignore", .list([.string("xml")]))]))),
    ])
    let object = DesiredObject(
      id: ObjectID(host: "a", kind: .guest, name: "g"), spec: spec, source: "")
    var observed = ObservedGuest(
      name: "g", uuid: "", power: .stopped,
      ownership: Ownership(
        stack: "s", source: "", digest: Digest.sha256(spec.canonicalJSON, length: 32),
        appliedSpec: spec.canonicalJSON),
      spec: Record(), fingerprint: "f")
    observed.xml = document
    let plan = Planner.plan(
      Desired(
        stack: "s", hosts: [DesiredHost(name: "a", uri: "test:///default", source: "")],
        objects: [object]),
      readings: ["a": .read(ObservedHost(guests: [observed]))], options: PlanOptions())
    #expect(plan.isEmpty)
  }
}
