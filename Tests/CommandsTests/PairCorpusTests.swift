import Foundation
import LibvirtXML
import Model
import Testing

extension LabTests {
  @Test(
    "a guest defined as any document becomes any other one by that one's manifest",
    .enabled(if: Corpus.isThere, "needs VIRTSPEC_CORPUS and the lab"))
  func corpusPairsConverge() async throws {
    let documents = try Corpus.documents("domain-qemu")
    let networks = try CorpusNetworks(of: documents)
    defer { networks.remove() }
    var prepared: [PairMember] = []
    for (name, xml) in documents {
      if let member = try await PairMember(name, xml) { prepared.append(member) }
    }
    var random = SplitMix64(state: Self.setting("SEED") ?? 20_250_101)
    let pairs = (0..<(Self.setting("PAIRS") ?? 300)).map { _ in
      (prepared.randomElement(using: &random), prepared.randomElement(using: &random))
    }
    for way in PairTrial.Way.allCases
    where ProcessInfo.processInfo.environment["VIRTSPEC_CORPUS_WAY"].map({ $0 == way.rawValue })
      ?? true
    {
      var trial = PairTrial(way)
      for (first, second) in pairs {
        guard let first, let second else { continue }
        try await trial.run(first, second)
      }
      print(trial.table)
      fflush(nil)
      // What an overlay found at adoption stays, and so does what nobody declared.
      if way == .created { #expect(trial.failures.count * 20 < pairs.count) }
    }
  }

  private static func setting<Number: FixedWidthInteger>(_ name: String) -> Number? {
    ProcessInfo.processInfo.environment["VIRTSPEC_CORPUS_" + name].flatMap { Number($0) }
  }
}

/// The same numbers from the same seed, on every machine.
struct SplitMix64: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var result = state
    result = (result ^ (result >> 30)) &* 0xBF58_476D_1CE4_E5B9
    result = (result ^ (result >> 27)) &* 0x94D0_49BB_1331_11EB
    return result ^ (result >> 31)
  }
}

/// Networks that interfaces of the corpus need, made for as long as a test runs.
struct CorpusNetworks {
  private let made: [String]

  init(of documents: [(name: String, xml: String)]) throws {
    let networks = Set(
      documents.flatMap { document in
        document.xml.matches(of: /<source network=['"]([^'"]+)['"]/).map { String($0.output.1) }
      })
    made = try networks.filter { try Lab.attempt(["net-info", $0]).status != 0 }
    let folder = try TemporaryFolder()
    for network in made {
      try folder.write("<network><name>\(network)</name></network>", to: "network.xml")
      try Lab.virsh("net-define", folder.path + "/network.xml")
    }
  }

  func remove() {
    for network in made { _ = try? Lab.attempt(["net-undefine", network]) }
  }
}

/// A document of the corpus under the name that all of them have here, and what was imported of it.
struct PairMember {
  static let guest = "corpus-pair"
  /// One machine: libvirt tells it by its UUID, which stands in SMBIOS tables too.
  private static let uuid = "1b4e28ba-2fa1-41d2-883f-b9a761bde3fb"

  let name: String
  let definition: String
  /// The files of its manifests.
  let manifests: [String: String]
  /// What the daemon makes of the document.
  let lines: [String]
  /// What its manifest lists as not imported.
  let listed: [Listed]

  /// Nil where the daemon refuses the document.
  init?(_ name: String, _ xml: String) async throws {
    let uuid = try LibvirtDocument(parsing: xml).text(at: "uuid")
    var document = try LibvirtDocument(
      parsing: uuid.map { xml.replacing($0, with: Self.uuid) } ?? xml)
    document.setText(Self.guest, at: "name")
    document.setText(Self.uuid, at: "uuid")
    guard try Self.define(document.serialized()) else { return nil }
    // With the MAC addresses, say, that the daemon has made up.
    definition = try Lab.virsh(Self.dump + ["--security-info"])
    self.name = name
    lines = try ImportTrial.lines(Lab.virsh(Self.dump))
    let folder = try TemporaryFolder()
    let imported = await virtspec(
      "import", "--host", "qemu:///system", "--name", "lab", "--stack", "corpus", "--into",
      folder.path, "guest/" + Self.guest, opener: Lab.Opener())
    try #require(imported.status == 0, "\(name): \(imported.errors)")
    var manifests: [String: String] = [:]
    for file in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
      manifests[file] = try String(contentsOfFile: folder.path + "/" + file, encoding: .utf8)
    }
    self.manifests = manifests
    listed = manifests.values.flatMap { $0.split(separator: "\n") }.compactMap {
      Listed(comment: $0)
    }
    try Self.undefine()
  }

  static let dump = ["dumpxml", "--inactive", guest]

  static func define(_ definition: String) throws -> Bool {
    let folder = try TemporaryFolder(["guest.xml": definition])
    return try Lab.attempt(["define", folder.path + "/guest.xml"]).status == 0
  }

  static func undefine() throws { try Lab.virsh("undefine", guest, "--nvram") }
}

