import Execution
import Libvirt
import Model
import Testing

@Suite("What a daemon tells of its host", .enabled(if: Lab.isThere))
struct LabCapabilitiesTests {
  @Test("capabilities, platforms that it takes, and those that it refuses in its own words")
  func capabilities() async throws {
    let host = try await Host.open(Lab.uri)
    let q35 = GuestPlatform(virtType: "qemu", machine: "q35")
    let slip = GuestPlatform(virtType: "qemu", machine: "q36")
    let known = try await host.hypervisor.capabilities(of: [q35, slip])
    await host.hypervisor.close()
    #expect(known.isKnown && known.guest("hvm", known.arch)?.virtTypes.contains("qemu") == true)
    #expect(known[q35]?.machine?.contains("q35") == true)
    #expect((known[q35]?.maximumCPUs ?? 0) > 1)
    guard case .refused(let reason)? = known.platforms[slip] else {
      Issue.record("q36 was not refused")
      return
    }
    #expect(reason.contains("q36"))
  }

  @Test("facts of the machine, its pools and guests")
  func facts() async throws {
    let host = try await Host.open(Lab.uri)
    let facts = try await host.hypervisor.facts(Set(HostFacts.Part.allCases))
    await host.hypervisor.close()
    #expect(facts.hypervisor == "QEMU" && facts.libvirtVersion != nil)
    #expect((facts.memory ?? 0) > 0 && (facts.cpus ?? 0) > 0)
    #expect((facts.availableMemory ?? 0) > 0 && facts.freePages[4096] != nil)
    #expect(facts.processorFlags?.contains("fpu") == true)
    #expect(facts.pools != nil && facts.guests != nil)
  }
}
