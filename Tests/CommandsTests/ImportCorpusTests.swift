import Foundation
import Model
import Testing

@testable import LibvirtXML

extension LabTests {
  @Test(
    "guests that others wrote are imported: adopting them changes nothing, and they can be made anew",
    .enabled(if: Corpus.isThere, "needs VIRTSPEC_CORPUS and the lab"))
  func corpusGuestsAreImported() async throws {
    let documents = try Corpus.documents("domain-qemu")
    let networks = try CorpusNetworks(of: documents)
    defer { networks.remove() }
    let folder = try TemporaryFolder()
    var trial = ImportTrial(kind: .guest)
    for (name, xml) in documents {
      let guest = "corpus-" + name.filter { $0 != "+" }
      let uuid = try LibvirtDocument(parsing: xml).text(at: "uuid")
      var document = try LibvirtDocument(
        parsing: uuid.map { xml.replacing($0, with: UUID().uuidString.lowercased()) } ?? xml)
      document.setText(guest, at: "name")
      try folder.write(document.serialized(), to: "guest.xml")
      guard try Lab.attempt(["define", folder.path + "/guest.xml"]).status == 0 else {
        trial.refused.append(name)
        continue
      }
      try await trial.run(
        guest, dump: ["dumpxml", "--inactive", guest], remove: ["undefine", guest, "--nvram"])
    }
    print(trial.table)
    #expect(trial.notAdopted.isEmpty)
    #expect(trial.changed.isEmpty)
    // Places on a bus that somebody chose are lost, and with them the controllers of their own.
    #expect(trial.different.count * 20 < trial.same)
  }

  @Test(
    "networks that others wrote are imported, adopted unchanged and made anew",
    .enabled(if: Corpus.isThere, "needs VIRTSPEC_CORPUS and the lab"))
  func corpusNetworksAreImported() async throws {
    try await importCorpus(.network, "network", "net-")
  }

  @Test(
    "pools that others wrote are imported, adopted unchanged and made anew",
    .enabled(if: Corpus.isThere, "needs VIRTSPEC_CORPUS and the lab"))
  func corpusPoolsAreImported() async throws {
    try await importCorpus(.pool, "pool", "pool-")
  }

  private func importCorpus(_ kind: Kind, _ documents: String, _ prefix: String) async throws {
    let folder = try TemporaryFolder()
    var trial = ImportTrial(kind: kind)
    for (name, xml) in try Corpus.documents(documents) {
      let object = "corpus-" + name.filter { $0 != "+" }
      var document = try LibvirtDocument(parsing: xml)
      document.setText(object, at: "name")
      document.setText(nil, at: "uuid")
      try folder.write(document.serialized(), to: "object.xml")
      guard try Lab.attempt([prefix + "define", folder.path + "/object.xml"]).status == 0 else {
        trial.refused.append(name)
        continue
      }
      try await trial.run(
        object, dump: [prefix + "dumpxml", "--inactive", object],
        remove: [prefix + "undefine", object])
    }
    trial.expectComplete()
  }

  @Test(
    "volumes that others wrote are imported, adopted unchanged and made anew",
    .enabled(if: Corpus.isThere, "needs VIRTSPEC_CORPUS and the lab"))
  func corpusVolumesAreImported() async throws {
    let folder = try TemporaryFolder()
    try Lab.virsh("pool-create-as", "corpus", "dir", "--target", folder.path)
    try Lab.virsh("pool-destroy", "corpus")
    try Lab.virsh("pool-define-as", "corpus", "dir", "--target", folder.path)
    try Lab.virsh("pool-start", "corpus")
    var trial = ImportTrial(kind: .volume)
    let documents = try TemporaryFolder()
    for (name, xml) in try Corpus.documents("volume") {
      let document = try LibvirtDocument(parsing: xml)
      let volume = document.text(at: "name") ?? name
      try documents.write(document.serialized(), to: "volume.xml")
      let made = try Lab.attempt(["vol-create", "corpus", documents.path + "/volume.xml"])
      guard made.status == 0 else {
        trial.refused.append(name)
        continue
      }
      try await trial.run(
        "corpus/" + volume, dump: ["vol-dumpxml", volume, "corpus"],
        remove: ["vol-delete", volume, "corpus"])
    }
    print(trial.table)
    try Lab.virsh("pool-destroy", "corpus")
    try Lab.virsh("pool-undefine", "corpus")
    #expect(trial.notAdopted.isEmpty)
    #expect(trial.changed.isEmpty)
  }

