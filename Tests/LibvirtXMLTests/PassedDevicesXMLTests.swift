import LibvirtXML
import Model
import TestSupport
import Testing

@Suite("Devices of the host and plugged-in memory in XML") struct PassedDevicesXMLTests {
  /// As libvirt 9.0 gives it back.
  private static let passed = """
    <domain><maxMemory slots='4' unit='KiB'>8388608</maxMemory><devices>
      <interface type='hostdev' managed='yes'><mac address='52:54:00:00:00:10'/>
        <source><address type='pci' domain='0x0000' bus='0x3b' slot='0x02' function='0x1'/></source>
        <model type='rtl8139'/>
        <address type='pci' domain='0x0000' bus='0x01' slot='0x00' function='0x0'/></interface>
      <redirdev bus='usb' type='spicevmc'/>
      <hostdev mode='subsystem' type='pci' managed='yes'><driver name='vfio'/>
        <source><address domain='0x0000' bus='0x3b' slot='0x1f' function='0x7'/></source><rom bar='off'/></hostdev>
      <hostdev mode='subsystem' type='usb' managed='no'><source startupPolicy='optional'>
        <vendor id='0x1d6b'/><product id='0x0002'/></source></hostdev>
      <hostdev mode='subsystem' type='usb' managed='no'><source><address bus='1' device='4'/></source></hostdev>
      <hostdev mode='subsystem' type='mdev' managed='no' model='vfio-pci' display='on'>
        <source><address uuid='53764d0e-85a0-42b4-af5c-2046b460b1dc'/></source></hostdev>
      <hostdev mode='subsystem' type='scsi' managed='no'><source><adapter name='scsi_host0'/>
        <address bus='0' target='0' unit='1'/></source><readonly/></hostdev>
      <hostdev mode='subsystem' type='scsi' managed='no'>
        <source protocol='iscsi' name='iqn:storage/1'><host name='nas' port='3260'/>
          <auth username='me'><secret type='iscsi' usage='key'/></auth></source></hostdev>
      <hostdev mode='subsystem' type='scsi_host' managed='no'>
        <source protocol='vhost' wwpn='naa.5123456789abcde0'/></hostdev>
      <shmem name='plain' role='peer'><model type='ivshmem-plain'/><size unit='M'>4</size></shmem>
      <memory model='virtio-mem'><source><nodemask>0-1</nodemask><pagesize unit='KiB'>4</pagesize></source>
        <target><size unit='KiB'>1048576</size><node>0</node><block unit='KiB'>2048</block>
          <requested unit='KiB'>524288</requested></target></memory>
      <memory model='nvdimm' access='shared'><source><path>/srv/n</path><pmem/></source><target>
        <size unit='KiB'>524288</size><node>0</node><label><size unit='KiB'>128</size></label></target></memory>
    </devices></domain>
    """

  @Test("host devices are known by their addresses as lspci, lsusb and lsscsi show them")
  func hostDevices() throws {
    #expect(
      try read(Self.passed)["hostDevices"] == [
        ["pci": "0000:3b:1f.7", "managed": true, "driver": "vfio", "rom": false],
        ["usb": "1d6b:0002", "startupPolicy": "optional"], ["usbAddress": "1:4"],
        [
          "mdev": "53764d0e-85a0-42b4-af5c-2046b460b1dc", "model": "vfio-pci", "display": true,
        ], ["scsi": "scsi_host0:0:0:1", "readOnly": true],
        ["iscsi": "iqn:storage/1", "hosts": [["name": "nas", "port": 3260]]],
        ["vhostSCSI": "naa.5123456789abcde0"],
      ])
  }

  @Test("functions, redirections, shared memory and memory devices are read")
  func others() throws {
    let guest = try read(Self.passed)
    #expect(
      guest.records("interfaces").first?["pci"]
        == ["address": "0000:3b:02.1", "managed": true])
    #expect(guest["usbRedirections"] == [["bus": "usb", "type": "spicevmc"]])
    #expect(
      guest["sharedMemory"]
        == [["name": "plain", "role": "peer", "model": "ivshmem-plain", "size": 4_194_304]])
    #expect(guest["memory"] == ["deviceLimit": 8_589_934_592, "deviceSlots": 4])
    #expect(
      guest["memoryDevices"] == [
        [
          "model": "virtio-mem", "size": 1_073_741_824, "node": 0, "block": 2_097_152,
          "requested": 536_870_912, "pageSize": 4096, "nodeset": "0-1",
        ],
        [
          "model": "nvdimm", "size": 536_870_912, "node": 0, "label": 131_072, "path": "/srv/n",
          "persistent": true, "access": "shared",
        ],
      ])
  }

  @Test("what was read is written to a new document and read again")
  func roundTrip() throws {
    let first = try read(Self.passed)
    #expect(try read(written(first).serialized) == first)
  }

  @Test("what was read and is written over itself changes nothing, what no field names included")
  func idempotence() throws {
    let before = try XMLTree(parsing: Self.passed)
    let after = try laid(
      Record([("hostDevices", try #require(try read(Self.passed)["hostDevices"]))]),
      over: Self.passed)
    #expect(after.devices == before.devices)
  }

  @Test("a device is found by its address in any spelling, and one that is not named goes")
  func keyed() throws {
    let tree = try laid(
      ["hostDevices": [["pci": "3B:1F.7", "rom": true], ["usbAddress": "001:005"]]],
      over: Self.passed)
    let devices = tree.devices.all("hostdev")
    #expect(devices.map { $0["type"] } == ["pci", "usb"])
    #expect(devices[0].text("rom/@bar") == "on")
    #expect(devices[0]["managed"] == "yes")
    #expect(devices[1].text("source/address/@device") == "5")
    #expect(devices[1]["mode"] == "subsystem")
  }

  @Test("an interface that leaves its function for a network forgets the address of the host")
  func interface() throws {
    let tree = try laid(
      .interfaces(["mac": "52:54:00:00:00:10", "network": "web"]), over: Self.passed)
    #expect(
      tree.devices.child("interface")?.child("source")
        == XMLTree("source", [("network", "web")]))
    #expect(tree.devices.text("interface/@managed") == nil)
    #expect(tree.devices.text("interface/address/@bus") == "0x01")
  }

  @Test("a network hands out the functions of a card, or some of them")
  func networks() throws {
    let card: Record = [
      "forward": ["mode": "hostdev", "physicalFunction": "eth0", "managed": true]
    ]
    let some: Record = [
      "forward": ["mode": "hostdev", "virtualFunctions": [["pci": "0000:3b:02.1"]]]
    ]
    let tree = try written(card, "network", .network)
    #expect(tree.text("forward/pf/@dev") == "eth0")
    #expect(tree.text("forward/@managed") == "yes")
    let other = try laid(some, over: tree.serialized, .network)
    #expect(other.child("forward")?.child("pf") == nil)
    #expect(other.text("forward/address/@slot") == "0x02")
    #expect(other.text("forward/address/@type") == "pci")
    #expect(
      try read(other.serialized, .network).record("forward")?["virtualFunctions"]
        == [["pci": "0000:3b:02.1"]])
  }
}
