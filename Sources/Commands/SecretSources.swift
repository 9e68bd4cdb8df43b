import FoundationEssentials
import Glibc
import Manifest
import Model
import Planning

/// Reads the values of secrets where their manifests say. Only commands that make a plan do; each value is read
/// once a run.
enum SecretSources {
  /// What could be read, and what is wrong where it could not.
  struct Reading: Sendable {
    var readings: [ObjectID: SecretReading] = [:]
    var diagnostics: [ObjectID: Diagnostic] = [:]
  }

  /// Why a value could not be read.
  struct Problem: Error {
    var message: String
    var expected: String
    /// The field that it is about.
    var field: String
  }

  /// The longest that a command may take.
  private static let deadline = Duration.seconds(60)

  /// For commands that do not need them: a value may cost a question to a person or a vault.
  static func unread(_ objects: [DesiredObject]) -> Reading {
    Reading(readings: Dictionary(objects.map { ($0.id, .unread) }) { first, _ in first })
  }

  static func read(
    _ objects: [DesiredObject], _ documents: [Document]
  ) async -> Reading {
    var result = Reading()
    // One manifest may be for many hosts.
    var known: [String: Result<SecretValue, Problem>] = [:]
    for object in objects where object.id.kind == .secret && !object.isExternal {
      guard let source = object.spec.record("value") else { continue }
      let found: Result<SecretValue, Problem>
      if let earlier = known[object.source] {
        found = earlier
      } else {
        found = await value(source, folder: folder(of: object))
        known[object.source] = found
      }
      switch found {
      case .success(let value):
        result.readings[object.id] = .value(value, salt: SecretDigest.newSalt())
      case .failure(let problem):
        result.readings[object.id] = .failed(problem.message)
        let document = documents.first {
          $0.kind == .secret && $0.place.description == object.source
        }
        result.diagnostics[object.id] = Diagnostic(
          code: "secret-not-readable",
          "the value of \(object.id.reference) cannot be read: \(problem.message)",
          at: document?.place(of: [.field("value"), .field(problem.field)])
            ?? Place(text: object.source),
          expected: problem.expected)
      }
    }
    return await addingGuests(objects, documents, to: result)
  }

  /// The folder of the object's manifest, for relative paths.
  static func folder(of object: DesiredObject) -> String {
    let file = object.source.split(separator: ":", omittingEmptySubsequences: false).dropLast(2)
      .joined(separator: ":")
    guard file != "-", let slash = file.lastIndex(of: "/") else { return "." }
    return slash == file.startIndex ? "/" : String(file[..<slash])
  }

  static func value(
    _ source: Record, folder: String
  ) async -> Result<SecretValue, Problem> {
    do throws(Problem) {
      let (field, bytes) = try await raw(source, folder: folder)
      let value = try decoded(bytes, source.string("encoding") ?? "text", field)
      if value.isEmpty {
        throw Problem(message: "it is empty", expected: "a value", field: field)
      }
      if value.count > SecretValue.limit {
        throw Problem(
          message: "it has \(value.count) bytes",
          expected: "at most \(SecretValue.limit) bytes, which is what libvirt takes", field: field)
      }
      return .success(SecretValue(value))
    } catch {
      return .failure(error)
    }
  }

  private static func raw(
    _ source: Record, folder: String
  ) async throws(Problem) -> (field: String, bytes: [UInt8]) {
    if let name = source.string("env") {
      guard let text = getenv(name) else {
        throw Problem(
          message: "environment variable '\(name)' is not set",
          expected: "the variable in the environment that virtspec runs in", field: "env")
      }
      return ("env", Array(String(cString: text).utf8))
    }
    if let name = source.string("file") {
      let path = name.hasPrefix("/") ? name : folder + "/" + name
      do {
        return ("file", Array(try Data(contentsOf: URL(filePath: path))))
      } catch {
        let exists = access(path, F_OK) == 0
        throw Problem(
          message: "file '\(path)' \(exists ? "cannot be read" : "does not exist")",
          expected: "a file that \(exists ? "this user may read" : "is there"), named from the "
            + "manifest's own folder", field: "file")
      }
    }
    let words = source["command"]?.list?.compactMap(\.string) ?? []
    let output = await Command.run(words, folder: folder, deadline: deadline)
    switch output {
    case .success(let bytes): return ("command", bytes)
    case .failure(let failure):
      throw Problem(
        message: "command '\(words.first ?? "")' \(failure.message)",
        expected: "a program that prints the value and exits with status 0", field: "command")
    }
  }

  private static func decoded(
    _ bytes: [UInt8], _ encoding: String, _ field: String
  ) throws(Problem) -> [UInt8] {
    switch encoding {
    case "binary": return bytes
    case "base64":
      let digits = bytes.filter { ![0x20, 0x09, 0x0a, 0x0d].contains($0) }
      guard let data = Data(base64Encoded: Data(digits)) else {
        throw Problem(
          message: "it is not base64", expected: "base64, or another 'encoding'", field: field)
      }
      return Array(data)
    default:
      var text = bytes
      if text.last == 0x0a { text.removeLast() }
      if text.last == 0x0d { text.removeLast() }
      return text
    }
  }
}
