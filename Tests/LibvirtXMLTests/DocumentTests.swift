import LibvirtXML
import Model
import TestSupport
import Testing

@Suite("XML documents") struct DocumentTests {
  @Test("malformed XML is an error with its line")
  func malformed() throws {
    let problem = try #require(throws: XMLProblem.self) {
      _ = try LibvirtDocument(parsing: "<domain>\n  <name a=1/>\n</domain>").rootName
    }
    #expect(problem.line == 2)
    #expect(!problem.message.isEmpty)
  }

  @Test("an empty text is no document")
  func empty() {
    #expect(throws: XMLProblem.self) { _ = try LibvirtDocument(parsing: "").rootName }
  }

  @Test(
    "a document type declaration is refused, with or without entities",
    arguments: [
      "<!DOCTYPE domain>\n<domain/>",
      "<!DOCTYPE d [<!ENTITY a \"aaaa\">]>\n<domain><name>&a;</name></domain>",
      "<!DOCTYPE d SYSTEM \"file:///etc/passwd\">\n<domain/>",
    ])
  func documentType(_ text: String) throws {
    let problem = try #require(throws: XMLProblem.self) {
      _ = try LibvirtDocument(parsing: text).rootName
    }
    #expect(problem.message.contains("document type"))
  }

  @Test("text is read and set at paths with predicates and attributes")
  func paths() throws {
    var document = try LibvirtDocument(
      parsing: "<clock><timer name='rtc' tickpolicy='catchup'/><timer name='pit'/></clock>")
    var found = document.text(at: "timer[@name='rtc']/@tickpolicy")
    #expect(found == "catchup")
    found = document.text(at: "timer[@name='pit']/@tickpolicy")
    #expect(found == nil)
    document.setText("delay", at: "timer[@name='pit']/@tickpolicy")
    document.setText("no", at: "timer[@name='hpet']/@present")
    let tree = try XMLTree(parsing: document.serialized())
    #expect(tree.all("timer").map { $0["name"] } == ["rtc", "pit", "hpet"])
    #expect(tree.all("timer").map { $0["tickpolicy"] } == ["catchup", "delay", nil])
    #expect(tree.all("timer")[2]["present"] == "no")
  }

  @Test("setting nothing removes the attribute or the element")
  func removal() throws {
    var document = try LibvirtDocument(parsing: "<domain><a b='1' c='2'/><d>text</d></domain>")
    document.setText(nil, at: "a/@b")
    document.setText(nil, at: "d")
    document.setText(nil, at: "nowhere/@x")
    let text = document.serialized()
    #expect(text == "<domain>\n  <a c=\"2\"/>\n</domain>\n")
  }

  @Test("special characters survive a write and a read")
  func escaping() throws {
    let text = #"a < b & "c" 'd' ünïcødé"#
    let tree = try written(Record([("title", .string(text))]))
    #expect(tree.text("title") == text)
    #expect(try read(tree.serialized)["title"] == .string(text))
  }

  @Test("a foreign namespace's odd name is written as it was read")
  func namespaceName() throws {
    let text = """
      <domain>
        <metadata>
          <o:a xmlns:o="urn:&lt;b&gt;&amp;c">d</o:a>
        </metadata>
      </domain>

      """
    let once = try LibvirtDocument(parsing: text).serialized()
    let twice = try LibvirtDocument(parsing: once).serialized()
    #expect(once.contains("urn:&lt;b"))
    #expect(once == twice)
    #expect(try XMLTree(parsing: once).all("metadata").count == 1)
  }

  @Test("ownership is written into its own namespace, read back, and taken away")
  func ownership() throws {
    let owner = Ownership(
      stack: "shop", source: "a.yaml:1:1", digest: "abc", appliedSpec: #"{"title":"<&>"}"#,
      onRemove: "delete", protected: true)
    var document = try LibvirtDocument(
      parsing: """
        <domain><metadata><o:note xmlns:o='https://example.org/'>hands off</o:note></metadata></domain>
        """)
    var owned = document.ownership()
    #expect(owned == nil)
    document.setOwnership(owner)
    let again = try LibvirtDocument(parsing: document.serialized()).ownership()
    #expect(again == owner)
    var other = owner
    other.stack = "other"
    document.setOwnership(other)
    let metadata = try #require(try XMLTree(parsing: document.serialized()).child("metadata"))
    #expect(metadata.children.map(\.name) == ["o:note", "virtspec:object"])
    #expect(metadata.child("virtspec:object")?["xmlns:virtspec"] == Ownership.namespace)
    #expect(metadata.child("virtspec:object")?["stack"] == "other")
    document.setOwnership(nil)
    owned = document.ownership()
    #expect(owned == nil)
    let found = document.text(at: "metadata")
    #expect(found != nil)
  }

  @Test("an element of the same name in another namespace is not ours")
  func foreignOwnership() throws {
    let document = try LibvirtDocument(
      parsing: """
        <domain><metadata><v:object xmlns:v='https://example.org/' stack='shop'/></metadata></domain>
        """)
    let owned = document.ownership()
    #expect(owned == nil)
  }
}
