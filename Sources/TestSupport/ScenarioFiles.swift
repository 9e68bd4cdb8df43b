import FoundationEssentials
import Manifest
import Model
import Planning

/// The files of a scenario: `Tests/Scenarios/NAME`.
public struct ScenarioFiles: Sendable {
  public let name: String
  private let folder: String

  /// - Parameter root: the folder of all scenarios.
  public init(_ name: String, in root: String) {
    self.name = name
    folder = root + "/" + name
  }

  /// The names of the scenarios in a folder.
  public static func names(in root: String) -> [String] {
    let found = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
    return found.filter { !$0.hasPrefix(".") }.sorted()
  }

  /// The names of the files in a folder of the scenario, sorted; empty when there is none.
  func list(_ path: String) -> [String] {
    let found = (try? FileManager.default.contentsOfDirectory(atPath: folder + "/" + path)) ?? []
    return found.filter { !$0.hasPrefix(".") }.sorted()
  }

  /// A file's text; nil when there is none.
  public func text(_ path: String) -> String? {
    guard let data = FileManager.default.contents(atPath: folder + "/" + path) else { return nil }
    return String(decoding: data, as: UTF8.self)
  }

  /// The lines of a file that are neither empty nor comments.
  func lines(_ path: String) -> [String] {
    (text(path) ?? "").split(separator: "\n").map(String.init)
      .filter { !$0.allSatisfy(\.isWhitespace) && !$0.hasPrefix("#") }
  }

  /// Writes a file, or takes it away.
  public func write(_ text: String?, to path: String) throws {
    if let text {
      try Data(text.utf8).write(to: URL(filePath: folder + "/" + path))
    } else if FileManager.default.fileExists(atPath: folder + "/" + path) {
      try FileManager.default.removeItem(atPath: folder + "/" + path)
    }
  }

  /// What the hosts answer when they are asked what they can do: documents of libvirt's.
  func capabilities() -> RecordedCapabilities {
    let folder = "capabilities"
    let domains = list(folder).filter { $0.hasPrefix("domain-") }
    return RecordedCapabilities(
      host: text(folder + "/host.xml"), domains: domains.compactMap { text("\(folder)/\($0)") })
  }

  /// The values of secrets that are in environment variables, by a file that has them: `NAME=TEXT`.
  func secrets(of desired: Desired, _ path: String) -> [ObjectID: SecretReading] {
    var values: [String: String] = [:]
    for line in lines(path) {
      let pair = line.split(separator: "=", maxSplits: 1).map(String.init)
      if pair.count == 2 { values[pair[0]] = pair[1] }
    }
    var found: [ObjectID: SecretReading] = [:]
    for object in desired.objects where object.id.kind == .secret {
      guard let name = object.spec.record("value")?.string("env") else { continue }
      found[object.id] =
        values[name].map { .value(SecretValue(Array($0.utf8)), salt: "scenario") }
        ?? .failed("environment variable '\(name)' is not set")
    }
    return found
  }

  /// What the manifests of a folder want, in the long form. Their places are relative to the scenario, so that
  /// they are the same wherever it lies.
  func desired(_ path: String) throws -> Desired {
    var loaded = LoadedManifests()
    for file in list(path) where file.hasSuffix(".yaml") {
      let text = self.text("\(path)/\(file)") ?? ""
      ManifestLoader.add(Array(text.utf8), file: "\(path)/\(file)", to: &loaded)
    }
    let desired = Lowering.lower(ManifestBuilder.build(&loaded))
    guard loaded.isValid else {
      let text = loaded.diagnostics.map {
        "\($0.place?.description ?? path): \($0.message) (\($0.expected ?? ""))"
      }
      throw ScenarioProblem(text.joined(separator: "\n"))
    }
    return desired
  }
}

/// `options.txt`: the command line's words, one or more a line.
struct ScenarioOptions: Sendable {
  var plan = PlanOptions()
  /// Hosts that do not answer.
  var unreachable: Set<String> = []

  init(_ lines: [String]) throws {
    var words = lines.flatMap { $0.split(separator: " ").map(String.init) }[...]
    while let word = words.popFirst() {
      switch word {
      case "--wait-restart": plan.waitsForRestart = true
      case "--allow": plan.ceiling = words.popFirst().flatMap(Disruption.init) ?? .live
      case "--prune": plan.prune = true
      case "--yes": plan.renewed = (plan.renewed ?? []) + (words.popFirst().map { [$0] } ?? [])
      case "--adopt": plan.adopt = true
      case "--destroy": plan.destroy = true
      case "--unreachable": words.popFirst().map { _ = unreachable.insert($0) }
      default: throw ScenarioProblem("there is no option '\(word)'")
      }
    }
  }
}
