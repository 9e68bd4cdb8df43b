import Model
import OrderedCollections

/// An object on one host, with the documents that describe it.
///
/// A class, since every check walks over all of them: a copy of its values would count a dozen references.
final class Placed: Sendable {
  let id: ObjectID
  /// The declared fields, a class's laid under them.
  let spec: Record
  let document: Document
  /// The class of a guest.
  let classDocument: Document?

  init(id: ObjectID, spec: Record, document: Document, classDocument: Document?) {
    self.id = id
    self.spec = spec
    self.document = document
    self.classDocument = classDocument
  }

  /// Where a value stands: in the guest's own document or in its class.
  func place(_ path: PathPart...) -> Place { place(of: path) }

  /// Where a value stands: in the guest's own document or in its class.
  func place(of path: [PathPart]) -> Place {
    if !path.isEmpty, !document.writes(path), let classDocument, classDocument.writes(path) {
      return classDocument.place(of: path)
    }
    return document.place(of: path)
  }

  /// Whether a complaint about a value, or about one that encloses it, has been made already.
  func isBroken(_ path: PathPart...) -> Bool {
    if document.isBroken(path) { return true }
    guard let classDocument, let first = path.first, !document.writes([first]) else { return false }
    return classDocument.isBroken(path)
  }
}

/// All documents of a run, their references to hosts and classes resolved: what the checks look at.
struct ManifestSet: Sendable {
  let documents: [Document]
  let hosts: [Document]
  /// Objects by host, kind and name; of two with one name, the first.
  private(set) var objects: [ObjectID: Placed] = [:]
  /// In the order of the documents.
  private(set) var placed: [Placed] = []
  /// Volumes by the names of their manifests, which may differ from those in the pool.
  private(set) var volumes: [ObjectID: Placed] = [:]
  /// The bytes of each file.
  let sources: [String: [UInt8]]
  /// What was wrong with the references.
  private(set) var diagnostics: [Diagnostic] = []
  /// Names of objects whose host is in doubt, by kind: references to them may well be right.
  private var unplaced: [Kind: Set<String>] = [:]

  init(_ documents: [Document], sources: [String: [UInt8]] = [:]) {
    self.documents = documents
    self.sources = sources
    hosts = documents.filter { $0.kind == .host }
    var classes: [String: Document] = [:]
    for document in documents where document.kind == .guestClass {
      if let first = classes[document.name] {
        diagnostics.append(Self.duplicate(document, of: first, "GuestClass '\(document.name)'"))
      } else {
        classes[document.name] = document
      }
    }
    objects.reserveCapacity(documents.count)
    placed.reserveCapacity(documents.count)
    for document in documents where document.kind.isPlanned { place(document, classes) }
  }

  /// The object of a kind and name beside another.
  func sibling(of id: ObjectID, _ kind: Kind, _ name: String) -> Placed? {
    objects[ObjectID(host: id.host, kind: kind, name: name)]
  }

  /// Whether it may lie on any host: a complaint about its own host has been made already.
  func isUnplaced(_ kind: Kind, _ name: String) -> Bool {
    unplaced[kind]?.contains(name) == true
  }

  /// The objects of a kind, by host.
  func byHost(_ kind: Kind) -> [(host: String, objects: [Placed])] {
    OrderedDictionary(grouping: placed.filter { $0.id.kind == kind }, by: \.id.host)
      .map { ($0.key, $0.value) }
  }

  /// The fields of an object with every volume called by its name in the pool, where a reference may also
  /// use the name of its manifest.
  func resolved(_ object: Placed) -> Record {
    var spec = object.spec
    func fileName(_ name: String?, _ pool: String?) -> Value? {
      guard let name else { return nil }
      let found = pool.flatMap { volume(name, in: $0, on: object.id.host) }
      return .string(found?.id.poolAndVolume?.volume ?? name)
    }
    if object.id.kind == .guest, let disks = spec["disks"]?.list {
      spec["disks"] = .list(
        disks.map { item in
          guard var disk = item.record else { return item }
          disk["volume"] = fileName(disk.string("volume"), disk.string("pool"))
          disk["backing"] = fileName(disk.string("backing"), disk.string("pool"))
          return .record(disk)
        })
    }
    if object.id.kind == .guest {
      spec = TextFiles.resolved(spec) { object.place(of: $0).file }
      for field in ["iso", "drivers"] {
        guard var install = spec.record("install"), var medium = install.record(field),
          medium["volume"] != nil
        else { continue }
        medium["volume"] = fileName(medium.string("volume"), medium.string("pool"))
        install[field] = .record(medium)
        spec["install"] = .record(install)
      }
    }
    if object.id.kind == .volume, var backing = spec.record("backing"), backing["volume"] != nil {
      backing["volume"] = fileName(
        backing.string("volume"), backing.string("pool") ?? spec.string("pool"))
      spec["backing"] = .record(backing)
    }
    return spec
  }