/// Brings a guest that is defined as one document to another one's manifest.
struct PairTrial {
  /// What the host knows of the first document.
  enum Way: String, CaseIterable {
    /// It was made from its manifest: what that declared and the second one does not goes.
    case created
    /// It was defined by somebody, and its manifest adopted it: what its overlay found stays.
    case owned
    /// Nothing: the second manifest adopts it, and what that does not declare stays.
    case adopted
  }

  private let way: Way
  private var same = 0
  private var count = 0
  private var notMade: [String] = []
  private var refused: [String: [String]] = [:]
  /// Pairs that are neither refused nor the same in the end, with what is wrong.
  private(set) var failures: [(pair: String, what: String, causes: Set<String>)] = []

  init(_ way: Way) { self.way = way }

  mutating func run(_ first: PairMember, _ second: PairMember) async throws {
    count += 1
    let pair = first.name + " → " + second.name
    if way == .created {
      let folder = try TemporaryFolder(first.manifests)
      let made = await virtspec(
        "apply", "--yes", "--allow", "none", folder.path, opener: Lab.Opener())
      guard made.status == 0 else {
        notMade.append(first.name)
        return
      }
    } else {
      try #require(try PairMember.define(first.definition), "\(first.name)")
    }
    try await converge(first, second, pair)
    try PairMember.undefine()
  }

  private mutating func converge(_ first: PairMember, _ second: PairMember, _ pair: String)
    async throws
  {
    let opener = Lab.Opener()
    if way == .owned {
      let folder = try TemporaryFolder(first.manifests)
      let owned = await virtspec(
        "apply", "--yes", "--adopt", "--allow", "none", folder.path, opener: opener)
      guard owned.status == 0 else { return fail(pair, "adoption", owned.errors) }
    }
    let folder = try TemporaryFolder(second.manifests)
    let applied = await virtspec(
      "apply", "--yes", "--adopt", "--allow", "recreate", folder.path, opener: opener)
    if applied.status == 3 {
      let reason = applied.output.split(separator: "\n").first { $0.contains("blocked: ") } ?? ""
      refused[reason.trimmingCharacters(in: .whitespaces), default: []].append(pair)
      return
    }
    guard applied.status == 0 else { return fail(pair, "apply", applied.errors) }
    let plan = await virtspec("plan", "--detailed-exitcode", folder.path, opener: opener)
    guard plan.status == 0 else { return fail(pair, "second plan", plan.output) }
    let after = try ImportTrial.lines(Lab.virsh(PairMember.dump))
    let listed = first.listed + second.listed
    // A device that stays keeps its place, and libvirt makes the PCI buses for the places.
    let declaresBuses = (Array(first.manifests.values) + second.manifests.values).contains {
      $0.contains("type: pci, index:") || $0.contains("<controller type='pci'")
    }
    let changes = after.difference(from: second.lines).compactMap { change -> String? in
      switch change {
      case .insert(_, let line, _): listed.contains { $0.covers(line) } ? nil : "+ " + line
      case .remove(_, let line, _): listed.contains { $0.covers(line) } ? nil : "- " + line
      }
    }.filter { declaresBuses || !$0.dropFirst(2).hasPrefix("devices/controller[pci,") }
    if changes.isEmpty {
      same += 1
    } else {
      failures.append((pair, changes.joined(separator: "\n      "), Set(changes.map(Self.cause))))
    }
  }

  private mutating func fail(_ pair: String, _ step: String, _ text: String) {
    let line = text.split(separator: "\n").first { $0.contains(": change the definition: ") }
    failures.append((pair, step + ": " + (line.map(String.init) ?? text).suffix(1500), [step]))
  }

  /// The place of a difference, without what tells devices from each other.
  private static func cause(_ line: String) -> String {
    String(line.prefix { $0 != "=" }).replacing(/\[[^\]]*\]/, with: "")
  }

  var table: String {
    var counts: [String: (all: Int, alone: Int)] = [:]
    for failure in failures {
      for cause in failure.causes {
        counts[cause, default: (0, 0)].all += 1
        if failure.causes.count == 1 { counts[cause, default: (0, 0)].alone += 1 }
      }
    }
    let causes = counts.sorted { ($1.value.all, $0.key) < ($0.value.all, $1.key) }
      .map { "  \($0.value.all) (\($0.value.alone) alone) \($0.key)\n" }.joined()
    let refusals = refused.sorted { $0.key < $1.key }
      .map { "  \($0.value.count) \($0.key)\n" }.joined()
    let list = failures.map { "  \($0.pair):\n      \($0.what)\n" }.joined()
    return """
      pairs of guests, \(way.rawValue): \(count)
        \(same) become the same
        \(refused.values.reduce(0) { $0 + $1.count }) are refused with a reason
        \(failures.count) are neither
        \(notMade.count) begin with a document that cannot be made anew: \(Set(notMade).sorted())

      """ + refusals + "causes:\n" + causes + list
  }
}
