import LibvirtXML
import Testing

@Suite("display passwords, which no journal has, are taken over from the present definition")
struct DisplayPasswordTests {
  private static let former = """
    <domain><devices><graphics type='vnc' port='-1'/><graphics type='spice'/><graphics type='vnc'/></devices></domain>
    """

  @Test("display by display, in the order of their kind")
  func takenOver() throws {
    let present = try LibvirtDocument(
      parsing: """
        <domain><devices><graphics type='spice' passwd='s'/>\
        <graphics type='vnc' passwd='v' passwdValidTo='2030-01-01T00:00:00'/></devices></domain>
        """)
    let text = try LibvirtDocument.withDisplayPasswords(Self.former, from: present)
    let expected = """
      <graphics type="vnc" port="-1" passwd="v" passwdValidTo="2030-01-01T00:00:00"/>
      """
    #expect(text.contains(expected))
    #expect(text.contains("<graphics type=\"spice\" passwd=\"s\"/>"))
    #expect(text.contains("<graphics type=\"vnc\"/>"))
  }

  @Test("without any, the text stays as it is")
  func untouched() throws {
    let present = try LibvirtDocument(
      parsing: "<domain><devices><graphics type='vnc'/></devices></domain>")
    #expect(try LibvirtDocument.withDisplayPasswords(Self.former, from: present) == Self.former)
  }

  @Test("one that the former definition has stays")
  func own() throws {
    let present = try LibvirtDocument(
      parsing: "<domain><devices><graphics type='vnc' passwd='new'/></devices></domain>")
    let text = try LibvirtDocument.withDisplayPasswords(
      "<domain><devices><graphics type='vnc' passwd='old'/></devices></domain>", from: present)
    #expect(text.contains("passwd=\"old\""))
  }
}
