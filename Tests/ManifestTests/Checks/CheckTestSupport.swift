import Manifest
import Model

/// Manifests in flow style, one document a line, for tests of single rules.
enum Sample {
  static let host = document("Host", "kvm-a", "uri: qemu:///system", labels: "site: ams")
  static let otherHost = document(
    "Host", "kvm-b", "uri: qemu+ssh://kvm-b/system", labels: "site: ams")
  static let pool = document("Pool", "images", "host: kvm-a, type: dir, path: /srv/images")
  static let network = document(
    "Network", "web", "host: kvm-a, forward: nat, address: 10.20.0.1/24")

  static func document(_ kind: String, _ name: String, _ spec: String, labels: String = "")
    -> String
  {
    "---\n{apiVersion: virtspec/v1, kind: \(kind), metadata: {name: \(name), labels: {\(labels)}}, "
      + "spec: {\(spec)}}\n"
  }

  /// A guest on the host.
  static func guest(_ spec: String, name: String = "web-1") -> String {
    document("Guest", name, "host: kvm-a, " + spec)
  }

  /// A network on the host.
  static func network(_ name: String, _ spec: String) -> String {
    document("Network", name, "host: kvm-a, " + spec)
  }

  /// A volume in the pool.
  static func volume(_ name: String, _ spec: String) -> String {
    document("Volume", name, "host: kvm-a, pool: images, " + spec)
  }
}

/// What is said of manifests: the code of each complaint and what its caret points to, and after that what
/// its further places point to.
func complaints(_ text: String) -> [String] {
  let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
  func word(_ place: Place?) -> String {
    guard let place else { return "nowhere" }
    let rest = lines[place.line - 1].dropFirst(place.column - 1)
    // A value in braces or brackets counts as a whole.
    if rest.first == "{" || rest.first == "[" {
      let closing: Character = rest.first == "{" ? "}" : "]"
      return String(rest.prefix { $0 != closing }) + String(closing)
    }
    return String(rest.prefix { !",}]".contains($0) })
  }
  return DiagnosticText.sorted(diagnostics(text)).map { diagnostic in
    ([diagnostic.code + ": " + word(diagnostic.place)]
      + diagnostic.related.map { word($0.place) }).joined(separator: " <- ")
  }
}

/// Everything that is said of manifests.
func diagnostics(_ text: String) -> [Diagnostic] {
  var loaded = LoadedManifests()
  ManifestLoader.add(Array(text.utf8), file: "test.yaml", to: &loaded)
  _ = ManifestBuilder.build(&loaded)
  return loaded.diagnostics
}
