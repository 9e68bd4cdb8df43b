import Model
import Planning
import TestSupport
import Testing

/// What a plan's text does not show: the XML that comes of it.
@Suite("Applied scenarios") struct AppliedTests {
  /// A guest's definition before and after a scenario.
  private func definitions(
    _ name: String, of guest: String = "web-1"
  ) async throws -> (before: XMLTree?, after: XMLTree) {
    let scenario = try await Scenario(ScenarioFiles(name, in: scenarioFolder))
    let host = try #require(scenario.hosts["kvm-a"])
    let before = try host.inactiveXML(ofGuest: guest).map { try XMLTree(parsing: $0) }
    let result = await scenario.apply(await scenario.plan())
    #expect(result.succeeded)
    let after = try #require(host.inactiveXML(ofGuest: guest))
    return (before, try XMLTree(parsing: after))
  }

  private func macs(_ tree: XMLTree?) -> [String?] {
    tree?.child("devices")?.all("interface").map { $0.text("mac/@address") } ?? []
  }

  @Test("a new disk on an existing volume takes the volume's format, not the pool's usual one")
  func format() async throws {
    let (_, after) = try await definitions("external-present", of: "web-2")
    #expect(after.text("devices/disk/driver/@type") == "raw")
  }

  @Test("adoption keeps the UUID, the MAC and the metadata of others")
  func adoption() async throws {
    let (before, after) = try await definitions("adopt-without-difference")
    #expect(after.text("uuid") == "33333333-3333-4333-8333-333333333333")
    #expect(after.text("metadata/other:note") == "hands off")
    #expect(after.text("metadata/virtspec:object/@stack") == "shop")
    #expect(after.child("devices") == before?.child("devices"))
  }

  @Test("a host is read from a folder of XML")
  func folder() async throws {
    let host = try SimulatedHost(folder: scenarioFolder + "/adopt-taken")
    let objects = Set(host.snapshot.keys)
    #expect(
      objects == ["network/web", "pool/images", "file//srv/images/web-1.qcow2", "guest/web-1"])
    #expect(host.liveXML(ofGuest: "web-1") != nil)
  }

  @Test("an interface that goes in the middle leaves the MACs of the others")
  func macs() async throws {
    let (before, after) = try await definitions("interface-removed-in-the-middle")
    let old = macs(before)
    try #require(old.count == 3)
    #expect(macs(after) == [old[0], old[2]])
  }

  @Test("a disk that moves to another bus leaves its old address behind")
  func bus() async throws {
    let (before, after) = try await definitions("disk-bus-changes")
    #expect(before?.text("devices/disk/address/@type") == "pci")
    #expect(after.text("devices/disk/address/@type") == "drive")
  }

  @Test("a change of the firmware's kind takes along what libvirt picked for the old one")
  func firmware() async throws {
    let (before, after) = try await definitions("guest-firmware-changes")
    #expect(before?.text("os/loader") != nil)
    for path in ["os/loader", "os/nvram", "os/@firmware"] { #expect(after.text(path) == nil) }
  }

  @Test("a disk on a logical volume is a raw block device")
  func logical() async throws {
    let (_, after) = try await definitions("logical-volume-for-a-guest")
    let disk = after.child("devices")?.child("disk")
    #expect(disk?["type"] == "block")
    #expect(disk?.text("source/@dev") == "/dev/vg0/web-1-vda")
    #expect(disk?.text("driver/@type") == "raw")
  }
}
