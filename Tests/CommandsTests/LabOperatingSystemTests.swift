import Foundation
import Libvirt
import TestSupport
import Testing

extension LabTests {
  @Suite("operating systems on a real daemon")
  struct LabOperatingSystemTests {
    /// The spec that people copy, with discs that are a few bytes, and emulated: the lab's processors may be anything.
    private static func manifests(_ folder: String) throws -> String {
      try String(contentsOfFile: repository + "specs/windows-11/windows-11.yaml", encoding: .utf8)
        .replacing("/srv/iso", with: folder).replacing("/srv/desktops", with: folder + "/pool")
        .replacing("8GiB", with: "4GiB").replacing("100GiB", with: "64GiB")
        .replacing("{protect: true, ", with: "{")
        .replacing("  os: win11", with: "  virtType: qemu\n  os: win11")
        .replacing("{name: windows-11}", with: "{name: lab-windows-11}")
        .replacing("10.40.0.", with: "10.97.41.").replacing("desktops", with: "lab-windows")
        .replacing("win-1", with: "lab-windows-1")
    }

    @Test(
      "Windows 11 is defined with UEFI, Secure Boot and a TPM, starts from its disc, and is planned again empty"
    )
    func windows() async throws {
      let folder = try TemporaryFolder([
        "windows-11.iso": "a disc", "virtio-win.iso": "another disc",
        "autounattend.xml": try String(
          contentsOfFile: repository + "specs/windows-11/autounattend.xml", encoding: .utf8),
      ])
      let path = folder.path
      try folder.write(Self.manifests(path), to: "main.yaml")
      let manifest = path + "/main.yaml"
      let applied = await virtspec("apply", "--yes", manifest, opener: Lab.Opener())
      #expect(applied.status == 0, "\(applied.errors)")
      let xml = try Lab.virsh("dumpxml", "lab-windows-1")
      for part in [
        "secure='yes'", "<smm state='on'/>", "<tpm model='tpm-crb'>", "offset='localtime'",
        "<target dev='vda' bus='virtio'/>", "profile=",
      ] { #expect(xml.contains(part), "\(part) in \(xml)") }
      // It starts from the installer's disc.
      let disc = xml.split(separator: "<disk ").dropFirst().first { $0.contains("windows-11.iso") }
      #expect(disc?.contains("<boot order='1'/>") == true)
      let second = await virtspec("plan", "--detailed-exitcode", manifest, opener: Lab.Opener())
      #expect(second.status == 0, "\(second.output)")
      let explained = await virtspec(
        "explain", "guest/lab-windows-1", manifest, opener: Lab.Opener())
      #expect(explained.output.contains("which is what it would get now"), "\(explained.output)")
      try Lab.virsh("destroy", "lab-windows-1")
      let destroyed = await virtspec("destroy", "--yes", manifest, opener: Lab.Opener())
      #expect(destroyed.status == 0, "\(destroyed.errors)")
    }
  }
}
