import LibvirtXML
import Model
import TestSupport
import Testing

@testable import Planning

/// The choice of part 1, as a table: operating system × hypervisor × what the host can do × what the manifest says.
@Suite("the choice of virtualization and drivers")
struct VirtualizationChoiceTests {
  /// One row.
  struct Row: CustomTestStringConvertible, Sendable {
    /// Of `Tests/Fixtures/capabilities`; nil for a host that was not asked.
    var host: String?
    var uri: String
    /// A recorded system, or nil for none.
    var os: String?
    var guest: Record
    var flags: Set<String>?
    /// `TYPE OSTYPE DRIVERS`.
    var chosen: String
    /// Words of what is said aloud; nil where nothing is.
    var note: String?
    /// Words of why it is refused; nil where it is not.
    var refused: String?

    init(
      _ host: String?, _ os: String?, _ guest: Record = Record(), uri: String = "qemu:///system",
      flags: Set<String>? = nil, is chosen: String, note: String? = nil, refused: String? = nil
    ) {
      self.host = host
      self.uri = uri
      self.os = os
      self.guest = guest
      self.flags = flags
      self.chosen = chosen
      self.note = note
      self.refused = refused
    }

    var testDescription: String {
      "\(os ?? "no os") on \(host ?? uri) with \(guest.canonicalJSON)"
    }
  }

  private static func disc(_ name: String) -> Record {
    Record([("disks", [["name": "sdb", "device": "cdrom", "file": .string("/iso/\(name).iso")]])])
  }

  static let qemu: [Row] = [
    Row("qemu-kvm", "debian11", is: "kvm hvm virtio"),
    Row("qemu-kvm", "fedora37", is: "kvm hvm virtio"),
    Row("qemu-kvm", "freebsd13.1", is: "kvm hvm virtio"),
    Row("qemu-kvm", "msdos6.22", is: "kvm hvm emulated"),
    Row("qemu-kvm", "win10", is: "kvm hvm emulated"),
    Row("qemu-kvm", "win10", disc("virtio-win-0.1.229"), is: "kvm hvm virtio"),
    Row("qemu-kvm", "win10", disc("windows"), is: "kvm hvm emulated"),
    Row("qemu-kvm", "win2k22", is: "kvm hvm emulated"),
    Row("qemu-kvm", "win2k22", disc("virtio-win"), is: "kvm hvm virtio"),
    Row(
      "qemu-kvm", "win2k22", ["install": ["drivers": ["file": "/srv/iso/virtio-win.iso"]]],
      is: "kvm hvm virtio"),
    Row(
      "qemu-kvm", "win11", ["drivers": "virtio"], is: "kvm hvm virtio",
      note: "its installer needs a virtio-win disc"),
    Row(
      "qemu-kvm", "msdos6.22", ["drivers": "virtio"], is: "kvm hvm virtio",
      note: "not known to have virtio drivers"),
    Row("qemu-kvm", nil, ["virtualization": "auto"], is: "kvm hvm virtio"),
    Row("qemu-kvm", "debian11", ["drivers": "emulated"], is: "kvm hvm emulated"),
    Row("qemu-kvm", "debian11", ["virtualization": "full"], is: "kvm hvm virtio"),
    Row("qemu-kvm", "debian11", ["virtType": "qemu"], is: "qemu hvm virtio"),
    Row("qemu-kvm", "debian11", ["arch": "i686"], is: "kvm hvm virtio"),
    Row(
      "qemu-kvm", "debian11", ["virtualization": "para"], is: "kvm hvm virtio",
      refused: "QEMU virtualizes guests fully"),
    Row(
      "qemu-kvm", "debian11", ["drivers": "xen"], is: "kvm hvm virtio",
      refused: "no devices of Xen's"),
    Row(
      "qemu-kvm", "debian11", ["arch": "aarch64"], is: "- hvm virtio",
      refused: "no emulator for guests of architecture aarch64"),
    Row(
      "qemu-emulation", "debian11", is: "qemu hvm virtio", note: "libvirt does not offer KVM"),
    Row(
      "qemu-emulation", "debian11", flags: ["sse2"], is: "qemu hvm virtio",
      note: "neither vmx nor svm"),
    Row(
      "qemu-emulation", "debian11", flags: ["sse2", "hypervisor"], is: "qemu hvm virtio",
      note: "give it nested virtualization"),
    Row(
      "qemu-emulation", "debian11", flags: ["vmx"], is: "qemu hvm virtio",
      note: "the processor has vmx"),
    Row(
      "qemu-emulation", "debian11", ["virtType": "kvm"], is: "kvm hvm virtio",
      refused: "which the host does not have"),
    Row("qemu-emulation", "debian11", ["virtType": "qemu"], is: "qemu hvm virtio"),
    Row(
      "qemu-emulation", "debian11", ["virtualization": "full"], is: "qemu hvm virtio", note: "slow"),
    // Nobody was asked: as libvirt has it by default.
    Row(nil, "debian11", is: "- hvm virtio"),
    Row(nil, "win10", is: "- hvm emulated"),
  ]

