import FoundationEssentials
import Glibc
import Model
import Planning

/// The runs of this user, in a folder: `runs/ID` each.
public struct JournalStore: Sendable {
  /// So many runs of a stack are kept.
  public static let kept = 30

  private let folder: String

  /// - Parameter state: the folder of virtspec's state, which need not be there yet.
  public init(state: String) { folder = state + "/runs" }

  /// Begins the journal of a run. Older runs of the stack than the last few go.
  public func begin(_ header: RunHeader) throws(FileProblem) -> FileJournal {
    try Self.makeFolders(folder)
    let journal = try FileJournal(header, in: folder)
    let others = (try? ids()) ?? []
    for id in others.filter({ self.header($0)?.stack == header.stack }).dropFirst(Self.kept)
    where !isUnderWay(id) {
      remove(id)
    }
    return journal
  }

  /// The names of the runs, the last one first; none where there is no folder.
  public func ids() throws(FileProblem) -> [String] {
    try LocalFile.names(in: folder).sorted(by: >)
  }

  /// A run with all that is written of it. What a killed run left unfinished at the end is left out.
  public func run(_ id: String) throws(FileProblem) -> RecordedRun {
    let path = "\(folder)/\(id)/\(FileJournal.eventsFile)"
    guard !id.contains("/"), id != ".." else {
      throw FileProblem(path: path, reason: "'\(id)' is no name of a run")
    }
    let lines = try LocalFile.read(path).split(separator: 0x0a)
    var events: [RecordedRun.Event] = []
    for (index, line) in lines.enumerated() {
      do {
        let line = try JSONDecoder().decode(JournalLine.self, from: Data(line))
        events.append(RecordedRun.Event(event: line.event, time: line.time))
      } catch {
        // The version first: of another one nothing else is known.
        if index == 0, let version = Self.version(Data(line)) {
          throw FileProblem(
            path: path,
            reason: """
              it has format version \(version); this virtspec reads version \(RunHeader.currentVersion)
              """)
        }
        if index == lines.count - 1 { break }
        throw FileProblem(path: path, reason: "line \(index + 1) is damaged")
      }
    }
    guard case .begun(let header)? = events.first?.event else {
      throw FileProblem(path: path, reason: "it does not say what run it is of")
    }
    guard header.formatVersion == RunHeader.currentVersion else {
      throw FileProblem(
        path: path,
        reason: """
          it has format version \(header.formatVersion), written by virtspec \(header.virtspec); \
          this virtspec reads version \(RunHeader.currentVersion)
          """)
    }
    return RecordedRun(header: header, events: events)
  }

  /// Whether the process of a run is still at it.
  public func isUnderWay(_ id: String) -> Bool {
    let descriptor = open("\(folder)/\(id)/\(FileJournal.eventsFile)", O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK
  }

  /// What an object was before a run.
  public func text(_ kept: Kept, of id: String) throws(FileProblem) -> String {
    String(decoding: try LocalFile.read("\(folder)/\(id)/\(kept.file)"), as: UTF8.self)
  }

  /// The first line of a run's events; nil when it cannot be read.
  private func header(_ id: String) -> RunHeader? {
    let path = "\(folder)/\(id)/\(FileJournal.eventsFile)"
    guard let head = try? LocalFile.head(path, limit: 1 << 16),
      let line = head.split(separator: 0x0a, maxSplits: 1).first,
      let decoded = try? JSONDecoder().decode(JournalLine.self, from: Data(line)),
      case .begun(let header) = decoded.event
    else { return nil }
    return header
  }

  private static func version(_ line: Data) -> Int64? {
    struct Line: Decodable {
      struct Event: Decodable {
        struct Begun: Decodable {
          struct Run: Decodable { var formatVersion: Int64 }
          var run: Run
        }
        var begun: Begun
      }
      var event: Event
    }
    let version = (try? JSONDecoder().decode(Line.self, from: line))?.event.begun.run.formatVersion
    return version == RunHeader.currentVersion ? nil : version
  }

  /// Takes away what a journal makes, and nothing else. Another run may be at it, too.
  private func remove(_ id: String) {
    let run = "\(folder)/\(id)"
    for name in (try? LocalFile.names(in: run + "/before")) ?? [] {
      unlink("\(run)/before/\(name)")
    }
    rmdir(run + "/before")
    unlink("\(run)/\(FileJournal.eventsFile)")
    rmdir(run)
  }

  /// Makes a folder and those above it, for their owner alone.
  private static func makeFolders(_ path: String) throws(FileProblem) {
    var made = ""
    for part in path.split(separator: "/", omittingEmptySubsequences: true) {
      made += (made.isEmpty && !path.hasPrefix("/") ? "" : "/") + part
      if mkdir(made, 0o700) == 0 || errno == EEXIST || errno == EISDIR { continue }
      // A folder that may not be written to is there all the same.
      var status = stat()
      if stat(made, &status) == 0, status.st_mode & S_IFMT == S_IFDIR { continue }
      throw .last(made)
    }
  }
}

/// A run as it was written down.
public struct RecordedRun: Sendable {
  public struct Event: Sendable {
    public var event: JournalEvent
    public var time: String
  }

  public var header: RunHeader
  /// In their order, the beginning among them.
  public var events: [Event]

  /// What became of it; nil when it was killed, or is under way.
  public var counts: RunCounts? {
    guard case .finished(let counts)? = events.last?.event else { return nil }
    return counts
  }

  /// Steps that were begun, and of which it is not known what came of them.
  public var doubtful: [Step] {
    var open: [Int: Step] = [:]
    for event in events {
      switch event.event {
      case .started(let step): open[step.id] = step
      case .ended(let end) where end.outcome != .inDoubt: open[end.id] = nil
      default: break
      }
    }
    return open.values.sorted { $0.id < $1.id }
  }

  /// The steps that were done, failed or are in doubt so far, by what is written.
  public var countsSoFar: RunCounts {
    if let counts { return counts }
    var counts = RunCounts()
    for event in events {
      guard case .ended(let end) = event.event else { continue }
      switch end.outcome {
      case .done: counts.done += 1
      case .failed: counts.failed += 1
      case .inDoubt: break
      }
    }
    counts.inDoubt = doubtful.count
    counts.notStarted = max(
      0, header.steps - counts.done - counts.failed - counts.inDoubt)
    return counts
  }
}
