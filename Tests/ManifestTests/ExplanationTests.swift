import Manifest
import Model
import Testing

@Suite("Explanation")
struct ExplanationTests {
  @Test("of a field says what it holds, how it changes and where libvirt has it")
  func field() throws {
    #expect(
      try Explanation.text(path: "guest.memory.size").get() == """
        KIND:       Guest
        VERSION:    virtspec/v1
        FIELD:      memory.size
        TYPE:       a number with a unit, such as 2GiB; units are B, KiB, MiB, GiB, TiB, PiB, kB, KB, MB,
                    GB, TB, PB
        CHANGE:     live, by virDomainSetMemoryFlags, up to the maximum of the running guest
        XML:        domain/currentMemory, in KiB
                    without it, domain/memory

        DESCRIPTION:
          The memory in use, rounded up to whole KiB; plugged-in DIMMs count.

        """)
  }

  @Test("of a field with fields lists them, and says what it excludes and needs")
  func record() throws {
    #expect(
      try Explanation.text(path: "guest.interfaces.direct").get() == """
        KIND:       Guest
        VERSION:    virtspec/v1
        FIELD:      interfaces[].direct
        TYPE:       a mapping; text alone is its device
        CHANGE:     field by field, as each of the fields below says
        EXCLUDES:   network, portGroup, bridge, pci
        XML:        domain/devices/interface/source
                    where domain/devices/interface/@type is direct

        DESCRIPTION:
          A device of the host that the interface shares through macvtap.

        FIELDS (* is required):
          device*  device name  The device of the host.
          mode     word         Whether guests on the device reach each other; new interfaces get bridge.

        """)
  }

  @Test("of a kind lists the fields of its spec")
  func kind() throws {
    #expect(
      try Explanation.text(path: "host").get() == """
        KIND:       Host
        VERSION:    virtspec/v1

        DESCRIPTION:
          A machine whose libvirt virtspec reconciles.

        FIELDS OF SPEC (* is required):
          uri*      URI      Anything that libvirt can open: qemu+ssh://root@kvm-a/system.
          limits    mapping  What the guests that manifests put there may have together.
          requires  mapping  What the host must be and have. Plan asks it; where it is not so, that is an error, and nothing is done on it.

        """)
  }

  @Test(
    "takes a path in any of the spellings that people write",
    arguments: [
      "guest.disks[].cache", "Guest.disks.cache", "GUESTS.spec.disks[0].cache",
      "vm.disks[vda].cache", "guest.disks.cache.",
    ])
  func spellings(_ path: String) throws {
    #expect(
      try Explanation.text(path: path).get() == Explanation.text(path: "guest.disks.cache").get())
  }

  @Test("of a default and of allowed values has them")
  func defaults() throws {
    let text = try Explanation.text(path: "guest.disks.bus").get()
    #expect(text.contains("\nDEFAULT:    virtio, for new objects\n"))
    #expect(text.contains("\nTYPE:       one of virtio, scsi, "))
    #expect(try Explanation.text(path: "guest.cpus.max").get().contains("whole number, 1 to 65535"))
    #expect(try Explanation.text(path: "pool").get().contains("Needs one of type, external."))
  }

  @Test("knows the envelope, too")
  func envelope() throws {
    let text = try Explanation.text(path: "guest.metadata.labels").get()
    #expect(text.contains("FIELD:      metadata.labels\n"))
  }

  @Test(
    "of what is not there names the nearest",
    arguments: [
      ("gest", "unknown-kind", "guest"), ("guest.disk", "unknown-field", "guest.disks"),
      ("guest.disks.cach", "unknown-field", "guest.disks[].cache"),
      ("host.metadata.nam", "unknown-field", "host.metadata.name"),
      ("guest.disks.cache.mode", "unknown-field", "guest.disks[].cache"),
      ("", "unknown-kind", nil), ("stack.name", "unknown-field", nil),
    ])
  func unknown(_ path: String, _ code: String, _ suggestion: String?) {
    guard case .failure(let diagnostic) = Explanation.text(path: path) else {
      Issue.record("\(path) has an explanation")
      return
    }
    #expect(diagnostic.code == code)
    #expect(diagnostic.suggestion == suggestion)
    #expect(diagnostic.expected != nil || suggestion != nil)
  }

  @Test("there is one for every field of every kind, none wider than its sentences")
  func everyField() throws {
    var pending = Kind.allCases.map { (path: $0.word, table: Table.spec(of: $0)) }
    var count = 0
    while let (path, table) = pending.popLast() {
      for field in table.fields {
        let text = try Explanation.text(path: path + "." + field.name).get()
        #expect(text.contains(field.doc.prefix(40)))
        let head = text.split(separator: "\n").prefix { !$0.hasPrefix("DESCRIPTION") }
        #expect(head.allSatisfy { $0.count <= 100 }, "\(text)")
        count += 1
        if let nested = nestedTable(field.type) {
          pending.append((path + "." + field.name, nested))
        }
      }
    }
    #expect(count > 500)
  }
}

/// The record of a field, or of its items.
func nestedTable(_ type: FieldType) -> Table? {
  switch type {
  case .record(let table, _): table
  case .list(let item, _): nestedTable(item)
  default: nil
  }
}