  @Test("the demo is imported, destroyed, and comes back the same from what was imported")
  func demoIsImported() async throws {
    let opener = Lab.Opener()
    let demo = repository + "specs/demo"
    let applied = await virtspec("apply", "--yes", demo, opener: opener)
    try #require(applied.status == 0, "\(applied.errors)")
    let folder = try TemporaryFolder()
    let imported = await virtspec(
      "import", "--host", "qemu:///system", "--name", "lab", "--stack", "again", "--into",
      folder.path, "guest/web-1", "guest/web-2", "network/demo", "pool/demo", opener: opener)
    #expect(imported.status == 0, "\(imported.errors)")
    let dumps = [
      ["dumpxml", "--inactive", "web-1"], ["dumpxml", "--inactive", "web-2"],
      ["net-dumpxml", "--inactive", "demo"], ["pool-dumpxml", "--inactive", "demo"],
      ["vol-dumpxml", "web-2.qcow2", "demo"], ["vol-dumpxml", "base.qcow2", "demo"],
    ]
    let before = try dumps.map { try ImportTrial.lines(Lab.virsh($0)) }
    let gone = await virtspec("destroy", "--yes", demo, opener: opener)
    #expect(gone.status == 0, "\(gone.errors)")
    // So that nothing is left of it in the end.
    let pool = try String(contentsOfFile: folder.path + "/pool-demo.yaml", encoding: .utf8)
    try folder.write(
      pool.replacing("  capacity:", with: "  lifecycle: {onRemove: delete}\n  capacity:"),
      to: "pool-demo.yaml")
    let again = await virtspec("apply", "--yes", folder.path, opener: opener)
    #expect(again.status == 0, "\(again.errors)")
    #expect(try dumps.map { try ImportTrial.lines(Lab.virsh($0)) } == before)
    let second = await virtspec("plan", "--detailed-exitcode", folder.path, opener: opener)
    #expect(second.status == 0, "\(second.output)")
    let removed = await virtspec("destroy", "--yes", folder.path, opener: opener)
    #expect(removed.status == 0, "\(removed.errors)")
  }
}

/// Imports objects one by one, adopts them, removes them and makes them anew from their manifests.
struct ImportTrial {
  let kind: Kind
  var refused: [String] = []
  private var count = 0
  /// Objects whose import, plan or adoption failed, with what was said.
  var notAdopted: [String: String] = [:]
  /// Objects that adoption changed.
  var changed: [String] = []
  /// Objects that could not be made anew, with what was said.
  private var notMade: [String: String] = [:]
  /// Objects that are another after they were made anew, with where.
  private(set) var different: [String: [String]] = [:]
  /// Objects that are the same, and of these the ones of which nothing was left out.
  private(set) var same = 0
  private var whole = 0
  private var remainders: [String: (count: Int, sample: String)] = [:]

  init(kind: Kind) { self.kind = kind }

  /// Everything was adopted without a change, and is the same when it is made anew.
  func expectComplete() {
    print(table)
    #expect(notAdopted.isEmpty)
    #expect(changed.isEmpty)
    #expect(different.isEmpty)
  }

