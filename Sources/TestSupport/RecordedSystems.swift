import FoundationEssentials
import Model

/// Operating systems as osinfo-db 20221203 describes them, recorded so that tests do not depend on the database of the
/// machine that they run on: `Tests/Fixtures/os/systems.json`.
public struct RecordedSystems: Codable, Sendable {
  /// `osinfo-db 20221203`.
  public var database: String
  public var systems: [OSProfile]

  public init(database: String, systems: [OSProfile]) {
    self.database = database
    self.systems = systems
  }

  /// Where they are recorded.
  public static let path = Fixtures.folder + "os/systems.json"

  /// What is recorded; nothing where the file is not there.
  public static let recorded: RecordedSystems = {
    guard let data = FileManager.default.contents(atPath: path),
      let systems = try? JSONDecoder().decode(RecordedSystems.self, from: data)
    else { return RecordedSystems(database: "", systems: []) }
    return systems
  }()

  /// What is known of some operating systems, looked up as in the real database.
  public static func catalog(of identifiers: some Sequence<String>) -> OSCatalog {
    let index = OSIndex(recorded.systems.map { [$0.id, $0.shortID] + $0.aliases })
    return OSCatalog(
      systems: Dictionary(
        uniqueKeysWithValues: Set(identifiers).map { identifier in
          switch index[identifier] {
          case .exact(let place): (identifier, .known(recorded.systems[place]))
          case .older(let place): (identifier, .older(recorded.systems[place]))
          case .none(let suggestion): (identifier, .unknown(suggestion: suggestion))
          }
        }), database: recorded.database)
  }

  /// One of the recorded systems.
  public static func system(_ shortID: String) -> OSProfile? {
    recorded.systems.first { $0.shortID == shortID }
  }
}

/// Recorded documents that several suites read.
public enum Fixtures {
  /// `Tests/Fixtures/`.
  public static let folder =
    #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined() + "/Tests/Fixtures/"
}

extension RecordedCapabilities {
  /// The documents of `Tests/Fixtures/capabilities/NAME`: `host.xml` and `domain-*.xml`. Nil where there are none.
  public init?(recorded name: String) {
    let folder = Fixtures.folder + "capabilities/\(name)/"
    func text(_ file: String) -> String? {
      FileManager.default.contents(atPath: folder + file).map {
        String(decoding: $0, as: UTF8.self)
      }
    }
    guard let host = text("host.xml") else { return nil }
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    self.init(
      host: host, domains: files.filter { $0.hasPrefix("domain-") }.sorted().compactMap(text))
  }
}
