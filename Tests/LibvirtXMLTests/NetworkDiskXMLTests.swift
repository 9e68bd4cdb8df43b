import LibvirtXML
import Model
import TestSupport
import Testing

@Suite("Disks on other machines in XML") struct NetworkDiskXMLTests {
  private static func guest(_ disk: String) -> String {
    "<domain><devices>\(disk)</devices></domain>"
  }

  private static let rbd = guest(
    """
    <disk type='network' device='disk'><driver name='qemu' type='raw'/>
      <source protocol='rbd' name='pool/image'><host name='mon1' port='6789'/>
        <host transport='unix' socket='/run/mon'/><snapshot name='old'/><config file='/etc/ceph.conf'/>
        <auth username='admin'><secret type='ceph' usage='ceph-admin'/></auth>
        <encryption format='luks' engine='librbd'><secret type='passphrase' uuid='\(uuid)'/></encryption>
        <slices><slice type='storage' offset='0' size='512'/></slices></source>
      <target dev='vda' bus='virtio'/></disk>
    """)
  private static let uuid = "0a81f5b2-8403-7b23-c8d6-21ccc2f80d6f"

  @Test("a network source, who QEMU is and what unlocks the disk are read")
  func reading() throws {
    let disk = try #require(try read(Self.rbd).records("disks").first)
    #expect(
      disk["network"] == [
        "protocol": "rbd", "name": "pool/image",
        "hosts": [
          ["name": "mon1", "port": 6789], ["transport": "unix", "socket": "/run/mon"],
        ], "snapshot": "old", "configFile": "/etc/ceph.conf",
      ])
    #expect(disk["auth"] == ["username": "admin", "secret": ["usage": "ceph-admin"]])
    #expect(
      disk["encryption"]
        == ["format": "luks", "engine": "librbd", "secret": ["uuid": .string(Self.uuid)]])
    #expect(disk["file"] == nil)
  }

  @Test("what was read is written to a new document and read again")
  func roundTrip() throws {
    let first = try read(Self.rbd)
    #expect(try read(written(first).serialized) == first)
  }

  @Test("the secret is of the kind that the protocol has, in a guest and in a device alone")
  func secretKind() throws {
    let auth: Value = ["username": "admin", "secret": ["usage": "key"]]
    for (name, kind) in [("rbd", "ceph"), ("iscsi", "iscsi")] {
      let disk: Record = [
        "name": "vda", "network": ["protocol": .string(name), "name": "a/1"], "auth": auth,
      ]
      let guest = try written(.disks(disk))
      #expect(guest.devices.text("disk/source/auth/secret/@type") == kind)
      let device = try XMLTree(parsing: newDeviceXML(list: "disks", item: disk))
      #expect(device.text("source/auth/secret/@type") == kind)
    }
  }

  @Test("authentication and encryption at their older place are read, and written there")
  func olderPlace() throws {
    let xml = Self.guest(
      """
      <disk type='network'><auth username='me'><secret type='iscsi' usage='key'/></auth>
        <source protocol='iscsi' name='a/1'><host name='nas'/></source><target dev='vda'/>
        <encryption format='luks'><secret type='passphrase' usage='old'/></encryption></disk>
      """)
    let disk = try #require(try read(xml).records("disks").first)
    #expect(disk["auth"] == ["username": "me", "secret": ["usage": "key"]])
    #expect(disk["encryption"] == ["format": "luks", "secret": ["usage": "old"]])
    let tree = try laid(
      .disks([
        "name": "vda", "auth": ["username": "you", "secret": ["usage": "key"]],
        "encryption": ["format": "luks", "secret": ["uuid": .string(Self.uuid)]],
      ]), over: xml)
    #expect(tree.devices.text("disk/auth/@username") == "you")
    #expect(tree.devices.text("disk/source/auth/@username") == nil)
    #expect(tree.devices.text("disk/encryption/secret/@uuid") == Self.uuid)
    #expect(tree.devices.text("disk/encryption/secret/@usage") == nil)
    #expect(tree.devices.text("disk/source/encryption/@format") == nil)
  }

  @Test(
    "a file takes the place of a network source with all that was in it, and the other way round")
  func sourceKind() throws {
    let file = try laid(.disks(["name": "vda", "file": "/srv/a.img"]), over: Self.rbd)
    #expect(
      file.devices.child("disk")?.child("source")
        == XMLTree("source", [("file", "/srv/a.img")]))
    #expect(file.devices.text("disk/@type") == "file")
    let network: Record = [
      "name": "vda", "network": ["protocol": "nbd", "hosts": [["name": "nas"]]],
    ]
    let back = try laid(.disks(network), over: file.serialized)
    #expect(back.devices.text("disk/@type") == "network")
    #expect(
      back.devices.child("disk")?.child("source")
        == XMLTree("source", [("protocol", "nbd")], [XMLTree("host", [("name", "nas")])]))
  }
}
