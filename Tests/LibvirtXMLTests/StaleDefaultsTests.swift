import Model
import Testing

@testable import LibvirtXML

@Suite("Defaults that follow from something else") struct StaleDefaultsTests {
  /// The definition of a guest after a change of its fields.
  private func changed(_ xml: String, _ spec: Record, clearing: [FieldPath] = []) throws -> String {
    var document = try LibvirtDocument(parsing: xml)
    document.write(spec, .guest, clearing: clearing, overlay: nil, of: .guest)
    return document.serialized()
  }

  private static let plain = """
    <domain type='qemu'><os><type arch='x86_64' machine='pc'>hvm</type></os>
    <cpu mode='custom' match='exact' check='none'><model fallback='forbid'>qemu64</model></cpu>
    <devices><emulator>/usr/bin/qemu-system-x86_64</emulator>
    <video><model type='qxl' ram='65536' vram='65536' vgamem='16384' heads='1'/></video>
    <audio id='1' type='none'/></devices></domain>
    """

  @Test("another architecture takes the emulator and the processor model along")
  func architecture() throws {
    let xml = try changed(Self.plain, ["arch": "i686"])
    #expect(!xml.contains("<emulator>"))
    #expect(!xml.contains("qemu64"))
  }

  @Test("what somebody chose stays, and so do defaults of what does not change")
  func chosen() throws {
    let chosen = Self.plain.replacing("qemu64", with: "Nehalem")
    #expect(try changed(chosen, ["arch": "i686"]).contains("Nehalem"))
    let titled = try changed(Self.plain, ["title": "T"])
    #expect(titled.contains("qemu64") && titled.contains("<emulator>"))
    #expect(titled.contains("vgamem=\"16384\""))
  }

  @Test("a video card of another model forgets the memory of the former one")
  func video() throws {
    let xml = try changed(Self.plain, ["videos": [["model": "vga"]]])
    #expect(xml.contains("type=\"vga\""))
    #expect(!xml.contains("vgamem") && !xml.contains("vram=\"65536\""))
  }

  @Test("the audio backend follows the graphics")
  func audio() throws {
    #expect(!(try changed(Self.plain, ["graphics": [["type": "spice"]]])).contains("<audio"))
  }

  @Test("an element that has lost what was chosen in it goes with its defaults")
  func topology() throws {
    let xml = try changed(
      """
      <domain><cpu><topology sockets='2' dies='1' cores='1' threads='1'/></cpu>
      <devices/></domain>
      """, ["cpus": ["count": 1]], clearing: ["cpus.topology.sockets"])
    #expect(!xml.contains("topology"))
  }

  @Test("a controller that was made for disks goes with them")
  func controller() throws {
    let xml = """
      <domain type='qemu'><os><type machine='pc'>hvm</type></os><devices>
      <disk type='file'><source file='/a'/><target dev='hda' bus='ide'/></disk>
      <controller type='ide' index='0'/></devices></domain>
      """
    #expect(!(try changed(xml, ["disks": []])).contains("controller"))
    #expect(try changed(xml, ["title": "T"]).contains("controller"))
  }
}

@Suite("Clearing inside lists") struct ListClearingTests {
  private static let xml = """
    <domain><devices><disk><driver cache='none' io='native'/><target dev='vda'/></disk>
    <disk><target dev='vdb'/></disk><video><model type='a'/></video><video><model type='b'/></video>
    </devices></domain>
    """

  private func cleared(_ path: FieldPath) throws -> String {
    try laid([:], over: Self.xml, clearing: [path]).serialized
  }

  @Test("a field of one item, an item by its key, an item by its place")
  func paths() throws {
    let disk = FieldPath([.field("disks"), .item(Record([("name", "vda")]))])
    let field = try cleared(disk.appending(.field("cache")))
    #expect(!field.contains("cache") && field.contains("io='native'") && field.contains("vda"))
    let item = try cleared(disk)
    #expect(!item.contains("vda") && item.contains("vdb"))
    let place = try cleared(FieldPath([.field("videos"), .place(1)]))
    #expect(place.contains("type='a'") && !place.contains("type='b'"))
  }

  @Test("what is not there is no matter")
  func missing() throws {
    #expect(
      try cleared(FieldPath([.field("disks"), .item(Record([("name", "vdz")]))]))
        == laid([:], over: Self.xml).serialized)
  }
}
