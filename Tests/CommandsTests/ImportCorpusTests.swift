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
    // Interfaces need a network that is there.
    let networks = Set(
      documents.flatMap { document in
        document.xml.matches(of: /<source network=['"]([^'"]+)['"]/).map { String($0.output.1) }
      })
    let made = try networks.filter { try Lab.attempt(["net-info", $0]).status != 0 }
    let folder = try TemporaryFolder()
    for network in made {
      try folder.write("<network><name>\(network)</name></network>", to: "network.xml")
      try Lab.virsh("net-define", folder.path + "/network.xml")
    }
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
    for network in made { try Lab.virsh("net-undefine", network) }
    print(trial.table)
    #expect(trial.notAdopted.isEmpty)
    #expect(trial.changed.isEmpty)
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
  private var different: [String: [String]] = [:]
  /// Objects that are the same, and of these the ones of which nothing was left out.
  private var same = 0
  private var whole = 0
  private var leftovers: [String: Int] = [:]

  init(kind: Kind) { self.kind = kind }

  mutating func run(_ name: String, dump: [String], remove: [String]) async throws {
    count += 1
    let opener = Lab.Opener()
    let folder = try TemporaryFolder()
    let before = try withoutOwnership(Lab.virsh(dump))
    defer { _ = try? Lab.attempt(remove) }
    let imported = await virtspec(
      "import", "--host", "qemu:///system", "--name", "lab", "--stack", "corpus", "--into",
      folder.path, "\(kind.word)/\(name)", opener: opener)
    guard imported.status == 0 else {
      notAdopted[name] = "import: " + imported.errors.prefix(700)
      return
    }
    let adopted = await virtspec(
      "apply", "--yes", "--adopt", "--allow", "none", folder.path, opener: opener)
    let second = await virtspec("plan", "--detailed-exitcode", folder.path, opener: opener)
    guard adopted.status == 0, second.status == 0 else {
      notAdopted[name] = "adoption: " + (adopted.errors + second.output).suffix(900)
      return
    }
    if try withoutOwnership(Lab.virsh(dump)) != before { changed.append(name) }
    try Lab.virsh(remove)
    let made = await virtspec("apply", "--yes", "--allow", "none", folder.path, opener: opener)
    guard made.status == 0 else {
      notMade[name] = String(made.errors.suffix(500))
      return
    }
    try compare(name, before, withoutOwnership(Lab.virsh(dump)))
  }

  private mutating func compare(_ name: String, _ before: String, _ after: String) throws {
    let table = Table.spec(of: kind)
    let document = try LibvirtDocument(parsing: before)
    let left = try document.readAll(table).leftovers
    for leftover in left { leftovers[leftover.path.replacing(/\[[^\]]*\]/, with: ""), default: 0] += 1 }
    let differences = try Self.lines(before).difference(from: Self.lines(after)).compactMap { change in
      switch change {
      case .insert(_, let line, _):
        left.contains { $0.covers(line) } ? nil : "- " + line
      case .remove(_, let line, _): "+ " + line
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
  private static func lines(_ xml: String) throws -> [String] {
    let document = try LibvirtDocument(parsing: xml)
    var result: [String] = []
    func walk(_ node: Node, _ path: String) {
      for (name, value) in node.attributes where !isPlace(node, name) {
        result.append("\(path)/@\(name)=\(value)")
      }
      let elements = node.elements.filter { !Generated.isAddress($0) }
      if elements.isEmpty, node.attributes.isEmpty || !node.text.isEmpty {
        result.append("\(path)=\(node.text)")
      }
      for element in elements {
        if path.isEmpty, ["uuid", "name"].contains(element.name) { continue }
        walk(element, (path.isEmpty ? "" : path + "/") + element.name + Leftovers.label(element))
      }
    }
    walk(document.root, "")
    return result.sorted()
  }

  /// Numbers of PCI ports, which go with the addresses.
  private static func isPlace(_ node: Node, _ attribute: String) -> Bool {
    node.name == "target" && ["chassis", "port"].contains(attribute)
      && node.attribute("chassis") != nil
  }

  private func withoutOwnership(_ xml: String) throws -> String {
    var document = try LibvirtDocument(parsing: xml)
    document.setOwnership(nil)
    if document.text(at: "metadata") == "" { document.setText(nil, at: "metadata") }
    return document.serialized()
  }

  var table: String {
    func list(_ title: String, _ found: [String: String]) -> String {
      found.isEmpty
        ? "" : "\(title)\n" + found.sorted { $0.key < $1.key }.map { "  \($0): \($1)\n" }.joined()
    }
    let reasons = different.mapValues { $0.joined(separator: "\n      ") }
    let common = leftovers.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
      .map { "  \($0.value) \($0.key)" }.joined(separator: "\n")
    return """
      import of \(kind.word)s: \(count + refused.count) documents
        \(refused.count) refused by the daemon
        \(count) defined
        \(count - notAdopted.count) imported, adopted, and their second plan empty
        \(changed.count) changed by it
        \(same + different.count) made anew from their manifests
        \(same) the same as before (\(whole) of them without any leftover)
        \(different.count) different

      """
      + list("not adopted:", notAdopted) + list("not made anew:", notMade)
      + list("different:", reasons) + "leftovers:\n" + common
      + "\nchanged: \(changed.sorted().joined(separator: " "))\n"
  }
}

extension Leftover {
  /// Whether it tells of what a line tells of.
  fileprivate func covers(_ line: String) -> Bool {
    let attribute = xml.prefix { $0 != "=" }
    return line.hasPrefix(path + "/@" + attribute + "=") || line.hasPrefix(path + "/")
      || line.hasPrefix(path + "=") || line.hasPrefix(path + "[")
  }
}
