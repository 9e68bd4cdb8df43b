import Foundation
import Manifest
import Testing

/// Manifests with mistakes, and what is said of them: `Tests/Fixtures/bad/NAME.yaml` and `NAME.txt`.
///
/// With `VIRTSPEC_REGENERATE=1` the texts are written anew; read the difference before it is committed.
@Suite("Manifests with mistakes")
struct FixtureTests {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Fixtures/bad")

  /// The names of the manifests.
  static let names: [String] = files(ending: ".yaml")

  private static func files(ending: String) -> [String] {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path())) ?? []
    return files.filter { $0.hasSuffix(ending) }.map { String($0.dropLast(ending.count)) }.sorted()
  }

  private static let regenerates = ProcessInfo.processInfo.environment["VIRTSPEC_REGENERATE"] == "1"

  @Test("every mistake is reported at its place, once, with the way out", arguments: names)
  func golden(_ name: String) throws {
    let bytes = try [UInt8](Data(contentsOf: Self.folder.appending(path: name + ".yaml")))
    var loaded = LoadedManifests()
    ManifestLoader.add(bytes, file: name + ".yaml", to: &loaded)
    _ = ManifestBuilder.build(&loaded)
    let text = DiagnosticText.render(loaded.diagnostics, sources: loaded.sources)

    #expect(!loaded.isValid, "a manifest in this folder has at least one error")
    let golden = Self.folder.appending(path: name + ".txt")
    if Self.regenerates {
      try Data(text.utf8).write(to: golden)
      return
    }
    let expected = try #require(
      try? String(decoding: Data(contentsOf: golden), as: UTF8.self),
      "\(name).txt is missing; VIRTSPEC_REGENERATE=1 writes it")
    #expect(text == expected)
  }

  @Test("many mistakes are tried, and no text is left without its manifest")
  func folderIsComplete() {
    #expect(Self.names.count >= 40)
    let texts = Self.files(ending: ".txt")
    #expect(texts.filter { !Self.names.contains($0) } == [])
  }
}
