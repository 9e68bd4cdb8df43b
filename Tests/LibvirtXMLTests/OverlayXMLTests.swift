import LibvirtXML
import Model
import TestSupport
import Testing

@Suite("Laying overlays over documents") struct OverlayXMLTests {
  private func laid(_ overlay: String, over xml: String, _ spec: Record = Record()) throws -> String
  {
    var document = try LibvirtDocument(parsing: xml)
    document.write(spec, .guest, overlay: OverlayEdit(text: overlay), of: .guest)
    return document.serialized()
  }

  @Test("attributes and texts replace, elements are added beside their like")
  func merging() throws {
    let xml = try laid(
      """
      <devices>
        <disk><target dev='vda'/><driver cache='unsafe'/></disk>
        <disk type='file'><target dev='vdb'/></disk>
      </devices>
      <title>new</title>
      """,
      over: """
        <domain><title>old</title><os><type>hvm</type></os><devices><disk><driver cache='none' io='native'/>\
        <target dev='vda'/></disk><emulator>/bin/q</emulator></devices></domain>
        """)
    let tree = try XMLTree(parsing: xml)
    #expect(tree.text("title") == "new")
    #expect(tree.devices.children.map(\.name) == ["disk", "disk", "emulator"])
    #expect(tree.devices.text("disk/driver/@cache") == "unsafe")
    #expect(tree.devices.text("disk/driver/@io") == "native")
  }

  @Test("laying it over once more changes nothing")
  func idempotence() throws {
    let overlay =
      "<domain><memory unit='GiB'>1</memory><qemu:commandline><qemu:arg value='-x'/></qemu:commandline></domain>"
    let xml =
      "<domain><os><type>hvm</type></os><memory unit='KiB'>1048576</memory><metadata><o:x xmlns:o='urn:o'>1</o:x></metadata></domain>"
    let once = try laid(overlay, over: xml)
    #expect(try laid(overlay, over: once) == once)
    #expect(once.contains("<memory unit=\"KiB\">1048576</memory>"))
    #expect(once.contains("<o:x xmlns:o=\"urn:o\">1</o:x>"))
  }

  @Test("elements of a namespace use the prefix that the document has for it")
  func prefixes() throws {
    let xml = try laid(
      "<qemu:commandline><qemu:arg value='-b'/></qemu:commandline>",
      over: """
        <domain xmlns:q='http://libvirt.org/schemas/domain/qemu/1.0'><os><type>hvm</type></os>\
        <q:commandline><q:arg value='-a'/></q:commandline></domain>
        """)
    #expect(xml.contains("<q:arg value=\"-a\"/>"))
    #expect(xml.contains("<q:arg value=\"-b\"/>"))
    #expect(!xml.contains("qemu:"))
  }

  @Test("an argument that changes is put where it was")
  func argumentOrder() throws {
    func line(_ values: String...) -> String {
      "<qemu:commandline>" + values.map { "<qemu:arg value='\($0)'/>" }.joined()
        + "</qemu:commandline>"
    }
    let xml = try laid(
      line("-device", "two", "-device", "bar"),
      over: try laid(
        line("-device", "-device", "bar"), over: "<domain><os><type>hvm</type></os></domain>"))
    let values = try XMLTree(parsing: xml).child("qemu:commandline")?.children.map { $0["value"] }
    #expect(values == ["-device", "two", "-device", "bar"])
  }

  @Test("what an overlay had added is taken out, and what it had replaced is given back")
  func withdrawal() throws {
    let before =
      "<domain><os><type>hvm</type></os><cpu mode='custom'/><devices><rng model='a'/></devices></domain>"
    let text =
      "<cpu mode='maximum' check='none'/><devices><rng model='a'/><tpm model='t'/></devices>"
    let overlay = try Overlay(text, of: .guest)
    let base = try LibvirtDocument(parsing: before).element()
    let trace = overlay.trace(over: base, after: nil, OverlayTrace())
    var document = try LibvirtDocument(parsing: try laid(text, over: before))
    let withdrawn = overlay.withdrawals(
      trace, next: nil, fields: nil, document: document.element())
    document.write(
      Record(), .guest,
      overlay: OverlayEdit(text: nil, applied: text, withdrawn: withdrawn.map(\.entry)), of: .guest)
    #expect(try XMLTree(parsing: document.serialized()) == XMLTree(parsing: before))
  }

  @Test("of documents put together by chance, libxml2 takes what the parser of overlays takes")
  func random() throws {
    var documents = RandomDocuments(seed: 2)
    var taken = 0
    for _ in 0..<3_000 {
      let text = documents.next()
      guard let own = try? XMLFragmentParser.parse(text), own.count == 1 else { continue }
      taken += 1
      let parsed = try LibvirtDocument(parsing: text).element()
      #expect(parsed.compact == own[0].compact, "\(text)")
    }
    #expect((200..<2_800).contains(taken))
  }

  @Test("the parser of overlays and libxml2 read the same")
  func sameAsLibxml2() throws {
    let text = """
      <domain xmlns:p='urn:p' a='&lt;&#65;'><!-- c --><p:b p:x="1">t<![CDATA[<>]]></p:b>
      <c xmlns='urn:c'><d/></c></domain>
      """
    let own = try #require(try XMLFragmentParser.parse(text).first)
    #expect(try LibvirtDocument(parsing: text).element().compact == own.compact)
  }
}
