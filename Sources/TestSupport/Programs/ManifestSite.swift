import Manifest
import Model
import Planning

/// A set of manifests that changes field by field. What would not be valid is not taken.
struct ManifestSite {
  private let head: String

  /// In the long form.
  private(set) var desired: Desired
  /// The fields of each object, by `guest/g1`. Values are YAML in one line.
  private var objects: [String: [String: String]] = [:]

  init(stack: String) throws {
    head = """
      apiVersion: virtspec/v1
      kind: Stack
      metadata: {name: \(stack)}
      ---
      apiVersion: virtspec/v1
      kind: Host
      metadata: {name: \(Program.host)}
      spec: {uri: "\(Program.uri)"}

      """
    guard let desired = Self.read(head) else { throw ScenarioProblem("the head is not valid") }
    self.desired = desired
  }

  /// The manifests as text.
  var text: String { head + Self.text(objects) }

  /// Declares an object, or a field of one. Gives whether the manifests are valid with it.
  mutating func declare(_ object: String, _ field: String, _ value: String) -> Bool {
    var changed = objects
    changed[object] = changed[object] ?? Self.required(object)
    if !field.isEmpty { changed[object]?[field] = value }
    return take(changed)
  }

  /// What an object cannot be declared without.
  private static func required(_ object: String) -> [String: String] {
    let parts = object.split(separator: "/").map(String.init)
    switch parts.first {
    case "guest": return ["memory": "128MiB"]
    case "pool": return ["type": "dir", "path": "/srv/\(parts.last ?? "")"]
    case "volume": return ["pool": "p1", "capacity": "1GiB"]
    case "image":
      return [
        "pool": "p1", "source": "https://example.org/image.qcow2",
        "sha256": String(repeating: "ab", count: 32),
      ]
    case "secret": return ["usage": "{ceph: \(parts.last ?? "")}"]
    default: return [:]
    }
  }

  /// Takes an object away, or a field of one.
  mutating func undeclare(_ object: String, _ field: String) -> Bool {
    guard objects[object] != nil else { return false }
    var changed = objects
    if field.isEmpty { changed[object] = nil } else { changed[object]?[field] = nil }
    return take(changed)
  }

  private mutating func take(_ changed: [String: [String: String]]) -> Bool {
    guard let read = Self.read(head + Self.text(changed)) else { return false }
    (objects, desired) = (changed, read)
    return true
  }

  private static func read(_ text: String) -> Desired? {
    var loaded = LoadedManifests()
    ManifestLoader.add(Array(text.utf8), file: "site.yaml", to: &loaded)
    let desired = Lowering.lower(ManifestBuilder.build(&loaded))
    return loaded.isValid ? desired : nil
  }

  private static func kind(_ word: String) -> String {
    word == "networkfilter" ? "NetworkFilter" : word.capitalized
  }

  private static func text(_ objects: [String: [String: String]]) -> String {
    var text = ""
    for (object, fields) in objects.sorted(by: { $0.key < $1.key }) {
      let parts = object.split(separator: "/", maxSplits: 1).map(String.init)
      let metadata = fields.filter { $0.key == "previousName" }
      let spec = fields.filter { $0.key != "previousName" }
      text += "---\napiVersion: virtspec/v1\nkind: \(kind(parts.first ?? ""))\nmetadata:\n"
      text += "  name: \(parts.last ?? "")\n"
      for (key, value) in metadata { text += "  \(key): \(value)\n" }
      text += "spec:\n  host: \(Program.host)\n"
      for (key, value) in spec.sorted(by: { $0.key < $1.key }) {
        text += "  \(key): \(value)\n"
      }
    }
    return text
  }
}
