import Foundation
import Model
import Testing

@testable import LibvirtXML

/// The scanner may leave any document to libxml2. What it takes, libxml2 has to take too, and to read the same.
@Suite("The scanner beside libxml2") struct ScannerTests {
  @Test(
    "plain XML is taken",
    arguments: [
      "<a/>", "<a />", "<a></a>", "<a></a >", "<a\n\t b='1'\tc=\"2\" d = 'x'\n/>",
      "<a b='say \"x\"' c=\"it's\"/>", "<a b=''/>", "<a b=' x  y '/>", "<a b='>'/>",
      "<a b='&lt;&gt;&amp;&quot;&apos;&#39;&#34;&#10;'>&lt;&gt;&amp;&quot;&apos;&#39;&#34;&#10;</a>",
      "<a>x > y ]] > ] ></a>", "<a>]]&gt;</a>", "<a b=']]>'>]]</a>",
      " \n\t<a/> \n\t", "<!-- - -->\n<a/><!----> <!-->-->", "<a><!--x--></a>",
      "<a>\n\t<b/>\n  <!-- x -->\n  <b/>\n</a>", "<a> <!-- x --> </a>", "<a><!-- x --> </a>",
      "<a> <!-- x --></a>", "<a><!-- x -->text</a>", "<a> <!-- x --> text </a>", "<a> </a>",
      "<a>\n text \n</a>", "<a>&#10;</a>", "<a> &#10; </a>", "<a.b-c_1 _='1'/>", "<a-></a->",
      "<a:b/>", "<a:b xmlns:a='urn:x' a:c='1' c='2' d:c='3'/>", "<xmlish/>",
      "<domain><description> <!-- x --> </description><title> <!-- x -->t</title></domain>",
      "<domain><description>\n  a\n  b </description><title> </title></domain>",
      "<domain><metadata><x:object xmlns:x='urn:x'/></metadata></domain>",
    ])
  func taken(_ xml: String) throws { #expect(try scans(xml.utf8)) }

  @Test(
    "what is well-formed but not plain is left",
    arguments: [
      "<?xml version='1.0'?><a/>", "<a><?x?></a>", "<a/><?x?>", "<a><![CDATA[x]]></a>",
      "\u{feff}<a/>", "<a>ä</a>", "<a b='ä'/>", "<a ä='1'/>", "<ä/>", "<!-- ä --><a/>",
      "<a>\r\n</a>", "<a\r\nb='1'/>", "<a b='\r'/>", "<!-- \r --><a/>", "<a/>\r\n",
      "<a>\u{7f}</a>", "<a b='\t'/>", "<a b='\n'/>", "<a>&#65;</a>", "<a b='&#x41;'/>",
      "<a xmlns='urn:x'/>", "<a><b xmlns='urn:x'/></a>", "<a xmlns=''/>",
      "<a xmlns:x=''/>", "<a xmlns:x='http://www.w3.org/2000/xmlns/'/>",
      "<a xmlns:xml='http://www.w3.org/XML/1998/namespace'/>", "<a xmlns:xmlns='urn:x'/>",
      "<a xml:space='preserve'> <b/> </a>", "<a xml:lang='en'/>", "<a xml-b='1'/>", "<a:/>",
      "<:a/>", "<a:b:c/>",
      "<a>x<b/></a>", "<a><b/>x</a>", "<a>x<!-- x --></a>", "<a>x<!-- x -->y</a>",
      "<a>&#10;<b/></a>",
    ])
  func left(_ xml: String) throws {
    #expect(try !scans(xml.utf8))
    _ = try LibvirtDocument(parsing: xml)
  }

  @Test(
    "what is malformed is not taken",
    arguments: [
      "", " ", "a", "<", "<a", "<a b", "<a b=", "<a b='", "<a b='1", "<a b='1'", "<a b='1'/", "<a>",
      "<a></", "<a></a", "<!--", "<!-- x -->", "<a><!-- x", "< a/>", "<a/ >", "<a / >", "</a>",
      "<1/>",
      "<a></b>", "<a></ a>", "<a></a b='1'>", "<a><b></a></b>", "<a/><a/>", "<a/>x", "x<a/>",
      "<a b='1'c='2'/>", "<a b=1/>", "<a b='1\"/>", "<a b/>", "<a b='<'/>", "<a 'b'/>", "<a =''/>",
      "<a b='1' b='2'/>", "<a c='1' xmlns:c='urn:x' xmlns:c='urn:y'/>",
      "<a>&</a>", "<a>&x;</a>", "<a>&lt</a>", "<a b='&'/>", "<a b='&x;'/>", "<a>&#0;</a>",
      "<a>]]></a>", "<a>x ]]> y</a>", "<!-- -- --><a/>", "<!-- ---><a/>", "<!-><a/>",
      "<a><!- x -></a>",
      "<a>\u{1}</a>", "<a b='\u{1}'/>",
      "<!DOCTYPE a><a/>", "<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>",
    ])
  func malformed(_ xml: String) throws {
    #expect(try !scans(xml.utf8))
    #expect(throws: XMLProblem.self) { _ = try LibvirtDocument(parsing: xml) }
  }

  @Test("virtspec's element is found wherever its namespace is declared")
  func ownership() throws {
    let declaration = "xmlns:v='\(Ownership.namespace)'"
    let documents = [
      "<domain><metadata><v:object \(declaration) stack='s'>{&quot;a&quot;:1}</v:object></metadata></domain>",
      "<domain><metadata \(declaration)><v:object stack='s'/></metadata></domain>",
      "<domain \(declaration)><metadata><v:object stack='s'/></metadata></domain>",
      "<domain \(declaration)><metadata><v:object xmlns:v='urn:x' stack='s'/></metadata></domain>",
      "<domain xmlns:v='urn:x'><metadata><v:object \(declaration) stack='s'/></metadata></domain>",
      "<domain \(declaration)><metadata xmlns:v='urn:x'><v:object stack='s'/></metadata></domain>",
      "<domain \(declaration)><metadata><w:object stack='s'/></metadata></domain>",
      "<domain \(declaration)><metadata><v:objects/><v:object stack='s'/></metadata></domain>",
      "<domain \(declaration)><metadata><object stack='s'/></metadata></domain>",
    ]
    for document in documents { #expect(try scans(document.utf8), "\(document)") }
    let isOwned = try documents.map { try observed($0) { $0.ownership()?.stack == "s" } }
    #expect(isOwned == [true, true, true, false, true, false, false, true, false])
    // Where libxml2 overlooks a declaration, the one outside holds.
    let overlooked =
      "<domain \(declaration)><metadata><v:object xmlns:v='' stack='s'/></metadata></domain>"
    #expect(try !scans(overlooked.utf8))
    #expect(try observed(overlooked) { $0.ownership()?.stack } == "s")
  }

  @Test("a document that breaks off anywhere is not taken")
  func truncated() throws {
    let sample = Array(Self.sample.utf8)
    #expect(try scans(sample))
    for count in 0..<sample.count { #expect(try !scans(sample.prefix(count)), "\(count) bytes") }
  }

  @Test("with a byte missing, doubled or replaced, the two still agree")
  func mutated() throws {
    let sample = Array(Self.sample.utf8)
    let bytes = Array("<>&;'\"/=:!?-[]#x0 \t\n\r\u{0}\u{7f}".utf8) + [0xc3, 0xff]
    var taken = 0
    for index in sample.indices {
      var changed = sample
      changed.remove(at: index)
      if try scans(changed) { taken += 1 }
      for byte in [sample[index]] + bytes {
        changed = sample
        changed.insert(byte, at: index)
        if try scans(changed) { taken += 1 }
        changed = sample
        changed[index] = byte
        if try scans(changed) { taken += 1 }
      }
    }
    // Some changes leave it plain, as a digit more does; most do not.
    #expect(taken > sample.count)
  }

  @Test("of documents put together by chance, the two agree")
  func random() throws {
    var documents = RandomDocuments(seed: 1)
    var taken = 0
    for _ in 0..<3_000 where try scans(documents.next().utf8) { taken += 1 }
    // Both kinds come often enough to say something.
    #expect((300..<2_700).contains(taken))
  }

  @Test("a tree is as deep as libxml2 allows, and no deeper")
  func depth() throws {
    for depth in 250...260 {
      let tags = String(repeating: "<a>", count: depth)
      let ends = String(repeating: "</a>", count: depth)
      #expect(try scans((tags + ends).utf8) == (depth <= 256), "\(depth)")
      #expect(try scans((tags + "<b/>" + ends).utf8) == (depth < 256), "\(depth)")
    }
    #expect(try !scans(String(repeating: "<a>", count: 100_000).utf8))
  }

  @Test("a name or a document that could be larger than libxml2 allows is left to it")
  func large() throws {
    let long = String(repeating: "x", count: 60_000)
    for left in ["<\(long)/>", "<a \(long)='1'/>", "<a:\(long)/>"] {
      #expect(try !scans(left.utf8))
    }
    for taken in ["<a b='\(long)'/>", "<a>\(long)</a>"] { #expect(try scans(taken.utf8)) }
    let longer = String(repeating: "x", count: 11_000_000)
    for left in ["<a b='\(longer)'/>", "<a>\(longer)</a>", "<!-- \(longer) --><a/>"] {
      #expect(try !scans(left.utf8))
    }
  }

  @Test("every document of the scenarios reads the same")
  func scenarios() throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    try holdAgainst(folder.appending(path: "Scenarios"))
  }

  @Test(
    "every document of the corpus reads the same",
    .enabled(if: Self.corpus != nil, "needs VIRTSPEC_CORPUS"))
  func corpusReadsTheSame() throws {
    try holdAgainst(URL(filePath: #require(Self.corpus)))
  }

  private static let corpus = ProcessInfo.processInfo.environment["VIRTSPEC_CORPUS"]

  /// Reads every document below a folder by both.
  private func holdAgainst(_ folder: URL) throws {
    let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
    var all = 0
    var taken = 0
    while let file = files?.nextObject() as? URL {
      guard file.pathExtension == "xml" else { continue }
      all += 1
      if try scans(Data(contentsOf: file)) { taken += 1 }
    }
    print("the scanner takes \(taken) of \(all) documents in \(folder.lastPathComponent)")
    #expect(taken > 0)
  }

  /// A bit of everything that is plain.
  private static let sample = """
    <!-- x -->
    <domain type='kvm' id="3">
      <name>web-1</name>
      <title> </title><description>a &lt;b&gt; &amp;
        c</description>
      <metadata>
        <v:object xmlns:v="\(Ownership.namespace)" stack="s" digest='0'>{&quot;a&quot;:1}</v:object>
      </metadata>
      <memory unit='KiB'>1024</memory><vcpu current='1'>2</vcpu>
      <!-- y -->
      <devices><disk type='file'><target dev='vda' bus='virtio'/><readonly/></disk></devices>
    </domain>
    """
}
