import Manifest
import Model
import Testing

@Suite("Generated files")
struct GeneratedFilesTests {
  /// Files of the repository that come out of the field tables.
  static let files: [(path: String, content: String)] =
    Kind.allCases.map { ("schemas/\($0.word).json", JSONSchema.schema(of: $0).pretty) } + [
      ("schemas/manifest.json", JSONSchema.manifest().pretty),
      ("docs/reference.md", Reference.markdown()),
    ]

  /// With VIRTSPEC_REGENERATE set, the files are written instead.
  @Test("are what the field tables say", arguments: files.map(\.path))
  func areCurrent(_ name: String) throws {
    let content = try #require(Self.files.first { $0.path == name }).content
    let path = Repository.root + "/" + name
    if Repository.isSet("VIRTSPEC_REGENERATE") {
      #expect(Repository.write(content, to: path), "cannot write \(path)")
      return
    }
    guard let present = Repository.text(path) else {
      Issue.record("\(name) is missing; write it with: make generate")
      return
    }
    let differing = zip(Self.lines(present), Self.lines(content)).enumerated().first {
      $0.element.0 != $0.element.1
    }
    // Not in the expectation itself, which would print both of them.
    let isUpToDate = present == content
    #expect(
      isUpToDate,
      """
      \(name) is stale from line \((differing?.offset ?? 0) + 1) on; write it with: make generate
      it has:    \(differing?.element.0 ?? "")
      should be: \(differing?.element.1 ?? "")
      """)
  }

  @Test("are the same in every run")
  func isDeterministic() {
    #expect(JSONSchema.manifest().pretty == JSONSchema.manifest().pretty)
    #expect(Reference.markdown() == Reference.markdown())
  }

  private static func lines(_ text: String) -> [Substring] {
    text.split(separator: "\n", omittingEmptySubsequences: false)
  }
}