  mutating func run(
    _ name: String, dump: @autoclosure () throws -> [String],
    remove: @autoclosure () throws -> [String]
  ) async throws {
    count += 1
    let folder = try TemporaryFolder()
    let command = try remove()
    try await imported(name, dump, command, into: folder.path)
    _ = await virtspec("destroy", "--yes", folder.path, opener: Lab.Opener())
    try Lab.attempt(command)
  }

  private mutating func imported(
    _ name: String, _ dump: () throws -> [String], _ remove: [String], into folder: String
  ) async throws {
    let opener = Lab.Opener()
    let before = try withoutOwnership(Lab.virsh(dump()))
    let imported = await virtspec(
      "import", "--host", "qemu:///system", "--name", "lab", "--stack", "corpus", "--into", folder,
      "\(kind.word)/\(name)", opener: opener)
    guard imported.status == 0, !imported.errors.contains("note:") else {
      notAdopted[name] = "import: " + imported.errors.prefix(700)
      return
    }
    let adopted = await virtspec(
      "apply", "--yes", "--adopt", "--allow", "none", folder, opener: opener)
    let second = await virtspec("plan", "--detailed-exitcode", folder, opener: opener)
    guard adopted.status == 0, second.status == 0 else {
      notAdopted[name] = "adoption: " + (adopted.errors + second.output).suffix(900)
      return
    }
    if try withoutOwnership(Lab.virsh(dump())) != before { changed.append(name) }
    try Lab.virsh(remove)
    let made = await virtspec("apply", "--yes", "--allow", "none", folder, opener: opener)
    guard made.status == 0 else {
      let reason = made.output.split(separator: "\n").first { $0.contains("blocked: ") }
      notMade[name] = reason.map { $0.trimmingCharacters(in: .whitespaces) } ?? said(made.errors)
      return
    }
    let path = try folder + "/" + file(name, in: folder)
    let manifest = try String(contentsOfFile: path, encoding: .utf8)
    try compare(name, before, withoutOwnership(Lab.virsh(dump())), manifest: manifest)
  }

  /// What libvirt said, on one line.
  private func said(_ errors: String) -> String {
    let line = errors.split(separator: "\n").first { $0.contains(": create: ") } ?? ""
    return String(line.split(separator: ": create: ").last ?? Substring(errors.suffix(300)))
  }

