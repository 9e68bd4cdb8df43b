import LibvirtXML
import Model
import TestSupport
import Testing

@Suite("Lists of devices in XML") struct DeviceListTests {
  private static let twoDisks = """
    <domain><os><type>hvm</type></os><devices>
      <disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='/srv/a.qcow2'/>
        <target dev='vda' bus='virtio'/><address type='pci' bus='0x04'/></disk>
      <disk type='file' device='disk'><source file='/srv/b.img'/><target dev='vdb' bus='virtio'/></disk>
      <controller type='usb' index='0' model='qemu-xhci'/>
      <controller type='pci' index='0' model='pcie-root'/>
    </devices></domain>
    """

  @Test("items are found by their key, in any order")
  func keyed() throws {
    let tree = try laid(
      .disks(["name": "vdb", "cache": "none"], ["name": "vda", "cache": "writeback"]),
      over: Self.twoDisks)
    let disks = tree.devices.all("disk")
    #expect(disks.map { $0.text("target/@dev") } == ["vda", "vdb"])
    #expect(disks.map { $0.text("driver/@cache") } == ["writeback", "none"])
    #expect(disks[0].text("address/@bus") == "0x04")
  }

  @Test("a complete list loses what it does not name, and gets what is missing")
  func complete() throws {
    let tree = try laid(
      .disks(["name": "vdb"], ["name": "vdc", "file": "/srv/c.img", "bus": "virtio"]),
      over: Self.twoDisks)
    #expect(tree.devices.all("disk").map { $0.text("target/@dev") } == ["vdb", "vdc"])
    #expect(tree.devices.all("disk")[1]["type"] == "file")
    #expect(tree.devices.all("controller").count == 2)
  }

  @Test("an empty list takes every item away; one that is not mentioned takes none")
  func emptyList() throws {
    #expect(try laid(["disks": []], over: Self.twoDisks).devices.all("disk").isEmpty)
    #expect(try laid(["title": "t"], over: Self.twoDisks).devices.all("disk").count == 2)
  }

  @Test("a list that libvirt extends by itself keeps what it does not name")
  func incomplete() throws {
    let tree = try laid(
      ["controllers": [["type": "scsi", "model": "virtio-scsi"], ["type": "usb", "ports": 8]]],
      over: Self.twoDisks)
    let controllers = tree.devices.all("controller")
    #expect(controllers.map { $0["type"] } == ["usb", "pci", "scsi"])
    #expect(controllers[0]["ports"] == "8")
    #expect(controllers[0]["model"] == "qemu-xhci")
  }

