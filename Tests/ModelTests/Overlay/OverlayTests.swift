import Model
import Testing

@Suite("Overlays") struct OverlayTests {
  private func element(_ text: String) throws -> XMLElement {
    try #require(try XMLFragmentParser.parse(text).first)
  }

  /// `PATH: FROM → TO` for each difference between an overlay and a document.
  private func differences(_ overlay: String, _ document: String, _ kind: Kind = .guest) throws
    -> [String]
  {
    try Overlay(overlay, of: kind).differences(to: element(document)).map {
      "\($0.path): \($0.from ?? "-") → \($0.to)"
    }
  }

  @Test("what the overlay does not speak of is left alone")
  func containment() throws {
    let document = """
      <domain type='kvm'><devices><disk><driver cache='none' io='native'/><target dev='vda'/></disk>
      <disk><driver cache='none'/><target dev='vdb'/></disk></devices></domain>
      """
    let overlay =
      "<devices><disk><target dev='vdb'/><driver cache='unsafe'/></disk></devices>"
    #expect(
      try differences(overlay, document)
        == ["devices/disk[vdb]/driver/@cache: none → unsafe"])
    #expect(
      try differences("<devices><disk><target dev='vda'/></disk></devices>", document) == [])
  }

  @Test("an element that is missing is one difference")
  func missing() throws {
    #expect(
      try differences(
        "<memoryBacking><hugepages/></memoryBacking><os><smbios mode='host'/></os>",
        "<domain><os/></domain>") == [
          "memoryBacking: - → <memoryBacking><hugepages/></memoryBacking>",
          "os/smbios: - → <smbios mode='host'/>",
        ])
  }

  @Test("other spellings of the same mean the same")
  func equality() throws {
    let document = """
      <domain><memory unit='KiB'>1048576</memory><devices><interface><mac address='52:54:00:aa:00:01'/>
      <address slot='0x05'/></interface></devices></domain>
      """
    #expect(
      try differences(
        "<memory unit='GiB'>1</memory><devices><interface><mac address='52:54:00:AA:00:01'/>"
          + "<address slot='5'/></interface></devices>", document) == [])
    #expect(
      try differences("<memory unit='GiB'>2</memory>", document)
        == ["memory/@unit: KiB → GiB", "memory: 1048576 → 2"])
  }

  @Test("namespaces count, prefixes do not")
  func namespaces() throws {
    let document = """
      <domain xmlns:q='http://libvirt.org/schemas/domain/qemu/1.0'>
      <q:commandline><q:arg value='-a'/></q:commandline></domain>
      """
    #expect(
      try differences("<qemu:commandline><qemu:arg value='-a'/></qemu:commandline>", document)
        == [])
    #expect(
      try differences("<commandline><arg value='-a'/></commandline>", document)
        == ["commandline: - → <commandline><arg value='-a'/></commandline>"])
  }

  @Test("arguments of a command line are compared in their order")
  func order() throws {
    func line(_ values: String...) -> String {
      "<qemu:commandline>" + values.map { "<qemu:arg value='\($0)'/>" }.joined()
        + "</qemu:commandline>"
    }
    func document(_ line: String) -> String { "<domain>\(line)</domain>" }
    #expect(try differences(line("-a", "-b"), document(line("-x", "-a", "-y", "-b"))) == [])
    #expect(try differences(line("-a", "-b"), document(line("-b", "-a"))).count == 1)
    #expect(try differences(line("-a", "-a"), document(line("-a"))).count == 1)
  }

  @Test("elements without a name of their own are found as declared, else by their place")
  func place() throws {
    let document = """
      <domain><devices><video><model type='qxl'/></video><video><model type='virtio'/></video></devices></domain>
      """
    #expect(
      try differences(
        "<devices><video><model type='virtio'/></video></devices>", document) == [])
    #expect(
      try differences("<devices><video><model type='vga'/></video></devices>", document)
        == ["devices/video/model/@type: qxl → vga"])
  }

  @Test("fields that say the same are told with their path, and identities are none")
  func conflicts() throws {
    let disk = Record([
      ("name", .string("vda")), ("file", .string("/srv/a")), ("cache", .string("none")),
    ])
    let fields = DeclaredXML(
      Record([
        ("memory", .record(Record([("size", .integer(1 << 30))]))),
        ("disks", .list([.record(disk)])),
      ]), .guest, root: "domain")
    func conflicts(_ text: String) throws -> [String] {
      try Overlay(text, of: .guest).conflicts(with: fields).map {
        "\($0.path) \($0.field)\($0.isListItem ? " list" : "")"
      }
    }
    let overlay = { (inner: String) in
      "<devices><disk type='file'><target dev='vda'/>\(inner)</disk></devices>"
    }
    #expect(try conflicts(overlay("<driver queues='4'/>")) == [])
    #expect(
      try conflicts(overlay("<driver cache='unsafe'/>")) == [
        "devices/disk[vda]/driver/@cache [Model.FieldStep.field(\"disks\"), "
          + "Model.FieldStep.index(0), Model.FieldStep.field(\"cache\")]"
      ])
    #expect(
      try conflicts("<devices><disk><target dev='vdx'/></disk></devices>") == [
        "devices/disk[vdx] [Model.FieldStep.field(\"disks\")] list"
      ])
    #expect(try conflicts("<memoryBacking><hugepages/></memoryBacking>") == [])
  }
}

