import Foundation
import LibvirtXML
import Model
import Testing

/// Network filters and secrets that others wrote.
extension LabTests {
  @Test(
    "network filters that others wrote are imported, adopted unchanged and made anew",
    .enabled(if: Corpus.isThere, "needs VIRTSPEC_CORPUS and the lab"))
  func corpusFiltersAreImported() async throws {
    var trial = ImportTrial(kind: .networkFilter)
    let refused = try await eachFilter { filter in
      try await trial.run(
        filter, dump: ["nwfilter-dumpxml", filter], remove: ["nwfilter-undefine", filter])
    }
    trial.refused = refused
    trial.expectComplete()
  }

  @Test(
    "secrets that others wrote are imported, adopted unchanged and made anew",
    .enabled(if: Corpus.isThere, "needs VIRTSPEC_CORPUS and the lab"))
  func corpusSecretsAreImported() async throws {
    var trial = ImportTrial(kind: .secret)
    let refused = try await eachSecret { usage in
      try await trial.run(
        usage.description, dump: ["secret-dumpxml", try Self.uuid(ofSecret: usage)],
        remove: ["secret-undefine", try Self.uuid(ofSecret: usage)])
    }
    trial.refused = refused
    trial.expectComplete()
  }

  @Test(
    "filters and secrets that manifests only name are adopted without any change",
    .enabled(if: Corpus.isThere, "needs VIRTSPEC_CORPUS and the lab"))
  func corpusFiltersAndSecretsAreLeftAlone() async throws {
    var count = 0
    var lossless = 0
    _ = try await eachFilter { filter in
      let dump = ["nwfilter-dumpxml", filter]
      let before = try Lab.virsh(dump)
      try await leftAlone("NetworkFilter", name: filter, spec: "{host: lab}", dump)
      count += 1
      if try Corpus.isLossless(before, .networkFilter) { lossless += 1 }
    }
    print("corpus, nwfilter: \(count) adopted by name alone, \(lossless) read and written the same")
    #expect(lossless == count)
    count = 0
    lossless = 0
    _ = try await eachSecret { usage in
      let dump = ["secret-dumpxml", try Self.uuid(ofSecret: usage)]
      let before = try Lab.virsh(dump)
      try await leftAlone(
        "Secret", name: "corpus", spec: "{host: lab, usage: {\(usage.type): '\(usage.id)'}}", dump)
      count += 1
      if try Corpus.isLossless(before, .secret) { lossless += 1 }
    }
    print("corpus, secret: \(count) adopted by usage alone, \(lossless) read and written the same")
    #expect(lossless == count)
  }

  /// Adopts one object by a manifest that says next to nothing, plans again, and takes it away.
  private func leftAlone(
    _ kind: String, name: String, spec: String, _ dump: [String]
  ) async throws {
    let before = try Lab.virsh(dump)
    let folder = try TemporaryFolder([
      "site.yaml": """
      \(Corpus.site)---
      apiVersion: virtspec/v1
      kind: \(kind)
      metadata: {name: \(name)}
      spec: \(spec)

      """
    ])
    let opener = Lab.Opener()
    let adopted = await virtspec("apply", "--yes", "--adopt", folder.path, opener: opener)
    #expect(adopted.status == 0, "\(name): \(adopted.errors)")
    let plan = await virtspec("plan", "--detailed-exitcode", folder.path, opener: opener)
    #expect(plan.status == 0, "\(name): \(plan.output)")
    #expect(try Lab.virsh(dump) == before)
    let removed = await virtspec("destroy", "--yes", folder.path, opener: opener)
    #expect(removed.status == 0, "\(name): \(removed.errors)")
  }

  private func eachFilter(
    _ body: (String) async throws -> Void
  ) async throws -> [String] {
    var refused: [String] = []
    let folder = try TemporaryFolder()
    for (name, xml) in try Corpus.documents("nwfilter") {
      let filter = "corpus-" + name.filter { $0 != "+" }
      var document = try LibvirtDocument(parsing: xml)
      document.setText(filter, at: "@name")
      document.setText(nil, at: "uuid")
      try folder.write(document.serialized(), to: "filter.xml")
      guard try Lab.attempt(["nwfilter-define", folder.path + "/filter.xml"]).status == 0 else {
        refused.append(name)
        continue
      }
      try await body(filter)
    }
    return refused
  }

  private func eachSecret(
    _ body: (SecretUsage) async throws -> Void
  ) async throws -> [String] {
    var refused: [String] = []
    let folder = try TemporaryFolder()
    for (name, xml) in try Corpus.documents("secret") {
      var document = try LibvirtDocument(parsing: xml)
      document.setText(nil, at: "uuid")
      try folder.write(document.serialized(), to: "secret.xml")
      guard let usage = SecretUsage(document.read(.secret)),
        try Lab.attempt(["secret-define", folder.path + "/secret.xml"]).status == 0
      else {
        refused.append(name)
        continue
      }
      try await body(usage)
    }
    return refused
  }

  /// `virsh secret-list` has UUID, type and usage on a line.
  private static func uuid(ofSecret usage: SecretUsage) throws -> String {
    let line = try Lab.virsh("secret-list").split(separator: "\n").first {
      let words = $0.split(separator: " ", maxSplits: 2).map {
        $0.trimmingCharacters(in: .whitespaces)
      }
      return words.count == 3 && words[1] == usage.type && words[2] == usage.id
    }
    return String(try #require(line?.split(separator: " ").first, "no secret of usage \(usage)"))
  }
}
