import LibvirtXML
import Model
import TestSupport
import Testing

@Suite("Reading XML") struct ReaderTests {
  @Test("only the fields of a shape are read, those that are not there not at all")
  func shape() throws {
    let xml = "<domain><title>t</title><description>d</description><memory>1024</memory></domain>"
    let wanted = Shape(of: ["title": "", "memory": ["max": 0], "iothreads": 0])
    #expect(try read(xml, .guest, wanted) == ["title": "t", "memory": ["max": 1_048_576]])
  }

  @Test(
    "sizes are read in libvirt's units",
    arguments: [
      ("", 2_048), (" unit='b'", 2), (" unit='bytes'", 2), (" unit='KB'", 2_000),
      (" unit='k'", 2_048), (" unit='KiB'", 2_048), (" unit='M'", 2_097_152),
      (" unit='MB'", 2_000_000), (" unit='GiB'", 2_147_483_648), (" unit='T'", 2_199_023_255_552),
    ])
  func units(_ unit: String, _ bytes: Int64) throws {
    let record = try read("<domain><memory\(unit)>2</memory></domain>")
    #expect(record.record("memory")?.integer("max") == bytes)
  }

  @Test("a size that no number holds, or in no unit, is not read")
  func brokenSizes() throws {
    for text in [
      "<memory unit='EiB'>99999999</memory>", "<memory unit='furlong'>2</memory>",
      "<memory>x</memory>",
    ] {
      #expect(try read("<domain>\(text)</domain>").record("memory")?["max"] == nil)
    }
  }

  @Test("where a place is empty, the fallback is read")
  func fallback() throws {
    let record = try read("<domain><vcpu>4</vcpu><memory>1024</memory></domain>")
    #expect(record.record("cpus") == ["count": 4, "max": 4])
    #expect(record.record("memory") == ["size": 1_048_576, "max": 1_048_576])
    let less = try read("<domain><vcpu current='2'>4</vcpu></domain>")
    #expect(less.record("cpus") == ["count": 2, "max": 4])
  }

  @Test("no forward element means isolated")
  func absentWord() throws {
    let wanted = Shape(of: ["forward": ["mode": ""]])
    #expect(try read("<network/>", .network, wanted).record("forward")?["mode"] == "isolated")
    #expect(
      try read("<network><forward mode='nat'/></network>", .network, wanted)
        .record("forward")?["mode"] == "nat")
  }

  @Test("a row applies only where its condition holds")
  func conditions() throws {
    let xml = """
      <domain><devices>
        <interface type='network'><source network='web' bridge='virbr0'/><mac address='a'/></interface>
        <interface type='bridge'><source bridge='br0'/><mac address='b'/></interface>
      </devices></domain>
      """
    let interfaces = try read(xml).records("interfaces")
    #expect(interfaces.map { $0.string("network") } == ["web", nil])
    #expect(interfaces.map { $0.string("bridge") } == [nil, "br0"])
  }

  @Test("the key of a list's items is read even when nobody asked for it")
  func keys() throws {
    let xml = """
      <domain><devices><disk type='file'><source file='/a'/><target dev='vda'/></disk></devices></domain>
      """
    let record = try read(xml, .guest, Shape(of: ["disks": [["file": ""]]]))
    #expect(record.records("disks") == [["file": "/a", "name": "vda"]])
  }

  @Test(
    "addresses are read with prefix, with netmask, with neither, in both families",
    arguments: [
      ("address='10.20.0.1' prefix='24'", "10.20.0.1/24"),
      ("address='10.20.0.1' netmask='255.255.252.0'", "10.20.0.1/22"),
      ("address='10.20.0.1'", "10.20.0.1/8"), ("address='172.16.0.1'", "172.16.0.1/16"),
      ("address='192.168.0.1'", "192.168.0.1/24"),
      ("family='ipv6' address='FD00:0::1' prefix='64'", "fd00::1/64"),
      ("family='ipv6' address='fd00::1'", "fd00::1/64"),
    ])
  func addresses(_ attributes: String, _ expected: String) throws {
    let record = try read("<network><ip \(attributes)/></network>", .network)
    #expect(record.records("addresses").map { $0.string("address") } == [expected])
  }

  @Test("a netmask with holes, or no address, is not read as one")
  func brokenAddresses() throws {
    let xml = "<network><ip address='10.0.0.1' netmask='255.0.255.0'/></network>"
    #expect(try read(xml, .network).records("addresses").first?.string("address") != "10.0.0.1/16")
    let none = try read("<network><ip family='ipv4'/></network>", .network)
    #expect(none.records("addresses").first?["address"] == nil)
  }

  @Test("an address is written with its prefix and family, in the place of a netmask")
  func writesAddresses() throws {
    let tree = try laid(
      ["addresses": [["address": "10.20.0.1/24"], ["address": "fd00::1/64"]]],
      over: "<network><ip address='10.20.0.1' netmask='255.255.0.0'/></network>", .network)
    #expect(
      tree.all("ip") == [
        XMLTree("ip", [("address", "10.20.0.1"), ("prefix", "24")]),
        XMLTree("ip", [("family", "ipv6"), ("address", "fd00::1"), ("prefix", "64")]),
      ])
  }

  @Test("booleans are read in every spelling that libvirt has")
  func booleans() throws {
    for (text, expected) in [("yes", true), ("on", true), ("no", false), ("off", false)] {
      let xml = "<network><bridge stp='\(text)'/></network>"
      #expect(try read(xml, .network).record("bridge")?["stp"] == .boolean(expected))
    }
    #expect(try read("<network><bridge stp='maybe'/></network>", .network)["bridge"] == nil)
  }
}
