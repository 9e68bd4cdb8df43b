import Foundation
import Testing

@testable import TestSupport

@Suite("import writes what no field says as an overlay") struct ImportOverlayTests {
  private func guest(_ name: String, _ parts: String = "", devices: String) -> String {
    """
    <domain type='kvm'><name>\(name)</name><uuid>c7a5fdbd-edaf-9455-926a-d65c16db1809</uuid>
      <memory unit='GiB'>2</memory><vcpu>2</vcpu>\(parts)
      <os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os><devices>\(devices)</devices></domain>
    """
  }

  /// What an import prints; it has to be without a complaint.
  private func imported(guests: [String] = [], networks: [String] = []) async throws -> String {
    let host = SimulatedHost()
    try host.changeState { state in
      for (index, xml) in guests.enumerated() {
        state.domains["g\(index)"] = SimulatedState.Domain(inactive: try XMLTree(parsing: xml))
      }
      for (index, xml) in networks.enumerated() {
        state.networks["n\(index)"] = SimulatedState.Network(inactive: try XMLTree(parsing: xml))
      }
    }
    let result = await virtspec(
      ["import", "--host", "sim:///a", "--name", "kvm-a"],
      opener: SimulatedOpener(["sim:///a": host]))
    #expect(result.status == 0 && result.errors == "", "\(result.errors)")
    return result.output
  }

  @Test("a device that the fields leave out because it is as usual is declared whole")
  func whole() async throws {
    let output = try await imported(guests: [
      guest("g0", devices: "<memballoon model='virtio'><driver ats='on'/></memballoon>")
    ])
    #expect(
      output.contains(
        "      <memballoon model='virtio'>\n          <driver ats='on'/>\n        </memballoon>"))
    #expect(!output.contains("not imported"))
  }

  @Test("where disks cannot be declared, nothing is laid over them, and they are told")
  func omitted() async throws {
    let disk =
      "<disk type='file' device='disk'><source file='/a'/><target dev='vda' bus='virtio'/>"
      + "<geometry cyls='16' heads='1' secs='63'/></disk>"
    let perf = "<perf><event name='cmt' enabled='yes'/></perf>"
    let output = try await imported(guests: [
      guest("g0", devices: disk), guest("g1", perf, devices: disk),
    ])
    #expect(output.components(separatedBy: "<target dev='vda'/>").count == 2)
    #expect(output.contains("# not imported: devices/disk: /a is in use by guest 'g0' too"))
    #expect(output.contains("# not imported: devices/disk[vda]/geometry: <geometry"))
    #expect(output.contains("<event name='cmt' enabled='yes'/>"), "the rest is laid over")
  }

  @Test("the UUID in a guest's firmware tables stays a comment: a new guest has another one")
  func identity() async throws {
    let output = try await imported(guests: [
      guest(
        "g0",
        "<sysinfo type='smbios'><system><entry name='uuid'>c7a5fdbd-edaf-9455-926a-d65c16db1809</entry>"
          + "</system></sysinfo>", devices: "")
    ])
    #expect(!output.contains("<entry name='uuid'>"))
    #expect(output.contains("# not imported: sysinfo"))
  }

  @Test("a network that is connected in a way without a field is imported nevertheless")
  func forward() async throws {
    let output = try await imported(networks: [
      "<network><name>n0</name><uuid>c7a5fdbd-edaf-9455-926a-d65c16db1810</uuid>"
        + "<forward mode='vepa'><interface dev='eth1'/></forward></network>"
    ])
    #expect(output.contains("    <forward mode='vepa'>\n        <interface dev='eth1'/>"))
    #expect(!output.contains("external") && !output.contains("not imported"))
  }
}
