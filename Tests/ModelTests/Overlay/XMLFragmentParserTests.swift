import Model
import Testing

@Suite("Reading XML fragments") struct XMLFragmentParserTests {
  /// `OFFSET: MESSAGE`, or nothing when the text is read.
  private func problem(_ text: String) -> String? {
    do throws(XMLFragmentProblem) {
      _ = try XMLFragmentParser.parse(text)
      return nil
    } catch {
      return "\(error.offset): \(error.message)"
    }
  }

  @Test("elements, attributes and texts are read with the bytes where they begin")
  func places() throws {
    let text = "<a x='1'>\n  <b y = \"2\"> hello </b>\n</a>"
    let element = try #require(try XMLFragmentParser.parse(text).first)
    #expect(element.attribute(XMLName("x")) == "1")
    #expect(element.attributes.first?.place == 3)
    #expect(element.children.first?.text == "hello")
    #expect(element.children.first?.place == 12)
  }

  @Test("entities, character data, comments and a declaration are understood")
  func spelling() throws {
    let text =
      "<?xml version='1.0'?><!-- x --><a x='&lt;&amp;&#65;&#x42;'><![CDATA[<raw>]]>&gt;<!-- y --></a>"
    let element = try #require(try XMLFragmentParser.parse(text).first)
    #expect(element.attribute(XMLName("x")) == "<&AB")
    #expect(element.text == "<raw>>")
  }

  @Test("line ends are of one kind, and blanks in attributes")
  func lineEnds() throws {
    let element = try #require(
      try XMLFragmentParser.parse("<a x='1\r\n2\t3'>4\r\n5\r6</a>").first)
    #expect(element.attribute(XMLName("x")) == "1 2 3")
    #expect(element.text == "4\n5\n6")
  }

  @Test("prefixes stand for namespaces, and libvirt's own need no declaration")
  func namespaces() throws {
    let text = "<a xmlns='urn:d' xmlns:p='urn:p'><p:b p:x='1' x='2'/><qemu:arg/><c xmlns=''/></a>"
    let element = try #require(try XMLFragmentParser.parse(text).first)
    #expect(element.name == XMLName("a", in: "urn:d"))
    #expect(
      element.children.map(\.name)
        == [
          XMLName("b", in: "urn:p"),
          XMLName("arg", in: "http://libvirt.org/schemas/domain/qemu/1.0"), XMLName("c"),
        ])
    #expect(element.children[0].attribute(XMLName("x", in: "urn:p")) == "1")
    #expect(element.children[0].attribute(XMLName("x")) == "2")
  }

  @Test(
    "what is no fragment is refused at its place",
    arguments: [
      ("<a>", "0: <a> is not closed"),
      ("<a></b>", "3: </b> closes <a>, which is still open"),
      ("</a>", "0: there is no open element that this could close"),
      ("<a x=1/>", "5: the value of attribute 'x' needs quotes"),
      ("<a x='1' x='2'/>", "9: attribute 'x' is given twice"),
      ("<a x='<'/>", "6: '<' in a value is written as &lt;"),
      ("<a x/>", "4: attribute 'x' has no value"),
      ("<a>b & c</a>", "5: '&' is written as &amp;"),
      ("<a>&nope;</a>", "3: there is no entity '&nope;'"),
      ("<a>&#0;</a>", "3: there is no entity '&#0;'"),
      ("<!DOCTYPE a><a/>", "0: a document type declaration is not allowed"),
      ("<a><?php x?></a>", "3: a processing instruction is not allowed"),
      ("<p:a/>", "0: prefix 'p' stands for no namespace (xmlns:p='…')"),
      ("text", "0: text stands outside of any element"),
      ("<a>x<b/></a>", "3: text stands beside elements"),
      ("<a><!-- x -- y --></a>", "10: '--' cannot stand in a comment"),
      ("<a x='\u{1}'/>", "6: XML has no character U+1"),
      ("< a/>", "1: an element's name is expected here"),
      ("<a>]]></a>", "3: ']]>' stands outside of a CDATA section"),
    ])
  func refusals(_ text: String, _ complaint: String) {
    #expect(problem(text) == complaint)
  }

  @Test("elements that are nested too deep are refused")
  func depth() {
    let text = String(repeating: "<a>", count: 100)
    #expect(problem(text)?.hasSuffix("elements are nested more than 64 deep") == true)
  }

  @Test("what is written is read back the same")
  func roundTrip() throws {
    let text =
      "<a x='&lt;&apos;'><qemu:arg value='-x'/><b xmlns='urn:b' y='&#10;'>t &amp; u</b></a>"
    let element = try #require(try XMLFragmentParser.parse(text).first)
    let again = try #require(try XMLFragmentParser.parse(element.indented).first)
    #expect(again.compact == element.compact)
    #expect(element.compact == text)
  }
}
