import Logging
import Model

/// The log of a run, on standard error. Values of secrets never reach it: no message carries a spec.
enum Log {
  /// What one command logs; commands that run side by side in one process have one each.
  final class Settings: Sendable {
    private let state = Lock((verbose: false, json: false))

    var isVerbose: Bool { state.withLock { $0.verbose } }
    var isJSON: Bool { state.withLock { $0.json } }

    func set(verbose: Bool, json: Bool) { state.withLock { $0 = (verbose, json) } }
  }

  @TaskLocal static var settings = Settings()

  /// swift-log takes a log into use once in a process.
  private static let isInUse: Bool = {
    LoggingSystem.bootstrap { Handler(label: $0) }
    return true
  }()

  /// Sets what the running command logs, and how.
  static func start(verbose: Bool, json: Bool) {
    if isInUse { settings.set(verbose: verbose, json: json) }
  }

  /// Logs how long something took.
  static func timed<Value>(
    _ what: Logger.Message, _ body: () throws -> Value
  ) rethrows -> Value {
    let clock = ContinuousClock()
    let begin = clock.now
    let value = try body()
    logger.debug(what, metadata: ["took": "\(clock.now - begin)"])
    return value
  }

  /// Logs how long something took that waits.
  static func timed<Value>(
    _ what: Logger.Message, isolation: isolated (any Actor)? = #isolation,
    _ body: () async throws -> Value
  ) async rethrows -> Value {
    let clock = ContinuousClock()
    let begin = clock.now
    let value = try await body()
    logger.debug(what, metadata: ["took": "\(clock.now - begin)"])
    return value
  }

  /// Logs something that only those want to know who look for it.
  static func detail(_ text: String) { logger.debug("\(text)") }

  private static let logger = Logger(label: "virtspec.command")

  private struct Handler: LogHandler {
    let label: String
    var metadata: Logger.Metadata = [:]

    var logLevel: Logger.Level {
      get { settings.isVerbose ? .debug : .warning }
      // The level is the command line's, for all loggers at once.
      set {}
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
      let pairs = metadata.merging(event.metadata ?? [:]) { _, new in new }.sorted {
        $0.key < $1.key
      }
      Console.current.note(settings.isJSON ? json(event, pairs) : text(event, pairs))
    }

    private func text(_ event: LogEvent, _ pairs: [(key: String, value: Logger.MetadataValue)])
      -> String
    {
      let details = pairs.map { " \($0.key)=\($0.value)" }.joined()
      return "\(event.level) \(label): \(event.message)\(details)\n"
    }

    private func json(_ event: LogEvent, _ pairs: [(key: String, value: Logger.MetadataValue)])
      -> String
    {
      var fields: [(String, JSON)] = [
        ("level", .string("\(event.level)")), ("logger", .string(label)),
        ("message", .string("\(event.message)")),
      ]
      fields += pairs.map { ($0.key, .string("\($0.value)")) }
      return JSON.object(fields).compact + "\n"
    }
  }
}
