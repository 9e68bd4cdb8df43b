import Model
import OrderedCollections

/// What reading some manifests gave: every document that could be read, and every complaint.
public struct LoadedManifests: Sendable {
  /// In the order of the paths, and of their names in a folder.
  public var documents: [Document] = []
  public var diagnostics: [Diagnostic] = []
  /// The bytes of each file, for the lines under a diagnostic; without what may be a secret's value.
  public var sources: [String: [UInt8]] = [:]
  /// Whether every document is known by its kind and name. If not, nothing follows from the absence of one.
  public var isComplete = true

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
    var files: OrderedSet<String> = []
    for path in paths {
      switch ManifestFiles.expand(path) {
      case .success(let found):
        if found.isEmpty {
          loaded.diagnostics.append(
            Diagnostic(
              code: "no-manifests", "there is no *.yaml or *.yml file in '\(path)'",
              expected: "a file, a folder with manifests, or - for standard input"))
        }
        files.append(contentsOf: found)
      case .failure(let problem): loaded.miss(problem)
      }
    }
    // The other processor loads libvirt in the meantime, which a few files do not outlast: on both, a plan of 100 guests
    // took 31.1 ms instead of 29.5.
    for part in Concurrent.map(Array(files), minimumSlice: 128, { read($0) }) {
      loaded.append(part)
    }
    return loaded
  }

  private static func read(_ files: ArraySlice<String>) -> LoadedManifests {
    var loaded = LoadedManifests()
    for file in files {
      switch ManifestFiles.read(file) {
      case .success(let bytes): add(bytes, file: file, to: &loaded)
      case .failure(let problem): loaded.miss(problem)
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
    // A key that is given twice leaves nothing out; other problems do.
    let gaps = stream.problems.filter { $0.code != YAMLProblemCode.duplicateKey }.map(\.mark)
    if !gaps.isEmpty { loaded.isComplete = false }
    var secrets = SecretMask()
    for node in stream.documents {
      var decoder = Decoder(file: file)
      if var document = decoder.document(node) {
        let hasGap = gaps.contains { node.start <= $0 && $0 <= node.end }
        if hasGap { document.broken.insert([]) }
        loaded.documents.append(document)
        if decoder.hasUnclearLabels { loaded.isComplete = false }
      } else {
        loaded.isComplete = false
      }
      loaded.diagnostics += decoder.diagnostics.filter { !follows($0, from: gaps, in: node) }
      secrets.add(node)
    }
    if !stream.problems.isEmpty {
      let lines = SourceLines(bytes)
      for problem in stream.problems { secrets.add(problem.mark, in: lines, bytes) }
    }
    if !secrets.isEmpty { loaded.sources[file] = secrets.masked(bytes) }
  }

  /// Whether a complaint about a document only says what a YAML problem within it has led to.
  private static func follows(_ diagnostic: Diagnostic, from gaps: [Mark], in node: YAMLNode)
    -> Bool
  {
    gaps.contains { gap in
      guard node.start <= gap, gap <= node.end else { return false }
      return diagnostic.code == "missing-field" || diagnostic.place?.line == Int(gap.line)
    }
  }
}

extension LoadedManifests {
  /// Adds what was read of further files.
  fileprivate mutating func append(_ other: LoadedManifests) {
    documents += other.documents
    diagnostics += other.diagnostics
    sources.merge(other.sources) { first, _ in first }
    isComplete = isComplete && other.isComplete
  }

  /// Notes something that could not be read at all.
  fileprivate mutating func miss(_ problem: Diagnostic) {
    diagnostics.append(problem)
    isComplete = false
  }
}

extension Decoder {
  /// A document by its envelope and the table of its kind; nil when it is not clear what it is.
  mutating func document(_ node: YAMLNode) -> Document? {
    guard let entries = node.entries else {
      report(
        node, "wrong-type",
        "a document is a mapping with apiVersion, kind, metadata and spec, found \(node.kindName)",
        expected: node.items == nil ? nil : "documents that are separated by '---'")
      return nil
    }
    if isForeign(node) { return nil }
    let (envelope, isMisspelt) = self.envelope(entries, node)
    guard let envelope, let kind = envelope.string("kind").flatMap(Kind.init(rawValue:)) else {
      return nil
    }
    let spec = self.spec(of: kind, in: node, isMisspelt: isMisspelt)
    guard let metadata = envelope.record("metadata"), let name = metadata.string("name") else {
      return nil
    }
    var labels: [String: String] = [:]
    for entry in metadata.record("labels")?.entries ?? [] {
      labels[entry.name] = entry.value.string
    }
    return Document(
      file: file, kind: kind, name: name, previousName: metadata.string("previousName"),
      labels: labels, spec: spec, node: node, broken: broken)
  }

  /// Whether the document belongs to another tool, which is said once: its fields are not judged.
  private mutating func isForeign(_ node: YAMLNode) -> Bool {
    guard let version = node["apiVersion"], let text = version.text, !version.isNull,
      case .choice(let words)? = Table.envelope["apiVersion"]?.type, !words.contains(text),
      Nearest.word(to: text, among: words) == nil
    else { return false }
    report(
      version, "wrong-choice",
      "'apiVersion' cannot be '\(text.shortened)': this is no manifest of virtspec",
      expected: words.joined(separator: " or "))
    return true
  }

  /// The fields beside `spec`, and whether `spec` itself is there under a misspelt name.
  private mutating func envelope(_ entries: [YAMLEntry], _ node: YAMLNode) -> (Record?, Bool) {
    let names = Table.envelope.fields.map(\.name) + ["spec"]
    let kind = node["kind"]?.text.flatMap(Kind.init(rawValue:))
    var known: [YAMLEntry] = []
    var isMisspelt = false
    var meant: Set<String> = []
    for entry in entries where entry.key != "spec" {
      if names.contains(entry.key) {
        known.append(entry)
      } else if let kind, Table.spec(of: kind)[entry.key] != nil {
        append(
          Diagnostic(
            code: "unknown-field", "'\(entry.key)' belongs under 'spec'",
            at: Place(file: file, entry.keyStart), expected: "more indentation than 'spec' has"))
        isMisspelt = true
      } else {
        let free = names.filter { node.entry($0) == nil && !meant.contains($0) }
        let name = reportUnknown(entry, of: "manifest", all: names, free: free)
        if let name { meant.insert(name) }
        if name == "spec" { isMisspelt = true }
      }
    }
    let outer = YAMLNode(content: .mapping(known), start: node.start, end: node.end)
    return (record(outer, .envelope, name: "manifest", meant: meant), isMisspelt)
  }

  /// The fields under `spec`, as far as they could be read.
  private mutating func spec(of kind: Kind, in node: YAMLNode, isMisspelt: Bool) -> Record {
    beginSpec(of: kind)
    let table = Table.spec(of: kind)
    let needsFields = table.fields.contains(where: \.required) || !table.exactlyOne.isEmpty
    if let spec = node["spec"], !spec.isNull {
      return record(spec, table, name: "spec") ?? Record()
    }
    if isMisspelt {
      breakSpec()
    } else if needsFields {
      report(
        node["spec"] ?? node, "missing-field",
        node["spec"] == nil ? "\(kind.rawValue) has no 'spec'" : "'spec' is empty",
        expected: "fields such as "
          + (table.fields.filter(\.required) + table.fields.filter { !$0.required })
          .prefix(4).map(\.name).joined(separator: ", "))
      breakSpec()
    }
    return Record()
  }

  private mutating func report(
    _ node: YAMLNode, _ code: String, _ message: String, expected: String? = nil
  ) {
    append(Diagnostic(code: code, message, at: Place(file: file, node.start), expected: expected))
  }

  mutating func append(_ diagnostic: Diagnostic) { diagnostics.append(diagnostic) }
}
