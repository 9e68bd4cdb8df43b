import Manifest
import Model
import Testing

@Suite("Reference page")
struct ReferencePageTests {
  let page = Reference.markdown()

  @Test("every link leads to an anchor, and no anchor is there twice")
  func links() {
    let anchors = page.matches(of: #/<a id="([^"]+)"><\/a>/#).map { String($0.1) }
    let links = page.matches(of: #/\]\(#([^)]+)\)/#).map { String($0.1) }
    #expect(Set(anchors).count == anchors.count)
    #expect(Set(links).isSubset(of: anchors), "\(Set(links).subtracting(anchors))")
    #expect(links.count > 50)
  }

  @Test("every field of every table has a row with its sentence")
  func rows() {
    var tables = [Table.envelope] + Kind.allCases.filter { $0 != .guestClass }.map(Table.spec)
    var seen: Set<ObjectIdentifier> = []
    var expected = 0
    while let table = tables.popLast() {
      guard seen.insert(ObjectIdentifier(table)).inserted else { continue }
      for field in table.fields {
        expected += 1
        #expect(page.contains(".\(field.name)\"></a>`\(field.name)`"))
        #expect(page.contains(field.doc.replacing("|", with: "\\|")))
        if let nested = nestedTable(field.type) { tables.append(nested) }
      }
    }
    let rows = page.split(separator: "\n").filter { $0.hasPrefix("| <a id=") }
    #expect(rows.count == expected)
  }

  @Test("all rows have as many cells as their header")
  func cells() {
    for line in page.split(separator: "\n") where line.hasPrefix("|") {
      #expect(line.matches(of: #/(?:^|[^\\])\|/#).count == 7, "\(line)")
    }
  }

  @Test("a row says type, default, change and place in libvirt's XML")
  func row() {
    #expect(
      page.contains(
        """
        | <a id="disk.bus"></a>`bus` | word | `virtio` | restart | `target/@bus` | The bus; \
        virtio by default; a CD-ROM needs sata, scsi, ide or usb. `virtio`, `scsi`, `sata`, \
        `ide`, `usb`, `fdc`, `sd`, `xen`, `nvme`. |
        """))
  }
}