@Suite("What an overlay has added") struct OverlayTraceTests {
  private func element(_ text: String) throws -> XMLElement {
    try #require(try XMLFragmentParser.parse(text).first)
  }

  /// The paths that go when `next` follows on `applied`, which was laid over `before` and became `document`.
  private func withdrawn(
    _ applied: String, before: String, document: String, next: String? = nil, fields: String? = nil
  ) throws -> [String] {
    let overlay = try Overlay(applied, of: .guest)
    let trace = OverlayTrace(
      text: overlay.trace(over: try element(before), after: nil, OverlayTrace()).text)
    return try overlay.withdrawals(
      trace, next: next.map { try Overlay($0, of: .guest).root }, fields: fields.map(element),
      document: element(document)
    ).map { goes in
      goes.path + (goes.entry.former.map { " → " + $0 } ?? "")
    }
  }

  @Test("what was added goes, what was there stays, what was replaced is given back")
  func undo() throws {
    let before = "<domain><a x='1' y='1'/><b/></domain>"
    let overlay = "<a x='2' z='3'/><b/><c/>"
    let document = "<domain><a x='2' y='1' z='3'/><b/><c/></domain>"
    #expect(
      try withdrawn(overlay, before: before, document: document) == ["a/@x → 1", "a/@z", "c"])
  }

  @Test("what the next overlay declares too stays")
  func retained() throws {
    #expect(
      try withdrawn(
        "<a x='2'/><c/><d/>", before: "<domain/>",
        document: "<domain><a x='2'/><c/><d/></domain>", next: "<a x='3'/><d/>") == ["c"])
  }

  @Test("what a field declares now is the field's")
  func fields() throws {
    #expect(
      try withdrawn(
        "<a x='1' y='2'/>", before: "<domain/>", document: "<domain><a x='1' y='2'/></domain>",
        fields: "<domain><a x='5'/></domain>") == ["a/@y"])
  }

  @Test("a container that somebody else uses, too, is not taken out")
  func shared() throws {
    #expect(
      try withdrawn(
        "<a><b/></a>", before: "<domain/>", document: "<domain><a><b/><foreign/></a></domain>")
        == ["a/b"])
    #expect(
      try withdrawn("<a><b/></a>", before: "<domain/>", document: "<domain><a><b/></a></domain>")
        == ["a"])
  }

  @Test("the trace of one overlay is carried over to the next")
  func carried() throws {
    let first = try Overlay("<a x='2'/><c/>", of: .guest)
    let trace = first.trace(
      over: try element("<domain><a x='1'/></domain>"), after: nil, OverlayTrace())
    let second = try Overlay("<c/><a x='3'/>", of: .guest)
    let next = second.trace(
      over: try element("<domain><a x='2'/><c/></domain>"), after: first, trace)
    #expect(
      next.entries == [
        OverlayTrace.Entry(node: 1, part: nil, former: nil),
        OverlayTrace.Entry(node: 2, part: .attribute(XMLName("x")), former: "1"),
      ])
    #expect(OverlayTrace(text: next.text) == next)
  }
}
