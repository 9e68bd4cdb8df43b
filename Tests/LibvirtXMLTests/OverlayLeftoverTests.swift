import Foundation
import Model
import Testing

@testable import LibvirtXML

@Suite("What fields leave over") struct OverlayLeftoverTests {
  private func leftover(_ xml: String, _ fields: Record, _ kind: Kind = .guest) throws -> String? {
    let document = try LibvirtDocument(parsing: xml)
    var written = try LibvirtDocument(root: document.rootName)
    written.write(fields, Table.spec(of: kind))
    return try document.overlay(over: written, of: kind)?.text
  }

  @Test("nothing is left of what fields describe")
  func nothing() throws {
    #expect(
      try leftover(
        "<domain id='3'><name>a</name><uuid>u</uuid><os><type>hvm</type></os><title>T</title></domain>",
        ["title": "T"]) == nil)
  }

  @Test("what is left is told with what it is found by")
  func identity() throws {
    let xml = """
      <domain><os><type>hvm</type></os><devices>
      <disk type='file'><driver queues='4'/><source file='/a'/><target dev='vda'/><address type='pci'/></disk>
      <controller type='pci' index='0'/></devices></domain>
      """
    #expect(
      try leftover(xml, ["disks": [["name": "vda", "file": "/a"]]]) == """
        <domain>
          <devices>
            <disk>
              <target dev='vda'/>
              <driver queues='4'/>
            </disk>
          </devices>
        </domain>

        """)
  }

  @Test("those that go by their place keep it")
  func places() throws {
    let xml =
      "<domain><os><type>hvm</type></os><devices><video><model type='vga'/></video><video><model type='x'/></video></devices></domain>"
    let overlay = try #require(try leftover(xml, ["videos": [["model": "vga"]]]))
    #expect(overlay.contains("<video/>\n    <video>\n      <model type='x'/>"))
  }

  @Test("a network mask that the fields have as a prefix is nothing that is left")
  func netmask() throws {
    let xml =
      "<network><ip family='ipv4' address='10.0.0.1' netmask='255.255.255.0'/></network>"
    let fields = try LibvirtDocument(parsing: xml).read(.network)
    #expect(try leftover(xml, fields, .network) == nil)
  }

  @Test(
    "what is read and what is left over, written from nothing, is every document of the corpus",
    .enabled(if: Self.corpus != nil, "needs VIRTSPEC_CORPUS"),
    arguments: [
      ("domain-qemu", Kind.guest), ("domain-xen", .guest), ("domain-vmware", .guest),
      ("network", .network), ("pool", .pool), ("volume", .volume),
    ])
  func corpusIsWhole(_ name: String, _ kind: Kind) throws {
    let folder = URL(filePath: try #require(Self.corpus)).appending(path: name)
    var counts = (all: 0, whole: 0, plain: 0)
    var differing: [String] = []
    for file in try FileManager.default.contentsOfDirectory(atPath: folder.path()).sorted()
    where file.hasSuffix(".xml") {
      let text = try String(contentsOf: folder.appending(path: file), encoding: .utf8)
      let document = try LibvirtDocument(parsing: text)
      guard document.rootName == Overlay.rootName(of: kind) else { continue }
      let table = Table.spec(of: kind)
      let fields = document.read(table)
      let overlay = try leftover(text, fields, kind)
      counts.all += 1
      if overlay == nil { counts.plain += 1 }
      var written = try LibvirtDocument(root: document.rootName)
      written.write(fields, table, overlay: OverlayEdit(text: overlay), of: kind)
      let original = try document.withoutGenerated()
      let missing = Overlay(root: original).differences(to: written.element())
      let rewritten = try written.withoutGenerated().withoutEqualLimits
      let extra = Overlay(root: rewritten).differences(to: document.element())
      if missing.isEmpty && extra.isEmpty {
        counts.whole += 1
      } else {
        differing.append(
          "\(file): lacks \(missing.map(\.path)), has \(extra.map { $0.path + "=" + $0.to })")
      }
      #expect(missing.isEmpty, "\(file) \(missing.map(\.path))")
      // A manifest of both has to be valid.
      let declared = DeclaredXML(fields, table, root: Overlay.rootName(of: kind))
      let conflicts =
        try overlay.map { try Overlay($0, of: kind).conflicts(with: declared).map(\.path) } ?? []
      if Self.contradicting.contains(file) { continue }
      #expect(conflicts == [], "\(file)")
    }
    print(
      "\(name): \(counts.whole) of \(counts.all) are whole with their overlay, \(counts.plain) need none"
    )
    for line in differing { print("  " + line) }
    #expect(counts.all > 0)
  }

  /// Cells that are not in the order of their numbers, as libvirt never writes them; cells told by their place alone;
  /// and hosts' devices of a kind without a field beside some that have one. An import leaves such sections out, and
  /// lists them.
  private static let contradicting = [
    "cpu-numa2.xml", "numatune-hmat.xml", "hostdev-scsi-virtio-scsi.xml",
  ]

  private static let corpus = ProcessInfo.processInfo.environment["VIRTSPEC_CORPUS"]
}

extension XMLElement {
  /// Without the memory and processors in use where they are all there are, which is what libvirt assumes.
  fileprivate var withoutEqualLimits: XMLElement {
    var result = self
    let memory = child(XMLName("memory"))?.text
    result.children.removeAll { $0.name.local == "currentMemory" && $0.text == memory }
    for index in result.children.indices where result.children[index].name.local == "vcpu" {
      let count = result.children[index].text
      result.children[index].attributes.removeAll {
        $0.name.local == "current" && $0.value == count
      }
    }
    return result
  }
}
