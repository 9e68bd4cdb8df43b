import LibvirtXML
import Model
import Testing

@Suite("What no field tells of a document") struct RemainderTests {
  private func remainders(_ xml: String, _ table: Table = .guest) throws -> [String] {
    try LibvirtDocument(parsing: xml).readAll(table).remainders.map { "\($0.path): \($0.xml)" }
  }

  private func devices(_ xml: String, machine: String = "pc-q35-7.2") -> String {
    "<domain><os><type machine='\(machine)'>hvm</type></os><devices>\(xml)</devices></domain>"
  }

  @Test("elements and attributes without a field are told with their place")
  func told() throws {
    let xml = """
      <domain type='kvm'><name>a</name><uuid>u</uuid><perf><event name='cmt' enabled='yes'/></perf>
        <os><type>hvm</type></os><memory unit='KiB' dumpCore='on'>1024</memory>
        <devices><disk type='file'><source file='/a'/><target dev='vda'/>
          <geometry cyls='16' heads='1' secs='63'/></disk></devices></domain>
      """
    #expect(
      try remainders(xml) == [
        #"perf: <perf><event name="cmt" enabled="yes"/></perf>"#, "memory: dumpCore='on'",
        #"devices/disk[vda]/geometry: <geometry cyls="16" heads="1" secs="63"/>"#,
      ])
  }

  @Test("values that no manifest can have are told, and of a complete list then all")
  func inexpressible() throws {
    let found = try LibvirtDocument(
      parsing: devices(
        "<disk type='vhostuser'><source type='unix' path='/a'/><target dev='vda'/></disk>"
          + "<disk type='file'><source file='/b'/><target dev='vdb'/></disk>")
    ).readAll(.guest)
    #expect(found.spec["disks"] == nil)
    #expect(found.remainders.map(\.path) == ["devices/disk", "devices/disk"])
  }

  @Test(
    "what libvirt makes up is not told",
    arguments: [
      "<interface type='user'><address type='pci' bus='0x01'/></interface>",
      "<audio id='1' type='none'/>", "<graphics type='spice'/><audio id='1' type='spice'/>",
      "<graphics type='vnc' port='-1' autoport='yes'/>",
      "<controller type='pci' index='1' model='pcie-root-port'><target chassis='1' port='0x8'/></controller>",
      "<disk type='file'><source file='/a'/><target dev='sdh' bus='scsi'/><address type='drive' unit='8'/></disk>",
    ])
  func generated(_ xml: String) throws { #expect(try remainders(devices(xml)) == []) }

  @Test(
    "what somebody chose against it is",
    arguments: [
      "<audio id='1' type='spice'/>", "<audio id='2' type='none'/>",
      "<disk type='file'><source file='/a'/><target dev='sda' bus='scsi'/><address type='drive' unit='5'/></disk>",
      "<channel type='unix'><target type='virtio' name='a'/><address type='virtio-serial' controller='1'/></channel>",
    ])
  func chosen(_ xml: String) throws { #expect(try remainders(devices(xml)).count == 1) }

  @Test("the metadata of others is told without virtspec's own")
  func metadata() throws {
    var document = try LibvirtDocument(
      parsing: "<network><name>a</name><metadata><x:y xmlns:x='urn:x'/></metadata></network>")
    let ownership = Ownership(stack: "s", source: "f", digest: "d", appliedSpec: "{}")
    document.setOwnership(ownership)
    #expect(
      try remainders(document.serialized(), .network) == [
        "metadata: <metadata><x:y xmlns:x=\"urn:x\"/></metadata>"
      ])
    document.setText(nil, at: "metadata")
    document.setOwnership(ownership)
    #expect(try remainders(document.serialized(), .network) == [])
  }

  @Test("controllers that libvirt makes for the devices are left out, others stay")
  func controllers() throws {
    let port = { (index: Int) in
      """
      <controller type='pci' index='\(index)' model='pcie-root-port'><model name='pcie-root-port'/>
        <target chassis='\(index)' port='0x8'/></controller>
      """
    }
    let usual =
      """
      <controller type='usb' index='0' model='qemu-xhci'/><controller type='sata' index='0'/>
      <controller type='pci' index='0' model='pcie-root'/>
      <interface type='user'><mac address='52:54:00:00:00:01'/><address type='pci' bus='0x01'/></interface>
      """
    func kept(_ xml: String) throws -> Int {
      try LibvirtDocument(parsing: devices(xml)).readAll(.guest).spec.records("controllers").count
    }
    #expect(try kept(usual + port(1) + port(2)) == 0)
    #expect(
      try kept(usual + port(1) + port(2) + port(3)) == 3, "somebody wanted a second free port")
    #expect(try kept("<controller type='usb' index='0' model='none'/>") == 1)
    #expect(
      try kept(
        "<controller type='usb' index='0' model='ich9-ehci1'/>"
          + "<controller type='usb' index='0' model='ich9-uhci1'/>"
          + "<controller type='pci' index='0' model='pcie-root'/>") == 1,
      "of two that share a number")
    #expect(try kept("<controller type='scsi' index='0' model='virtio-scsi'/>") == 1)
    #expect(try kept("<controller type='virtio-serial' index='0'/>") == 1, "there is no channel")
  }

  @Test("a netmask that says the same as the prefix stays")
  func netmask() throws {
    let xml = "<network><ip address='10.0.0.1' netmask='255.255.255.0'/></network>"
    #expect(try remainders(xml, .network) == [])
    var document = try LibvirtDocument(parsing: xml)
    document.write(["addresses": [["address": "10.0.0.1/24"]]], .network)
    #expect(
      document.serialized().contains("netmask='255.255.255.0'")
        || document.serialized().contains("netmask=\"255.255.255.0\""))
    document.write(["addresses": [["address": "10.0.0.1/25"]]], .network)
    #expect(!document.serialized().contains("netmask"))
  }
}