  @Test(
    "a source of another kind takes the place of the old one",
    arguments: [
      ("file", "block", "block", "dev"), ("block", "file", "file", "file"),
      ("volume", "file", "file", "file"),
    ])
  func sourceKind(_ old: String, _ new: String, _ type: String, _ attribute: String) throws {
    let sources: [String: Record] = [
      "file": ["file": "/srv/a.img"], "block": ["block": "/dev/sdb"],
      "volume": ["pool": "images", "volume": "a.img"],
    ]
    let name: Record = ["name": "vda"]
    let before = try written(.disks(name.overlaid(with: try #require(sources[old]))))
    let after = try laid(
      .disks(name.overlaid(with: try #require(sources[new]))), over: before.serialized)
    let disk = try #require(after.devices.child("disk"))
    #expect(disk["type"] == type)
    #expect(disk.child("source")?.attributes.map(\.name) == [attribute])
  }

  @Test("an interface that moves from a network to a bridge forgets network and port group")
  func interfaceKind() throws {
    let mac: Record = ["mac": "52:54:00:00:00:01"]
    let network = mac.overlaid(with: ["network": "web", "portGroup": "slow"])
    let before = try written(.interfaces(network))
    let bridge = try laid(
      .interfaces(mac.overlaid(with: ["bridge": "br0"])), over: before.serialized)
    #expect(bridge.devices.child("interface")?["type"] == "bridge")
    #expect(
      bridge.devices.child("interface")?.child("source")
        == XMLTree("source", [("bridge", "br0")]))
    let direct = try laid(
      .interfaces(mac.overlaid(with: ["direct": ["device": "eth0", "mode": "bridge"]])),
      over: bridge.serialized)
    #expect(
      direct.devices.child("interface")?.child("source")
        == XMLTree("source", [("dev", "eth0"), ("mode", "bridge")]))
    let back = try laid(.interfaces(network), over: direct.serialized)
    #expect(back.devices.child("interface")?["type"] == "network")
    #expect(
      back.devices.child("interface")?.child("source")
        == XMLTree("source", [("network", "web"), ("portgroup", "slow")]))
  }

  @Test("an interface is found by its MAC in any case")
  func macCase() throws {
    let before = try written(.interfaces(["mac": "52:54:00:AA:00:01", "network": "web"]))
    let after = try laid(
      .interfaces(["mac": "52:54:00:aa:00:01", "linkState": "down"]), over: before.serialized)
    #expect(after.devices.all("interface").count == 1)
    #expect(after.devices.text("interface/source/@network") == "web")
    #expect(after.devices.text("interface/link/@state") == "down")
  }

  @Test(
    "a disk that moves to another bus gets a new address, any other keeps its own",
    arguments: [("scsi", nil), ("sata", nil), ("usb", nil), ("virtio", "pci")]
      as [(String, String?)])
  func bus(_ bus: String, _ address: String?) throws {
    let tree = try laid(.disks(["name": "vda", "bus": .string(bus)]), over: Self.twoDisks)
    #expect(tree.devices.child("disk")?.text("address/@type") == address)
  }

  @Test("plain lists are replaced as a whole")
  func plainList() throws {
    let before = try written(["boot": ["hd", "cdrom"]])
    let after = try laid(["boot": ["network", "hd"]], over: before.serialized)
    #expect(after.child("os")?.all("boot").map { $0["dev"] } == ["network", "hd"])
  }

  @Test("a listen address takes the older attribute away, which would contradict it")
  func listen() throws {
    let xml = """
      <domain><devices><graphics type='vnc' autoport='yes' listen='127.0.0.1'>
        <listen type='address' address='127.0.0.1'/></graphics></devices></domain>
      """
    let tree = try laid(["graphics": [["type": "vnc", "listen": "0.0.0.0"]]], over: xml)
    #expect(tree.devices.child("graphics")?["listen"] == nil)
    #expect(tree.devices.text("graphics/listen/@address") == "0.0.0.0")
  }

  @Test("a live device is found by its key and given with the change laid over it")
  func deviceXML() throws {
    let document = try LibvirtDocument(parsing: Self.twoDisks)
    let key: Record = ["name": "vda"]
    let plain = document.deviceXML(list: "disks", item: key, overlay: false)
    #expect(try XMLTree(parsing: #require(plain)).text("source/@file") == "/srv/a.qcow2")
    let change = key.overlaid(with: ["file": "/srv/new.iso"])
    let changed = document.deviceXML(list: "disks", item: change, overlay: true)
    #expect(try XMLTree(parsing: #require(changed)).text("source/@file") == "/srv/new.iso")
    #expect(try XMLTree(parsing: #require(changed)).text("address/@bus") == "0x04")
    let none = document.deviceXML(list: "disks", item: ["name": "vdz"], overlay: false)
    #expect(none == nil)
  }

  @Test("a new device is one element of its list's name")
  func newDevice() throws {
    let xml = try newDeviceXML(
      list: "interfaces", item: ["mac": "52:54:00:00:00:01", "network": "web"])
    let tree = try XMLTree(parsing: xml)
    #expect(tree.name == "interface")
    #expect(tree["type"] == "network")
    #expect(throws: XMLProblem.self) { try newDeviceXML(list: "title", item: [:]) }
  }

  @Test("an entry of a network's section is one element of its section")
  func networkEntry() throws {
    let host = try networkEntryXML(
      section: "dhcpHost", entry: ["mac": "52:54:00:00:00:01", "address": "10.0.0.2"])
    #expect(
      try XMLTree(parsing: host)
        == XMLTree("host", [("mac", "52:54:00:00:00:01"), ("ip", "10.0.0.2")]))
    let names = try networkEntryXML(
      section: "dnsHost", entry: ["address": "10.0.0.2", "names": ["a", "b"]])
    #expect(try XMLTree(parsing: names).all("hostname").map(\.text) == ["a", "b"])
    #expect(throws: XMLProblem.self) { try networkEntryXML(section: "bridge", entry: [:]) }
  }
}
