import LibvirtXML
import Model
import TestSupport
import Testing

@Suite("SMBIOS, launch security and free ports in XML") struct MachineIdentityXMLTests {
  private static let known = """
    <domain><sysinfo type='smbios'><bios><entry name='vendor'>ACME</entry></bios>
      <system><entry name='serial'>42</entry><entry name='uuid'>6f2a1f4e-9a0e-4bb6-8f0e-2f5a3f5b7c11</entry></system>
      <baseBoard><entry name='asset'>a</entry></baseBoard><baseBoard><entry name='asset'>b</entry></baseBoard>
      <oemStrings><entry>one</entry><entry>two</entry></oemStrings></sysinfo>
      <os><type>hvm</type><smbios mode='sysinfo'/></os>
      <launchSecurity type='sev' kernelHashes='yes'><cbitpos>47</cbitpos><policy>0x0013</policy></launchSecurity>
    </domain>
    """

  @Test("what the SMBIOS tables say and launch security are read")
  func reading() throws {
    let guest = try read(Self.known)
    #expect(
      guest["sysinfo"] == [
        "bios": ["vendor": "ACME"], "system": ["serial": "42"],
        "baseBoards": [["asset": "a"], ["asset": "b"]], "oemStrings": ["one", "two"],
      ])
    #expect(
      guest["launchSecurity"]
        == ["type": "sev", "policy": 19, "cbitpos": 47, "kernelHashes": true])
    #expect(try read(written(guest).serialized) == guest)
  }

  @Test("system information makes the tables of itself, and keeps what no field names")
  func writing() throws {
    let fresh = try written(["sysinfo": ["system": ["serial": "1"]]])
    #expect(fresh.text("os/smbios/@mode") == "sysinfo")
    #expect(fresh.text("sysinfo/@type") == "smbios")
    let laid = try laid(["sysinfo": ["system": ["serial": "43"]]], over: Self.known)
    let entries = try #require(laid.child("sysinfo")?.child("system")).all("entry")
    #expect(entries.map { $0.text }.first == "43")
    #expect(entries.map { $0["name"] } == ["serial", "uuid"])
  }

  @Test("system information that is taken back takes the mode of the tables along")
  func clearing() throws {
    let tree = try laid(
      [:], over: try written(["sysinfo": ["system": ["serial": "1"]]]).serialized,
      clearing: ["sysinfo.system.serial"])
    #expect(tree.child("sysinfo") == nil)
    #expect(tree.child("os")?.child("smbios") == nil)
  }

  @Test("a policy is written in hexadecimal digits, which is how libvirt reads it")
  func policy() throws {
    let tree = try written(["launchSecurity": ["type": "sev", "policy": 19]])
    #expect(tree.text("launchSecurity/policy") == "0x0013")
  }

  @Test("launch security that is taken back leaves nothing")
  func noLaunchSecurity() throws {
    let paths = ["type", "policy", "cbitpos", "kernelHashes"].map {
      FieldPath("launchSecurity." + $0)
    }
    #expect(try laid([:], over: Self.known, clearing: paths).child("launchSecurity") == nil)
  }

  private static func ports(_ tree: XMLTree) -> Int {
    tree.devices.all("controller").count { $0["model"] == "pcie-root-port" }
  }

  /// Two ports, one of them taken.
  private static let plugged = """
    <domain><devices>
      <controller type='usb'><address type='pci' bus='0x00'/></controller>
      <controller type='pci' index='0' model='pcie-root'/>
      <controller type='pci' index='1' model='pcie-root-port'><address type='pci' bus='0x00' slot='0x02'/></controller>
      <controller type='pci' index='2' model='pcie-root-port'><address type='pci' bus='0x00' slot='0x02'/></controller>
      <interface type='user'><mac address='52:54:00:00:00:01'/><address type='pci' bus='0x01'/></interface>
      <memballoon model='none'/></devices></domain>
    """

  @Test("a port is free when nothing is plugged into it, and ports are added until enough are")
  func freePorts() throws {
    var shape = Shape()
    shape.insert(field: "hotplugSlots")
    #expect(try read(Self.plugged, .guest, shape)["hotplugSlots"] == 1)
    #expect(try read(Self.plugged)["hotplugSlots"] == nil, "the controllers say it already")
    for (wanted, ports) in [(0, 2), (1, 2), (2, 3), (4, 5)] {
      let tree = try laid(["hotplugSlots": .integer(Int64(wanted))], over: Self.plugged)
      #expect(Self.ports(tree) == ports, "\(wanted)")
      let again = try laid(["hotplugSlots": .integer(Int64(wanted))], over: tree.serialized)
      #expect(Self.ports(again) == ports, "a second time")
    }
  }

  @Test("devices that have no place yet are given ports of their own")
  func newDevices() throws {
    let spec: Record = [
      "hotplugSlots": 1,
      "interfaces": [
        ["mac": "52:54:00:00:00:01", "type": "user"], ["mac": "52:54:00:00:00:02", "type": "user"],
      ], "rngs": [["model": "virtio"]],
    ]
    #expect(Self.ports(try laid(spec, over: Self.plugged)) == 4)
  }
}
