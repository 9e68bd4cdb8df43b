import Foundation
import LibvirtXML
import Manifest
import Model
import Planning
import Testing

@testable import Commands

@Suite("Overlays against libvirt's schemas") struct OverlaySchemaTests {
  private static let areThere = SchemaValidator.with { _ in true } != nil

  /// `LINE:COLUMN SEVERITY: MESSAGE` for what is said of a guest with these lines in its overlay.
  private func complaints(
    _ lines: String..., uri: String = "qemu:///system", spec: String = "memory: 1GiB",
    folders: [String] = SchemaValidator.folders
  ) -> [String] {
    let text = """
      {apiVersion: virtspec/v1, kind: Host, metadata: {name: a}, spec: {uri: "\(uri)"}}
      ---
      apiVersion: virtspec/v1
      kind: Guest
      metadata: {name: web}
      spec:
        host: a
        \(spec)
        xml: |

      """ + lines.map { "    \($0)\n" }.joined()
    var loaded = LoadedManifests()
    ManifestLoader.add(Array(text.utf8), file: "a.yaml", to: &loaded)
    let desired = Lowering.lower(ManifestBuilder.build(&loaded))
    OverlaySchemaCheck.run(desired, &loaded, folders: folders)
    return loaded.diagnostics.map {
      "\($0.place?.line ?? 0):\($0.place?.column ?? 0) \($0.severity): \($0.message)"
    }
  }

  @Test("what libvirt knows is accepted", .enabled(if: areThere, "needs libvirt's schemas"))
  func accepted() {
    #expect(
      complaints(
        "<memoryBacking><hugepages/></memoryBacking>",
        "<qemu:commandline><qemu:arg value='-x'/></qemu:commandline>") == [])
  }

  @Test(
    "the smallest part that is wrong is told with its place",
    .enabled(if: areThere, "needs libvirt's schemas"))
  func refused() {
    #expect(
      complaints("<memoryBacking>", "  <hugepages/>", "  <smallpages/>", "</memoryBacking>") == [
        "12:7 error: libvirt's schema does not allow <smallpages> as it stands here"
      ])
    #expect(
      complaints("<devices><memballoon model='virtio' autodeflate='perhaps'/></devices>") == [
        "10:41 error: libvirt's schema does not allow attribute 'autodeflate' of <memballoon> with this value"
      ])
  }

  @Test(
    "of several parts that are wrong the first is told",
    .enabled(if: areThere, "needs libvirt's schemas"))
  func several() {
    #expect(
      complaints("<devices>", "  <nothing/>", "  <memballoon/>", "</devices>") == [
        "11:7 error: libvirt's schema does not allow <nothing> as it stands here"
      ])
  }

  @Test(
    "another machine may have a newer libvirt: there it is a warning",
    .enabled(if: areThere, "needs libvirt's schemas"))
  func remote() {
    let found = complaints("<nothing/>", uri: "qemu+ssh://root@kvm-a/system")
    #expect(found == ["10:5 warning: libvirt's schema does not allow <nothing> as it stands here"])
  }

  @Test("a manifest without memory is for a guest that exists, and its overlay is checked, too")
  func partial() {
    let found = complaints("<nothing/>", spec: "cpus: 2")
    #expect(found.count == (Self.areThere ? 1 : 0))
  }

  @Test("without the schemas nothing is checked")
  func absent() { #expect(complaints("<nothing/>", folders: ["/nonexistent"]) == []) }

  @Test("URIs of this machine and of others are told apart")
  func locality() {
    for uri in [
      "qemu:///system", "qemu:///system?socket=/run/x", "qemu+unix:///system", "test:///default",
    ] {
      #expect(HostLocality.isHere(uri), "\(uri)")
    }
    for uri in [
      "qemu+ssh://root@a/system", "qemu://a/system", "xen+tls://a/", "esx://a/?no_verify=1",
    ] {
      #expect(!HostLocality.isHere(uri), "\(uri)")
    }
  }
}
