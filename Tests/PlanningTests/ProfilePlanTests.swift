import Model
import TestSupport
import Testing

@testable import Planning

/// What becomes of a profile in a plan: what the golden plans do not show.
@Suite("profiles in plans")
struct ProfilePlanTests {
  private func definition(_ scenario: String) async throws -> Definition {
    let plan = await (try Scenario(ScenarioFiles(scenario, in: scenarioFolder))).plan()
    let definitions = plan.steps.compactMap { step -> Definition? in
      if case .defineGuest(let definition)? = step.operation { definition } else { nil }
    }
    return try #require(definitions.first)
  }

  @Test("new devices of a guest that is there are like those that it got when it was made")
  func newDevices() async throws {
    let definition = try await definition("os-new-devices-are-like-the-first")
    let disk = definition.spec.records("disks").first { $0["name"] == "sdd" }
    #expect(disk?["bus"] == "sata")
    #expect(definition.spec.records("interfaces").last?["model"] == "e1000e")
    // And what it got stays on record.
    let applied = definition.ownership?.profile.flatMap(AppliedProfile.init(text:))
    #expect(applied?.source.hasPrefix("win10 of ") == true)
    #expect(applied?["disks[].bus"] == "sata")
  }

  @Test("a guest that follows its profile has what it was brought to on record")
  func followed() async throws {
    let definition = try await definition("os-newer-profile-is-followed")
    let applied = definition.ownership?.profile.flatMap(AppliedProfile.init(text:))
    #expect(applied?.source.hasPrefix("debian11 of ") == true)
    // Devices that the manifest does not mention are left alone.
    #expect(definition.spec["rngs"] == nil && definition.spec["channels"] == nil)
    #expect(definition.spec.record("memory")?["size"] == nil)
  }

  @Test("what is on record is read back as it was, whatever stands in it")
  func text() {
    let applied = AppliedProfile(
      source: "it's \"quoted\" <&>", fields: ["a.b": "c'd", "list": [["x": 1, "y": true]]])
    #expect(!applied.text.contains("\""))
    #expect(AppliedProfile(text: applied.text) == applied)
    #expect(AppliedProfile(text: "{}") == nil)
  }

  @Test("paths of a profile fill every disk and interface that says nothing, and keep what is said")
  func filling() {
    let guest: Record = [
      "machine": "pc",
      "disks": [
        ["name": "vda"], ["name": "vdb", "bus": "scsi"], ["name": "hda"],
        ["name": "sda", "device": "cdrom"],
      ],
      "interfaces": [["bridge": "br0"], ["pci": ["address": "0000:3b:02.1"]]],
    ]
    let (filled, paths) = guest.filled([
      .init(path: "machine", value: "q35", reason: ""),
      .init(path: "firmware.type", value: "uefi", reason: ""),
      .init(path: "disks[].bus", value: "virtio", reason: ""),
      .init(path: "interfaces[].model", value: "virtio", reason: ""),
      .init(path: "sounds[].model", value: "ich9", reason: ""),
    ])
    #expect(
      paths.map(\.path) == ["firmware.type", "disks[vda].bus", "interfaces[0].model"])
    #expect(filled["machine"] == "pc")
    #expect(filled.records("disks").map { $0["bus"] } == ["virtio", "scsi", nil, nil])
    #expect(filled["sounds"] == nil)
  }
}
