import Model
import TestSupport
import Testing

@testable import Planning

private let folder =
  #filePath.split(separator: "/").dropLast(2).map { "/" + $0 }.joined() + "/Fixtures/capabilities"

@Suite("What a Host manifest requires is held against what the host has")
struct RequirementTests {
  private func unmet(
    _ requires: Record, _ change: (inout HostKnowledge) -> Void = { _ in }
  ) async throws -> [UnmetRequirement] {
    let simulated = SimulatedHost()
    simulated.capabilities = RecordedCapabilities(
      host: "recorded", domains: ["kvm-q35"], in: folder)
    let hypervisor = simulated.connect()
    var knowledge = HostKnowledge()
    let platform = HostExamination.usualPlatform(try await hypervisor.capabilities(of: []))
    knowledge.capabilities = try await hypervisor.capabilities(of: [try #require(platform)])
    var facts = HostFacts()
    facts.hypervisor = "QEMU"
    facts.hypervisorVersion = Version(7, 2)
    facts.libvirtVersion = Version(9)
    (facts.cpus, facts.memory) = (2, 16 << 30)
    facts.processorFlags = ["avx2", "sse4.2"]
    facts.pools = [
      .init(name: "images", isActive: true, capacity: 100 << 30, available: 40 << 30),
      .init(name: "cold", isActive: false),
    ]
    knowledge.facts = facts
    change(&knowledge)
    let host = DesiredHost(name: "a", uri: "qemu:///system", source: "", requires: requires)
    return Requirements.unmet(host, knowledge)
  }

  @Test("what holds is not mentioned")
  func met() async throws {
    let all = Record([
      ("hypervisor", "qemu"), ("libvirt", ">=9.0"), ("hypervisorVersion", "<8"), ("kvm", true),
      ("iommu", false), ("tpm", true), ("firmware", ["uefi", "secureBoot"]),
      ("cpuFlags", ["avx2", "sse4_2"]), ("cpus", 2), ("memory", .integer(16 << 30)),
      ("freeSpace", ["images": "40GiB"]),
    ])
    #expect(try await unmet(all) == [])
  }

  @Test(
    "what does not hold is told with its field",
    arguments: [
      ("hypervisor", "xen", "hypervisor", "its hypervisor is qemu, not xen"),
      ("libvirt", ">=9.1", "libvirt", "libvirt 9.0.0"),
      ("hypervisorVersion", ">=8", "hypervisorVersion", "QEMU 7.2.0"),
      ("kvm", false, "kvm", "must not be"), ("iommu", true, "iommu", "does not have passing"),
      ("cpuFlags", ["avx2", "avx512f"], "cpuFlags[1]", "do not have avx512f"),
      ("cpus", 4, "cpus", "2 processors, and 4"),
      ("memory", .integer(32 << 30), "memory", "16GiB of memory, and 32GiB"),
      ("freeSpace", ["images": "41GiB"], "freeSpace.images", "has 40GiB free"),
      ("freeSpace", ["image": "1GiB"], "freeSpace.image", "no pool 'image'"),
      ("freeSpace", ["cold": "1GiB"], "freeSpace.cold", "not active"),
      ("nested", true, "nested", "not known over this connection"),
    ] as [(String, Value, String, String)])
  func broken(_ name: String, _ value: Value, _ path: String, _ message: String) async throws {
    let found = try await unmet(Record([(name, value)]))
    #expect(found.map(\.path) == [path])
    #expect(found.first?.message.contains(message) == true, "\(found)")
    #expect(found.first?.remedy.isEmpty == false)
  }

  @Test("firmware and TPM that guests cannot have")
  func guestHardware() async throws {
    let requires = Record([("tpm", true), ("firmware", ["uefi", "secureBoot"])])
    let found = try await unmet(requires) { knowledge in
      for (platform, _) in knowledge.capabilities.platforms {
        var domain = DomainCapabilities()
        domain.firmware.enums["firmware"] = []
        domain.devices["tpm"] = .init(isSupported: false)
        knowledge.capabilities.platforms[platform] = .known(domain)
      }
    }
    #expect(found.map(\.path) == ["tpm", "firmware[0]", "firmware[1]"])
  }

  @Test("a host that did not answer fulfils nothing, and one that was not asked is left alone")
  func unanswered() async throws {
    let requires = Record([("memory", .integer(1)), ("libvirt", ">=1")])
    let silent = try await unmet(requires) {
      $0 = HostKnowledge()
      $0.problem = "the connection broke"
    }
    #expect(silent.count == 2 && silent.allSatisfy { $0.message.contains("connection broke") })
    #expect(try await unmet(requires) { $0 = HostKnowledge() } == [])
  }

  @Test("only what is required is asked for")
  func parts() {
    #expect(Requirements.facts(Record([("kvm", true), ("iommu", true)])) == [])
    #expect(Requirements.facts(Record([("libvirt", "9")])) == [.machine])
    #expect(
      Requirements.facts(Record([("cpuFlags", ["vmx"]), ("freeSpace", ["a": "1B"])]))
        == [.processorFlags, .pools])
  }
}