  /// - Parameter manifest: what it lists as not imported may differ.
  private mutating func compare(
    _ name: String, _ before: String, _ after: String, manifest: String
  ) throws {
    let left = manifest.split(separator: "\n").compactMap { Listed(comment: $0) }
    for listed in left {
      let kind = listed.path.replacing(/\[[^\]]*\]/, with: "")
      remainders[kind, default: (0, listed.text)].count += 1
    }
    let differences = try Self.lines(before).difference(from: Self.lines(after)).compactMap {
      change in
      switch change {
      case .insert(_, let line, _): left.contains { $0.covers(line) } ? nil : "- " + line
      case .remove(_, let line, _): left.contains { $0.covers(line) } ? nil : "+ " + line
      }
    }
    if differences.isEmpty {
      same += 1
      if left.isEmpty { whole += 1 }
    } else {
      different[name] = differences
    }
  }

  /// Everything that a document says, a line each, without what is libvirt's choice.
  static func lines(_ xml: String) throws -> [String] {
    let document = try LibvirtDocument(parsing: xml)
    var result: [String] = []
    func walk(_ node: Node, _ path: [String]) {
      var here = path.count == 1 ? path[0] : path.dropFirst().joined(separator: "/")
      // Older definitions have these in the disk itself, which is the same.
      for name in ["auth", "encryption"] { here.replace("/source/" + name, with: "/" + name) }
      if ["ip", "route"].contains(node.localName), let cidr = CIDRCodec.read(node) {
        result.append("\(here)/@cidr=\(cidr)")
      }
      for (name, value) in node.localAttributes
      where !isPlace(node, name) && !Generated.isAttribute(name, value, of: node, at: path) {
        if path == ["network", "bridge"], name == "name", isNumbered(value) { continue }
        if path[0] == "network", path.count == 2, ["address", "prefix"].contains(name) { continue }
        result.append("\(here)/@\(name)=\(value)")
      }
      let elements = node.elements.filter { !Generated.isElement($0, at: path) }
      if node.elements.isEmpty, node.localAttributes.isEmpty || !node.text.isEmpty {
        result.append("\(here)=\(node.text)")
      }
      for element in elements {
        // What the file of an image takes is its own affair.
        if path == ["volume"], element.localName == "allocation",
          document.text(at: "target/format/@type") != "raw"
        {
          continue
        }
        walk(element, path + [element.localName + Remainders.label(element)])
      }
    }
    walk(document.root, [document.rootName])
    return result.sorted()
  }

  private static func isNumbered(_ bridge: String) -> Bool {
    bridge.hasPrefix("virbr") && Int(bridge.dropFirst(5)) != nil
  }

  /// Numbers of PCI ports, which go with the addresses.
  private static func isPlace(_ node: Node, _ attribute: String) -> Bool {
    node.localName == "target" && ["chassis", "port"].contains(attribute)
      && node.attribute("chassis") != nil
  }

  private func withoutOwnership(_ xml: String) throws -> String {
    var document = try LibvirtDocument(parsing: xml)
    document.setOwnership(nil)
    if document.text(at: "metadata") == "" { document.setText(nil, at: "metadata") }
    return document.serialized()
  }

  private func file(_ name: String, in folder: String) throws -> String {
    let first = name.split(separator: "/").first ?? ""
    if kind == .secret {
      // Its name follows from what it is for, as far as a manifest can have it.
      return try FileManager.default.contentsOfDirectory(atPath: folder)
        .first { $0.hasPrefix("secret-") } ?? ""
    }
    return kind == .volume ? "pool-\(first).yaml" : "\(kind.word)-\(name).yaml"
  }

  var table: String {
    func list(_ title: String, _ found: [String: String]) -> String {
      found.isEmpty
        ? "" : "\(title)\n" + found.sorted { $0.key < $1.key }.map { "  \($0): \($1)\n" }.joined()
    }
    let reasons = different.mapValues { $0.joined(separator: "\n      ") }
    let common = remainders.sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }
      .map { "  \($0.value.count) \($0.key), such as \($0.value.sample)" }.joined(separator: "\n")
    return """
      import of \(kind.word)s: \(count + refused.count) documents
        \(refused.count) refused by the daemon
        \(count) defined
        \(count - notAdopted.count) imported, adopted, and their second plan empty
        \(changed.count) changed by that
        \(same + different.count) removed, and made anew from their manifests
        \(same) are then the same, but for what their manifests list as not imported; \(whole) list nothing
        \(different.count) are different

      """
        + list("not adopted:", notAdopted) + list("not made anew:", notMade)
        + list("different:", reasons) + "remainders:\n" + common
        + "\nchanged: \(changed.sorted().joined(separator: " "))\n"
  }
}

/// What a comment of a manifest says that was not imported.
struct Listed {
  let path: String
  let text: String

  init?(comment: Substring) {
    let start = "# not imported: "
    guard comment.hasPrefix(start) else { return nil }
    let rest = comment.dropFirst(start.count)
    guard let end = rest.firstRange(of: ": ") else { return nil }
    path = String(rest[..<end.lowerBound])
    text = String(rest[end.upperBound...])
  }

  /// Whether it tells of what a line tells of.
  func covers(_ line: String) -> Bool {
    let attribute = text.prefix { $0 != "=" }
    return line.hasPrefix(path + "/@" + attribute + "=") || line.hasPrefix(path + "=")
      || line.hasPrefix(path + "[") || line.hasPrefix(path + "/") && !text.contains("='")
      || line.hasPrefix(path + "/") && text.hasPrefix("<")
  }
}
