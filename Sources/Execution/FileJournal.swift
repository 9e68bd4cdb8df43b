import FoundationEssentials
import Glibc
import Model
import Planning

/// A journal in a folder of its own: `events.jsonl` has an event a line, `before/` what changed or is gone. Nobody
/// but its owner can read it.
public final class FileJournal: Journal {
  /// The run's name.
  public let id: String
  public let folder: String

  private let descriptor: Int32
  private let count = Lock(0)

  /// Makes the folder and writes the run's beginning down.
  init(_ header: RunHeader, in parent: String) throws(FileProblem) {
    id = UTCTime.compact() + "-" + Self.randomPart()
    folder = parent + "/" + id
    for path in [folder, folder + "/before"] {
      if mkdir(path, 0o700) != 0 { throw .last(path) }
    }
    let path = folder + "/" + Self.eventsFile
    descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw .last(path) }
    // As long as it is held the run is under way; the system lets go of it, whatever the process dies of.
    if flock(descriptor, LOCK_EX | LOCK_NB) != 0 { throw .last(path) }
    var header = header
    header.id = id
    try append(.begun(run: header))
    try flush()
    try LocalFile.synchronize(folder)
    try LocalFile.synchronize(parent)
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  public func append(_ event: JournalEvent) throws(FileProblem) {
    let path = folder + "/" + Self.eventsFile
    let line: [UInt8]
    do {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      line = Array(try encoder.encode(JournalLine(event: event, time: UTCTime.now()))) + [0x0a]
    } catch {
      throw FileProblem(path: path, reason: "an event cannot be written as JSON: \(error)")
    }
    // One write: what is appended at once does not mix with what another thread appends.
    try LocalFile.write(line, to: descriptor, path)
    if case .finished = event { try flush() }
  }

  public func keep(_ record: ObjectRecord, of object: ObjectID) throws(FileProblem) {
    let number = count.withLock { count in
      count += 1
      return count
    }
    let digits = String(number)
    let name =
      "before/" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits + "-"
      + Self.fileName(object) + (object.kind == .host ? ".json" : ".xml")
    let path = folder + "/" + name
    let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw .last(path) }
    defer { close(file) }
    try LocalFile.write(record.text.utf8, to: file, path)
    if fsync(file) != 0 { throw .last(path) }
    try LocalFile.synchronize(folder + "/before")
    try append(
      .kept(
        before: Kept(
          object: object, file: name, fingerprint: record.fingerprint, isActive: record.isActive,
          autostart: record.autostart)))
    try flush()
  }

  static let eventsFile = "events.jsonl"

  private func flush() throws(FileProblem) {
    if fsync(descriptor) != 0 { throw .last(folder + "/" + Self.eventsFile) }
  }

  /// Names of objects may have what names of files may not.
  private static func fileName(_ object: ObjectID) -> String {
    let text = object.host + "-" + object.kind.word + "-" + object.name
    return String(
      text.map { character in
        character.isASCII && (character.isLetter || character.isNumber) || "._-".contains(character)
          ? character : "_"
      }.prefix(120))
  }

  private static func randomPart() -> String {
    let text = String(UInt32.random(in: 0..<1 << 24), radix: 16)
    return String(repeating: "0", count: 6 - text.count) + text
  }
}

/// A line of `events.jsonl`.
struct JournalLine: Codable {
  var event: JournalEvent
  /// In UTC.
  var time: String
}
