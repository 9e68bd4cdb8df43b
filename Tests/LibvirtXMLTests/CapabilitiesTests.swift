import Foundation
import LibvirtXML
import Model
import Testing

/// Recorded documents: `Tests/Fixtures/capabilities`.
@Suite("Capabilities are read off recorded documents")
struct CapabilitiesTests {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Fixtures/capabilities")

  private func document<Result>(
    _ name: String, _ body: (borrowing ObservedDocument) -> Result
  ) throws -> Result {
    let bytes = try [UInt8](Data(contentsOf: Self.folder.appending(path: name + ".xml")))
    return try bytes.withUnsafeBufferPointer { body(try ObservedDocument(parsing: $0)) }
  }

  @Test("a QEMU host tells its processors, cells, pages, security drivers and machine types")
  func qemu() throws {
    let host = try document("host-recorded") { $0.capabilities() }
    #expect(host.isKnown && host.arch == "x86_64" && host.hasIOMMU == false)
    #expect(host.processor.vendor == "AMD" && host.processor.model == "kvm64")
    #expect(host.processor.features.contains("avx2") && host.processor.cores == 2)
    #expect(host.pageSizes == [4096, 2 << 20, 1 << 30])
    let cell = try #require(host.cells.first)
    #expect(host.cells.count == 1 && cell.cpus == 2 && cell.memory == 16_345_300 << 10)
    #expect(cell.pages.first == HostCapabilities.Pages(size: 4096, count: 4_086_325))
    #expect(host.securityModels == ["none", "dac"])
    let guest = try #require(host.guest("hvm", "x86_64"))
    #expect(guest.emulator == "/usr/bin/qemu-system-x86_64")
    #expect(guest.virtTypes == ["qemu", "kvm"])
    #expect(guest.machines["q35"] == "pc-q35-7.2")
    #expect(guest.machineTypes.first { $0.name == "q35" }?.maximumCPUs == 288)
    #expect(host.guest("hvm", "aarch64") == nil)
  }

  @Test("a Xen host has guests of the kinds PV, PVH and HVM")
  func xen() throws {
    let host = try document("host-xen") { $0.capabilities() }
    #expect(host.guests.map(\.type) == ["xen", "xenpvh", "hvm"])
    #expect(host.guests.allSatisfy { $0.virtTypes == ["xen"] })
    #expect(host.guest("xenpvh", "x86_64")?.machineTypes.map(\.name) == ["xenpvh"])
    #expect(host.hasIOMMU == true)
  }

  @Test("an ESX host tells little, which is not the same as having little")
  func esx() throws {
    let host = try document("host-esx") { $0.capabilities() }
    #expect(host.guests.map(\.arch) == ["i686", "x86_64"])
    #expect(host.guests.allSatisfy { $0.virtTypes == ["vmware"] && $0.machineTypes.isEmpty })
    #expect(host.cells.isEmpty && host.processor.model == nil)
  }

  @Test("domain capabilities tell limits, firmware, CPU modes and models, devices and features")
  func domain() throws {
    let domain = try document("domain-kvm-q35") { $0.domainCapabilities() }
    #expect(domain.virtType == "kvm" && domain.machine == "pc-q35-7.2" && domain.arch == "x86_64")
    #expect(domain.maximumCPUs == 288 && domain.hasIOThreads == true)
    #expect(domain.hasUEFI == true && domain.hasSecureBoot == true)
    #expect(domain.loaders.contains { $0.contains("OVMF") })
    #expect(domain.cpuModes["host-passthrough"] == true && domain.cpuModes["custom"] == true)
    #expect(domain.cpuModels.first { $0.name == "486" }?.isUsable == true)
    #expect(domain.cpuModels.first { $0.name == "EPYC" }?.isUsable == false)
    #expect(domain.hostModel == "kvm64" && domain.hostModelFeatures["umip"] == "require")
    #expect(domain.values("disk", "bus")?.contains("virtio") == true)
    #expect(domain.values("tpm", "backendModel")?.contains("emulator") == true)
    #expect(domain.features["sev"]?.isSupported == false)
    #expect(domain.memoryBacking["sourceType"] == ["file", "anonymous", "memfd"])
  }

  @Test("what is not reported is unknown, and what is not supported takes nothing")
  func unknown() throws {
    let domain = try document("domain-kvm-q35") { $0.domainCapabilities() }
    #expect(domain.values("net", "model") == nil)
    #expect(domain.values("disk", "unheard") == nil)
    #expect(domain.devices["panic"] == nil)
    #expect(domain.firmwareFeatures["secureBoot"] == nil)
    let pv = try document("domain-xen-pv") { $0.domainCapabilities() }
    #expect(pv.loader["type"] == [] && pv.hasUEFI == false && pv.hasSecureBoot == false)
    #expect(pv.values("disk", "model") == [])
    #expect(pv.devices["tpm"] == nil && pv.cpuModels.isEmpty)
    let nothing = DomainCapabilities()
    #expect(nothing.hasUEFI == nil && nothing.hasSecureBoot == nil)
  }

  @Test("the i440fx machine has no Secure Boot, and newer libvirt tells that by a feature")
  func secureBoot() throws {
    let old = try document("domain-kvm-pc") { $0.domainCapabilities() }
    #expect(old.hasUEFI == true && old.hasSecureBoot == false)
    var new = old
    new.firmwareFeatures.enums["secureBoot"] = ["yes", "no"]
    #expect(new.hasSecureBoot == true)
    new.firmware.enums["firmware"] = ["bios"]
    #expect(new.hasUEFI == false && new.hasSecureBoot == false)
  }
}
