import Model
import Planning

/// Something that happened in a run, as the journal has it. Its form has a version: `RunHeader.currentVersion`.
public enum JournalEvent: Sendable, Hashable, Codable {
  /// The run is about to take its first step.
  case begun(run: RunHeader)
  /// What an object was before the run's first step on it, in a file of the journal.
  case kept(before: Kept)
  /// A step is about to be taken. A run that was killed may have taken it, or not.
  case started(step: Step)
  /// A step ended.
  case ended(step: StepEnd)
  /// The run ended, in whatever way.
  case finished(counts: RunCounts)
}

/// What a run is.
public struct RunHeader: Sendable, Hashable, Codable {
  /// The version of the form of what is written; every change of it raises it.
  public static let currentVersion: Int64 = 1

  public var formatVersion: Int64
  /// Its name in the journal.
  public var id: String
  /// `apply`, `destroy` or `rollback`.
  public var command: String
  public var stack: String
  public var hosts: [DesiredHost]
  /// How many steps it was to take.
  public var steps: Int
  /// Who ran it, as a lock's line.
  public var holder: String
  /// The version of the program.
  public var virtspec: String
  /// The run that it rolls back.
  public var of: String?

  public init(
    command: String, stack: String, hosts: [DesiredHost], steps: Int, holder: String,
    virtspec: String, of: String? = nil
  ) {
    formatVersion = Self.currentVersion
    id = ""
    self.command = command
    self.stack = stack
    self.hosts = hosts
    self.steps = steps
    self.holder = holder
    self.virtspec = virtspec
    self.of = of
  }
}

/// What an object was before a run.
public struct Kept: Sendable, Hashable, Codable {
  public var object: ObjectID
  /// Where its definition lies, in the run's folder.
  public var file: String
  public var fingerprint: Fingerprint
  public var isActive: Bool
  public var autostart: Bool
}

/// How a step ended.
public struct StepEnd: Sendable, Hashable, Codable {
  public enum Outcome: String, Sendable, Hashable, Codable {
    case done, failed, inDoubt
  }

  /// Why it failed.
  public struct Failure: Sendable, Hashable, Codable {
    public var code: String
    public var call: String
    public var message: String
  }

  /// What the object was afterwards.
  public struct Left: Sendable, Hashable, Codable {
    /// Nil when there was none any more.
    public var fingerprint: Fingerprint?
  }

  public var id: Int
  public var outcome: Outcome
  public var milliseconds: Int64
  public var failure: Failure?
  /// Nil when it could not be told.
  public var left: Left?
}

/// What became of a run's steps.
public struct RunCounts: Sendable, Hashable, Codable {
  public var done = 0
  public var failed = 0
  public var inDoubt = 0
  public var notStarted = 0

  public init() {}

  /// What a run's result comes to.
  public init(_ result: RunResult) {
    for outcome in result.outcomes.values {
      switch outcome {
      case .done: done += 1
      case .failed: failed += 1
      case .inDoubt: inDoubt += 1
      case .waitedInVain, .stopped: notStarted += 1
      }
    }
  }
}

/// Where a run writes down what it does, before it does it.
public protocol Journal: Sendable {
  /// Writes an event down, so that it outlives the process.
  func append(_ event: JournalEvent) throws(FileProblem)
  /// Writes down what an object was, so that it outlives the machine.
  func keep(_ record: ObjectRecord, of object: ObjectID) throws(FileProblem)
}
