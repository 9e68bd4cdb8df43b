import Model

/// Texts that manifests keep in files beside them: they are read when the manifests are.
enum TextFiles {
  /// What a reference gives.
  enum Reading {
    case text(String)
    case problem(String, expected: String)
  }

  /// The most bytes that a text may have.
  static let limit = 1 << 20

  /// The file that a manifest names.
  static func path(_ name: String, from manifest: String) -> String {
    guard !name.hasPrefix("/"), manifest != "-", let slash = manifest.lastIndex(of: "/") else {
      return name
    }
    return String(manifest[...slash]) + name
  }

  static func read(_ name: String, from manifest: String) -> Reading {
    let path = path(name, from: manifest)
    switch ManifestFiles.read(path) {
    case .failure(let problem):
      return .problem(problem.message, expected: "a file, named from the manifest's own folder")
    case .success(let bytes):
      if bytes.count > limit {
        return .problem(
          "'\(path)' has \(bytes.count) bytes", expected: "at most \(limit) bytes of text")
      }
      guard let text = String(validating: bytes, as: UTF8.self) else {
        return .problem("'\(path)' is no text", expected: "UTF-8")
      }
      return .text(text)
    }
  }

  /// The guest's texts, and where in its spec each stands.
  static func sources(_ spec: Record) -> [(path: [PathPart], source: Record)] {
    var found: [(path: [PathPart], source: Record)] = []
    for (parent, names) in [
      ([], ["ignition", "combustion"]),
      (["cloudInit"], ["userData", "metaData", "networkConfig", "vendorData"]),
      (["install", "answers"], ["autoinstall", "kickstart", "preseed", "unattend"]),
    ] {
      let record = parent.reduce(Optional(spec)) { $0?.record($1) }
      for name in names {
        guard let source = record?.record(name) else { continue }
        found.append(((parent + [name]).map(PathPart.field), source))
      }
    }
    return found
  }

  /// The spec with texts in the place of the files that have them. What cannot be read stays, which has been said.
  static func resolved(_ spec: Record, from manifest: (_ path: [PathPart]) -> String) -> Record {
    var result = spec
    for (path, source) in sources(spec) {
      guard let name = source.string("file"),
        case .text(let text) = read(name, from: manifest(path))
      else { continue }
      result = result.setting(path[...], to: ["text": .string(text)])
    }
    return result
  }
}

extension Record {
  fileprivate func setting(_ path: ArraySlice<PathPart>, to value: Value) -> Record {
    guard case .field(let name)? = path.first else { return self }
    var result = self
    let rest = path.dropFirst()
    result[name] =
      rest.isEmpty ? value : .record((record(name) ?? Record()).setting(rest, to: value))
    return result
  }
}

/// A file that a manifest takes a text from is there, and is text.
enum TextFileCheck: Check {
  static func run(_ manifests: ManifestSet) -> [Diagnostic] {
    manifests.placed.filter { $0.id.kind == .guest }.flatMap { guest in
      TextFiles.sources(guest.spec).compactMap { path, source in
        guard let name = source.string("file"),
          case .problem(let message, let expected) = TextFiles.read(
            name, from: guest.place(of: path).file)
        else { return nil }
        return Diagnostic(
          code: "unreadable-file", message, at: guest.place(of: path + [.field("file")]),
          expected: expected)
      }
    }
  }
}
