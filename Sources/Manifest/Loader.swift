import Model

/// What reading some manifests gave: every document that could be read, and every complaint.
public struct LoadedManifests: Sendable {
  /// In the order of the paths, and of their names in a folder.
  public var documents: [Document] = []
  public var diagnostics: [Diagnostic] = []
  /// The bytes of each file, for the lines under a diagnostic.
  public var sources: [String: [UInt8]] = [:]

  public init() {}

  /// Whether nothing stands against planning.
  public var isValid: Bool { !diagnostics.contains { $0.severity == .error } }
}

/// Reads manifests off files, folders and standard input.
public enum ManifestLoader {
  /// Reads every path: a file, a folder (recursively, `*.yaml` and `*.yml`, no hidden ones) or `-`.
  ///
  /// Problems with single documents become diagnostics; the others are read on.
  public static func load(paths: [String]) -> LoadedManifests {
    var loaded = LoadedManifests()
    for path in paths {
      switch ManifestFiles.expand(path) {
      case .success(let files):
        if files.isEmpty {
          loaded.diagnostics.append(
            Diagnostic(
              code: "no-manifests", "there is no *.yaml or *.yml file in '\(path)'",
              expected: "a file, a folder with manifests, or - for standard input"))
        }
        for file in files where loaded.sources[file] == nil {
          switch ManifestFiles.read(file) {
          case .success(let bytes): add(bytes, file: file, to: &loaded)
          case .failure(let problem): loaded.diagnostics.append(problem)
          }
        }
      case .failure(let problem): loaded.diagnostics.append(problem)
      }
    }
    return loaded
  }

  /// Reads the documents of one file's bytes.
  public static func add(_ bytes: [UInt8], file: String, to loaded: inout LoadedManifests) {
    loaded.sources[file] = bytes
    let stream = readYAML(bytes)
    for problem in stream.problems {
      loaded.diagnostics.append(
        Diagnostic(code: problem.code, problem.message, at: Place(file: file, problem.mark))
          .related(
            to: problem.related.map { Place(file: file, $0.mark) }, problem.related?.note ?? ""))
    }
    for node in stream.documents {
      var decoder = Decoder(file: file)
      if let document = decoder.document(node) { loaded.documents.append(document) }
      loaded.diagnostics += decoder.diagnostics
    }
  }
}

extension Decoder {
  /// A document by its envelope and the table of its kind; nil when it is not clear what it is.
  mutating func document(_ node: YAMLNode) -> Document? {
    guard let entries = node.entries else {
      report(
        node, "wrong-type",
        "a document is a mapping with apiVersion, kind, metadata and spec, found \(node.kindName)")
      return nil
    }
    let outer = YAMLNode(
      content: .mapping(entries.filter { $0.key != "spec" }), start: node.start, end: node.end)
    let hasSpec = node.entry("spec") != nil
    let envelope = record(outer, .envelope)
    guard let envelope, let kind = envelope.string("kind").flatMap(Kind.init(rawValue:)) else {
      return nil
    }
    let table = Table.spec(of: kind)
    var spec = Record()
    if hasSpec, let specNode = node["spec"],
      !(specNode.isNull && table.fields.allSatisfy { !$0.required })
    {
      guard let decoded = record(specNode, table) else { return nil }
      spec = decoded
    } else if table.fields.contains(where: \.required) {
      report(node, "missing-field", "\(kind.rawValue) has no 'spec'", expected: table.doc)
      return nil
    }
    guard let metadata = envelope.record("metadata"), let name = metadata.string("name") else {
      return nil
    }
    var labels: [String: String] = [:]
    for entry in metadata.record("labels")?.entries ?? [] {
      labels[entry.name] = entry.value.string
    }
    return Document(file: file, kind: kind, name: name, labels: labels, spec: spec, node: node)
  }

  private mutating func report(
    _ node: YAMLNode, _ code: String, _ message: String, expected: String? = nil
  ) {
    append(Diagnostic(code: code, message, at: Place(file: file, node.start), expected: expected))
  }

  mutating func append(_ diagnostic: Diagnostic) { diagnostics.append(diagnostic) }
}
