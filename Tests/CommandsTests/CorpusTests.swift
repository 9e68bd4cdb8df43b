import Foundation
import LibvirtXML
import Model
import Testing

/// XML that others wrote, from the folder that VIRTSPEC_CORPUS names: `domain-qemu/*.xml` and so on.
enum Corpus {
  static let folder = ProcessInfo.processInfo.environment["VIRTSPEC_CORPUS"]
  static let isThere = folder != nil && Lab.uri != nil

  /// The stack and the host that manifests about the corpus are on.
  static let site = """
    apiVersion: virtspec/v1
    kind: Stack
    metadata: {name: corpus}
    ---
    apiVersion: virtspec/v1
    kind: Host
    metadata: {name: lab}
    spec: {uri: "qemu:///system"}

    """

  /// Whether every first-class field that was read comes back from a document that has nothing else.
  static func isLossless(_ xml: String, _ table: Table) throws -> Bool {
    let original = try LibvirtDocument(parsing: xml)
    let first = original.read(table)
    var document = try LibvirtDocument(root: original.rootName)
    document.write(first, table)
    let second = document.read(table)
    if second != first, ProcessInfo.processInfo.environment["VIRTSPEC_CORPUS_VERBOSE"] != nil {
      for entry in first.entries where second[entry.name] != entry.value {
        print("lossy \(entry.name): \(entry.value)\n   -> \(second[entry.name] as Any)")
      }
    }
    return second == first
  }

  static func documents(_ kind: String) throws -> [(name: String, xml: String)] {
    let path = try #require(folder) + "/" + kind
    return try FileManager.default.contentsOfDirectory(atPath: path).sorted()
      .filter { $0.hasSuffix(".xml") }
      .map {
        (String($0.dropLast(4)), try String(contentsOfFile: path + "/" + $0, encoding: .utf8))
      }
  }
}

extension LabTests {
  @Test(
    "a guest that a manifest only names is adopted without any change, and its plan is empty",
    .enabled(if: Corpus.isThere, "needs VIRTSPEC_CORPUS and the lab"))
  func corpusGuestsAreLeftAlone() async throws {
    let folder = try TemporaryFolder()
    var names: [String] = []
    var before: [String: String] = [:]
    var manifests = Corpus.site
    var refused: [String] = []
    for (name, xml) in try Corpus.documents("domain-qemu") {
      let guest = "corpus-" + name.filter { $0 != "+" }
      // The UUID stands in the SMBIOS tables too, and libvirt wants both to be the same.
      let uuid = try LibvirtDocument(parsing: xml).text(at: "uuid")
      var document = try LibvirtDocument(
        parsing: uuid.map { xml.replacing($0, with: UUID().uuidString.lowercased()) } ?? xml)
      document.setText(guest, at: "name")
      try folder.write(document.serialized(), to: "guest.xml")
      do {
        try Lab.virsh("define", folder.path + "/guest.xml")
      } catch {
        refused.append(name)
        continue
      }
      names.append(guest)
      before[guest] = try withoutOwnership(Lab.virsh("dumpxml", "--inactive", guest))
      manifests += """
        ---
        apiVersion: virtspec/v1
        kind: Guest
        metadata: {name: \(guest)}
        spec: {host: lab}

        """
    }
    try folder.write(manifests, to: "corpus.yaml")
    let path = folder.path + "/corpus.yaml"
    let opener = Lab.Opener()
    let adopted = await virtspec("apply", "--yes", "--adopt", path, opener: opener)
    #expect(adopted.status == 0, "\(adopted.errors.suffix(4000))")
    let plan = await virtspec("plan", "--detailed-exitcode", path, opener: opener)
    #expect(plan.status == 0, "\(plan.output.prefix(4000))")
    var changed: [String] = []
    var lossless = 0
    var lossy: [String] = []
    for name in names {
      let xml = try Lab.virsh("dumpxml", "--inactive", name)
      if try withoutOwnership(xml) != before[name] { changed.append(name) }
      if try Corpus.isLossless(xml, .guest) { lossless += 1 } else { lossy.append(name) }
      try Lab.virsh("undefine", name, "--nvram")
    }
    #expect(changed == [])
    print(
      """
      corpus, domain-qemu: \(names.count) of \(names.count + refused.count) documents are defined by the daemon,
        \(names.count - changed.count) of \(names.count) are adopted by name alone and left as they were,
        \(lossless) of \(names.count) are read, written to a new document and read again without a difference.
      refused by the daemon: \(refused.joined(separator: " "))
      lossy: \(lossy.joined(separator: " "))
      """)
    // Tests of another room leave theirs while they run.
    #expect(try !Lab.virsh("secret-list").contains("virtspec/ledger/corpus"))
  }

  private func withoutOwnership(_ xml: String) throws -> String {
    var document = try LibvirtDocument(parsing: xml)
    document.setOwnership(nil)
    if document.text(at: "metadata") == "" { document.setText(nil, at: "metadata") }
    return document.serialized()
  }
}
