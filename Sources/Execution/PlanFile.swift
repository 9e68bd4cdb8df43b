import FoundationEssentials
import Model
import Planning

/// Why a plan file cannot be used.
public struct PlanFileProblem: Error, Sendable, Hashable {
  public var message: String
  /// What to do instead.
  public var remedy: String
}

/// A saved plan as a file: a line of JSON that `schemas/saved-plan.json` describes. What it is and which version
/// it has stands in front, the plan behind it, and a digest of the plan between them, so that neither damage nor
/// a field that this version does not know goes unnoticed.
public enum PlanFile {
  private static let opening = "{\"format\":\"virtspec-plan\","
  private static let again = "plan again with 'virtspec plan -o FILE'"

  /// Whether a path leads to a plan file, by its first bytes: a damaged one is one too.
  public static func isOne(_ path: String) -> Bool {
    guard path != "-", LocalFile.isRegular(path),
      let head = try? LocalFile.head(path, limit: 256)
    else { return false }
    // Spaces and line breaks may have been put in on the way.
    let text = String(decoding: head, as: UTF8.self).filter { !$0.isWhitespace }
    return text.hasPrefix("{\"format\":\"virtspec-plan\"")
  }

  /// The file's text. `virtspec` is the version of the program, `created` the time.
  public static func text(
    _ plan: SavedPlan, virtspec: String, created: String
  ) throws(PlanFileProblem) -> String {
    let content = try encoded(plan)
    let head: [(String, JSON)] = [
      ("formatVersion", .integer(SavedPlan.formatVersion)), ("virtspec", .string(virtspec)),
      ("created", .string(created)), ("digest", .string(digest(content))),
    ]
    let fields = JSON.object(head).compact.dropFirst().dropLast()
    return opening + fields + ",\"content\":" + String(decoding: content, as: UTF8.self) + "}\n"
  }

  /// Writes the file as a whole or not at all, readable by its owner alone.
  public static func write(
    _ plan: SavedPlan, to path: String, virtspec: String
  ) throws(PlanFileProblem) {
    let text = try text(plan, virtspec: virtspec, created: UTCTime.now())
    do throws(FileProblem) {
      try LocalFile.write(text.utf8, to: path)
    } catch {
      throw PlanFileProblem(
        message: "the plan cannot be written: \(error)", remedy: "name another file with -o")
    }
  }

  /// Reads the file. Throws for anything but an unchanged plan of a version that is known.
  public static func read(_ path: String) throws(PlanFileProblem) -> SavedPlan {
    let bytes: [UInt8]
    do throws(FileProblem) {
      bytes = try LocalFile.read(path)
    } catch {
      throw PlanFileProblem(message: "the plan cannot be read: \(error)", remedy: again)
    }
    do throws(PlanFileProblem) {
      return try parse(bytes)
    } catch {
      throw PlanFileProblem(message: "\(path): \(error.message)", remedy: error.remedy)
    }
  }

  /// The plan of a file's text.
  public static func parse(_ bytes: [UInt8]) throws(PlanFileProblem) -> SavedPlan {
    // The version first: of another one nothing else is known.
    let head = try decoded(Head.self, bytes)
    guard head.formatVersion == SavedPlan.formatVersion else {
      throw PlanFileProblem(
        message: """
          the plan has format version \(head.formatVersion), written by virtspec \(head.virtspec); \
          this virtspec reads version \(SavedPlan.formatVersion)
          """, remedy: "apply it with that virtspec, or " + again)
    }
    let file = try decoded(Whole.self, bytes)
    // Encoded anew, the plan has the same digest only when all of it was understood.
    guard digest(try encoded(file.content)) == file.digest else {
      throw PlanFileProblem(
        message: """
          the plan is damaged: it is not what virtspec \(head.virtspec) wrote, or it has something that \
          this virtspec does not know
          """, remedy: again)
    }
    return file.content
  }

  private struct Head: Decodable {
    var format: String
    var formatVersion: Int64
    var virtspec: String
  }

  private struct Whole: Decodable {
    var digest: String
    var content: SavedPlan
  }

  private static func decoded<Form: Decodable>(
    _ form: Form.Type, _ bytes: [UInt8]
  ) throws(PlanFileProblem) -> Form {
    do {
      return try JSONDecoder().decode(form, from: Data(bytes))
    } catch let error as DecodingError {
      throw PlanFileProblem(message: "the plan is damaged: \(error.brief)", remedy: again)
    } catch {
      throw PlanFileProblem(message: "the plan is damaged: it is no JSON", remedy: again)
    }
  }

  private static func encoded(_ plan: SavedPlan) throws(PlanFileProblem) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    do {
      return Array(try encoder.encode(plan))
    } catch {
      throw PlanFileProblem(message: "the plan cannot be written as JSON: \(error)", remedy: again)
    }
  }

  private static func digest(_ bytes: [UInt8]) -> String {
    bytes.withUnsafeBytes { Digest.sha256($0, length: 64) }
  }
}

extension DecodingError {
  /// Where, and what, in one line.
  var brief: String {
    switch self {
    case .keyNotFound(let key, let context):
      "\(Self.place(context))'\(key.stringValue)' is missing"
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      "\(Self.place(context))another kind of value is expected"
    case .dataCorrupted(let context):
      context.codingPath.isEmpty
        ? "it is no complete JSON" : "\(Self.place(context))\(context.debugDescription)"
    @unknown default: "it cannot be read"
    }
  }

  private static func place(_ context: Context) -> String {
    if context.codingPath.isEmpty { return "" }
    let parts = context.codingPath.map { key in
      key.intValue.map { "[\($0)]" } ?? ".\(key.stringValue)"
    }
    return parts.joined().drop { $0 == "." } + ": "
  }
}