  private mutating func place(_ document: Document, _ classes: [String: Document]) {
    var spec = document.spec
    var classDocument: Document?
    if let name = spec.string("class") {
      classDocument = classes[name]
      if let found = classDocument {
        spec = found.spec.overlaid(with: spec)
      } else {
        diagnostics.append(
          dangling(
            document, [.field("class")], "GuestClass", name, among: Array(classes.keys),
            expected: "a GuestClass manifest of this name"))
      }
    }
    let names = hostNames(document)
    if names.isEmpty {
      unplaced[document.kind, default: []].insert(document.name)
      if let name = spec.string("fileName") { unplaced[document.kind, default: []].insert(name) }
    }
    for host in names {
      let id = identifier(document, host: host)
      let object = Placed(id: id, spec: spec, document: document, classDocument: classDocument)
      placed.append(object)
      if document.kind == .volume {
        let name = ObjectID.volume(
          host: host, pool: document.spec.string("pool") ?? "", name: document.name)
        if volumes[name] == nil { volumes[name] = object }
      }
      if let first = objects[id] {
        diagnostics.append(
          Self.duplicate(
            document, of: first.document, "\(document.kind.rawValue) '\(id.name)' on host '\(host)'"
          ))
      } else {
        objects[id] = object
      }
    }
  }

  private func identifier(_ document: Document, host: String) -> ObjectID {
    guard document.kind == .volume else {
      return ObjectID(host: host, kind: document.kind, name: document.name)
    }
    return .volume(
      host: host, pool: document.spec.string("pool") ?? "",
      name: document.spec.string("fileName") ?? document.name)
  }

  private mutating func hostNames(_ document: Document) -> [String] {
    if let name = document.spec.string("host") {
      if hosts.contains(where: { $0.name == name }) { return [name] }
      diagnostics.append(
        dangling(
          document, [.field("host")], "Host", name, among: hosts.map(\.name),
          expected: "a Host manifest of this name"))
      return []
    }
    if let labels = document.spec.record("hosts")?.record("matchLabels") {
      let found = hosts.filter { host in
        labels.entries.allSatisfy { host.labels[$0.name] == $0.value.string }
      }
      if found.isEmpty {
        diagnostics.append(
          Diagnostic(
            code: "no-matching-host", "no Host has these labels",
            at: document.place(of: [.field("hosts"), .field("matchLabels")]),
            expected: "labels that stand in a Host's metadata"))
      }
      return found.map(\.name)
    }
    if document.isAnyBroken(under: "host") || document.isAnyBroken(under: "hosts") { return [] }
    diagnostics.append(
      Diagnostic(
        code: "missing-field", "\(document.kind.rawValue) '\(document.name)' names no host",
        at: document.place,
        expected: "'host: NAME' or 'hosts: {matchLabels: {…}}' under spec"))
    return []
  }

  private static func duplicate(_ document: Document, of first: Document, _ what: String)
    -> Diagnostic
  {
    Diagnostic(code: "duplicate-object", "\(what) is declared twice", at: document.namePlace)
      .related(to: first.namePlace, "first declared here")
  }
}

/// A reference to something that no manifest declares; `where` says in which pool or on which host.
func dangling(
  _ document: Document, _ path: [PathPart], _ kind: String, _ name: String, among names: [String],
  where: String = "", expected: String? = nil
) -> Diagnostic {
  Diagnostic(
    code: "unknown-reference", "there is no \(kind) '\(name)'\(`where`)",
    at: document.place(of: path), expected: expected,
    suggestion: Nearest.word(to: name, among: names.filter { $0 != name }.sorted()))
}

/// A reference out of a placed object to one beside it; the place is in the object's document or in its class.
func dangling(
  _ object: Placed, _ path: [PathPart], _ kind: Kind, _ name: String, pool: String? = nil,
  in manifests: ManifestSet, besides others: Set<String> = []
) -> Diagnostic {
  let document =
    object.document.writes(path) ? object.document : object.classDocument ?? object.document
  let within = pool.map { " in pool '\($0)'" } ?? ""
  return dangling(
    document, path, kind.rawValue, name,
    among: manifests.names(kind, on: object.id.host, in: pool) + others,
    where: "\(within) on host '\(object.id.host)'",
    expected: kind == .image
      ? "an Image manifest"
      : "a \(kind.rawValue) manifest, with 'external: true' for one that exists already")
}

extension ManifestSet {
  /// The names of a kind's objects on a host, as references spell them; of volumes, those of one pool.
  fileprivate func names(_ kind: Kind, on host: String, in pool: String?) -> [String] {
    placed.filter {
      $0.id.kind == kind && $0.id.host == host
        && (pool == nil || $0.spec.string("pool") == pool)
    }.map(\.document.name)
  }
}