  static let xen: [Row] = [
    Row("xen", "debian11", is: "xen xenpvh xen"),
    Row("xen", "ubuntu22.04", is: "xen xenpvh xen"),
    Row("xen", "centos-stream9", is: "xen hvm xen"),
    Row("xen", "rhel9.0", is: "xen hvm xen"),
    Row("xen", "rhel7.9", is: "xen hvm xen"),
    Row("xen", "rhel6.9", is: "xen xen xen"),
    Row("xen", "debian4", is: "xen hvm emulated"),
    Row("xen", "freebsd13.1", is: "xen xenpvh xen"),
    Row("xen", "freebsd9.0", is: "xen hvm emulated"),
    Row("xen", "openbsd7.0", is: "xen hvm xen"),
    Row("xen", "netbsd9.0", is: "xen xen xen"),
    Row("xen", "win10", is: "xen hvm emulated"),
    Row("xen", "win10", disc("xen-pv-drivers"), is: "xen hvm xen"),
    Row("xen", nil, ["virtualization": "auto"], is: "xen hvm emulated"),
    Row("xen", "debian11", ["virtualization": "full"], is: "xen hvm xen"),
    Row(
      "xen", "debian11", ["virtualization": "full", "drivers": "emulated"], is: "xen hvm emulated"),
    Row("xen", "debian11", ["virtualization": "para"], is: "xen xenpvh xen"),
    Row("xen", "debian11", ["machine": "xenpv"], is: "xen xen xen"),
    Row("xen", nil, ["virtualization": "para"], is: "xen xenpvh xen"),
    Row(
      "xen", "win10", ["virtualization": "para"], is: "xen hvm emulated",
      refused: "does not run paravirtualized"),
    Row(
      "xen", "rhel9.0", ["machine": "xenpv"], is: "xen xen xen", refused: "no kernel for Xen's PV"),
    Row(
      "xen", "debian11", ["drivers": "virtio"], is: "xen xenpvh xen", refused: "asks for QEMU's"),
    Row(
      "xen", "debian11", ["drivers": "emulated"], is: "xen xenpvh xen",
      refused: "a PVH guest has no emulated devices"),
    Row("xen-without-pvh", "debian11", is: "xen xen xen"),
    Row("xen-without-pvh", "debian11", ["virtualization": "para"], is: "xen xen xen"),
    Row("xen-without-pvh", "freebsd13.1", is: "xen hvm xen"),
    Row(
      "xen-without-pvh", "freebsd13.1", ["virtualization": "para"], is: "xen xenpvh xen",
      refused: "no PVH guests"),
    Row("xen-without-hvm", "debian11", is: "xen xen xen"),
    Row(
      "xen-without-hvm", "debian11", ["virtualization": "full"], is: "xen hvm xen",
      refused: "needs a processor with vmx or svm"),
    Row(
      "xen-without-hvm", "win10", is: "xen hvm emulated",
      refused: "needs a processor with vmx or svm"),
    Row(nil, "debian11", uri: "xen:///system", is: "xen xenpvh xen"),
  ]

  static let others: [Row] = [
    Row("esx", "debian11", uri: "esx://esx.example.com/", is: "vmware hvm vmware"),
    Row("esx", "debian4", uri: "esx://esx.example.com/", is: "vmware hvm emulated"),
    Row("esx", "win10", uri: "esx://esx.example.com/", is: "vmware hvm emulated"),
    Row("esx", nil, ["drivers": "auto"], uri: "esx://esx.example.com/", is: "vmware hvm emulated"),
    Row(
      "esx", "debian11", ["drivers": "emulated"], uri: "esx://esx.example.com/",
      is: "vmware hvm emulated"),
    Row(
      "esx", "debian11", ["virtualization": "para"], uri: "esx://esx.example.com/",
      is: "vmware hvm vmware", refused: "VMware virtualizes guests fully"),
    Row(
      "esx", "debian11", ["drivers": "virtio"], uri: "esx://esx.example.com/",
      is: "vmware hvm vmware", refused: "asks for others"),
    Row(nil, "debian11", uri: "vpx://vc.example.com/dc/esx", is: "vmware hvm vmware"),
    Row("test", "debian11", uri: "test:///default", is: "test hvm native"),
    Row(nil, "debian11", uri: "test:///default", is: "- hvm native"),
    Row(
      "test", "debian11", ["virtualization": "para"], uri: "test:///default", is: "test hvm native",
      refused: "not known to have paravirtualized guests"),
  ]

  @Test("follows from system, hypervisor and host", arguments: qemu + xen + others)
  func row(_ row: Row) async throws {
    var capabilities = HostCapabilities()
    if let name = row.host {
      let host = SimulatedHost()
      host.capabilities = try #require(RecordedCapabilities(recorded: name))
      capabilities = try await host.connect().capabilities(of: [])
      #expect(capabilities.isKnown)
    }
    let os = try row.os.map { try #require(RecordedSystems.system($0), "\($0)") }
    let choice = VirtualizationChoice.make(
      VirtualizationQuestion(
        guest: row.guest, os: os, uri: row.uri, capabilities: capabilities,
        processorFlags: row.flags))
    #expect(
      "\(choice.virtType ?? "-") \(choice.osType) \(choice.drivers.rawValue)" == row.chosen)
    if let note = row.note {
      #expect(choice.notes.joined(separator: " ").contains(note), "\(choice.notes)")
    } else {
      #expect(choice.notes.isEmpty, "\(choice.notes)")
    }
    if let refused = row.refused {
      #expect(
        choice.refusal?.message.contains(refused) == true, "\(String(describing: choice.refusal))")
      #expect(choice.refusal?.remedy.isEmpty == false)
    } else {
      #expect(choice.refusal == nil, "\(String(describing: choice.refusal))")
      #expect(!choice.reasons.isEmpty)
    }
  }
}
