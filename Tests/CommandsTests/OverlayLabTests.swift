import Foundation
import LibvirtXML
import Model
import Testing

extension LabTests {
  @Test("overlays of many kinds are as declared once applied, and leave nothing when they go")
  func overlaysOfManyKinds() async throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/overlays.yaml"
    let opener = Lab.Opener()
    try folder.write(Self.manifests(withOverlays: true), to: "overlays.yaml")
    let applied = await virtspec("apply", "--yes", path, opener: opener)
    #expect(applied.status == 0, "\(applied.errors.suffix(4000))")
    let plan = await virtspec("plan", "--detailed-exitcode", path, opener: opener)
    #expect(plan.status == 0, "\(plan.output)")

    try folder.write(Self.manifests(withOverlays: false), to: "overlays.yaml")
    let gone = await virtspec("apply", "--yes", path, opener: opener)
    #expect(gone.status == 0, "\(gone.errors.suffix(4000))")
    let again = await virtspec("plan", "--detailed-exitcode", path, opener: opener)
    #expect(again.status == 0, "\(again.output)")
    let pristine = try Self.definition("overlay-pristine")
    for name in Self.overlays.map(\.name) {
      #expect(try Self.definition("overlay-" + name) == pristine, "overlay-\(name)")
    }
    let removed = await virtspec("destroy", "--yes", path, opener: opener)
    #expect(removed.status == 0, "\(removed.errors)")
  }

  /// A guest's definition without what names it, and without the places on buses that libvirt keeps.
  private static func definition(_ name: String) throws -> String {
    var element = try LibvirtDocument(parsing: Lab.virsh("dumpxml", "--inactive", name))
      .withoutGenerated()
    for index in element.children.indices where element.children[index].name.local == "devices" {
      // A controller that libvirt made for a device stays when the device goes.
      element.children[index].children.removeAll {
        $0.name.local == "controller" && $0.attribute(XMLName("type")) == "virtio-serial"
      }
    }
    return element.indented
  }

  private static func manifests(withOverlays: Bool) -> String {
    var text = """
      apiVersion: virtspec/v1
      kind: Stack
      metadata: {name: overlays}
      ---
      apiVersion: virtspec/v1
      kind: Host
      metadata: {name: lab}
      spec: {uri: "qemu:///system"}

      """
    for (name, xml) in overlays + [(name: "pristine", xml: "")] {
      text += """
        ---
        apiVersion: virtspec/v1
        kind: Guest
        metadata: {name: overlay-\(name)}
        spec:
          host: lab
          virtType: qemu
          memory: 64MiB
          power: unmanaged

        """
      if withOverlays, !xml.isEmpty { text += "  xml: |\n    \(xml)\n" }
    }
    return text
  }

  private static let overlays: [(name: String, xml: String)] = [
    ("memtune", "<memtune><hard_limit unit='GiB'>1</hard_limit></memtune>"),
    ("numa", "<cpu><numa><cell id='0' cpus='0' memory='64' unit='MiB'/></numa></cpu>"),
    ("hyperv", "<features><hyperv mode='custom'><relaxed state='on'/></hyperv></features>"),
    (
      "cpu",
      "<cpu mode='custom' match='exact'><model fallback='allow'>qemu64</model><feature policy='disable' name='svm'/></cpu>"
    ),
    (
      "pci",
      "<devices><hostdev mode='subsystem' type='pci' managed='yes'><source><address domain='0' bus='6' slot='0x12' function='5'/></source></hostdev></devices>"
    ),
    (
      "usb",
      "<devices><hostdev mode='subsystem' type='usb'><source startupPolicy='optional'><vendor id='1234'/><product id='0xBEEF'/></source></hostdev></devices>"
    ),
    ("vsock", "<devices><vsock model='virtio'><cid auto='no' address='33'/></vsock></devices>"),
    (
      "smbios",
      "<os><smbios mode='sysinfo'/></os><sysinfo type='smbios'><bios><entry name='vendor'>LENOVO</entry></bios></sysinfo>"
    ),
    (
      "hugepages",
      "<memoryBacking><hugepages><page size='2' unit='MiB'/></hugepages><locked/></memoryBacking>"
    ),
    ("partition", "<resource><partition>/machine/production</partition></resource>"),
    ("perf", "<perf><event name='cache_misses' enabled='yes'/></perf>"),
    (
      "metadata",
      "<metadata><app:x xmlns:app='https://example.org/'><app:y>1</app:y></app:x></metadata>"
    ),
    ("seclabel", "<seclabel type='none'/>"),
    (
      "virtiofs",
      "<memoryBacking><source type='memfd'/><access mode='shared'/></memoryBacking><devices><filesystem type='mount' accessmode='passthrough'><driver type='virtiofs'/><source dir='/srv/x'/><target dir='tag'/></filesystem></devices>"
    ),
    (
      "timers",
      "<clock offset='utc'><timer name='rtc' tickpolicy='catchup'/><timer name='hpet' present='no'/></clock>"
    ),
    (
      "channel",
      "<devices><channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel></devices>"
    ),
    (
      "override",
      "<devices><rng model='virtio'><backend model='random'>/dev/urandom</backend><alias name='ua-rng'/></rng></devices><qemu:override><qemu:device alias='ua-rng'><qemu:frontend><qemu:property name='max-bytes' type='unsigned' value='1024'/></qemu:frontend></qemu:device></qemu:override>"
    ),
    (
      "commandline",
      "<qemu:commandline><qemu:arg value='-set'/><qemu:arg value='x.y.z=1'/><qemu:env name='A' value='b'/></qemu:commandline>"
    ),
    (
      "disk",
      "<devices><disk type='network' device='disk'><driver name='qemu' type='raw'/><source protocol='nbd' name='e'><host name='example.org' port='6000'/></source><target dev='vdz' bus='virtio'/><serial>ABC</serial></disk></devices>"
    ),
    (
      "interface",
      "<devices><interface type='user'><mac address='52:54:00:AB:CD:EF'/><model type='virtio'/><link state='down'/></interface></devices>"
    ),
    ("balloon", "<devices><memballoon model='virtio' autodeflate='on'/></devices>"),
    ("title", "<title>a title</title><description>words</description>"),
  ]
}
