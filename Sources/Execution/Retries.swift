import Logging
import Model

/// An error that is known to pass. What the table does not have is never tried again.
public struct PassingError: Sendable {
  /// What was being done.
  public enum Use: Sendable, Hashable {
    /// Nothing changes by it, so that it may be done twice.
    case reading
    /// A call that changes something, and that libvirt refused before it began.
    case changing
  }

  /// libvirt's name of the number.
  public var name: String
  /// libvirt's `virErrorNumber`; nil where the connection itself tells.
  public var number: Int32?
  /// What libvirt's English text says where the number means other things too.
  public var phrase: String
  public var code: HypervisorError.Code
  public var uses: Set<Use>
  /// How long it is waited for.
  public var patience: Duration

  /// All of them.
  ///
  /// Not among them: an agent that does not answer (86), since libvirt has waited for it by itself and the guest may
  /// have none; a block job (83), which ends when its owner ends it; a disk that another guest has locked (87); and every
  /// timeout of our own, after which the call may still happen.
  public static let table: [PassingError] = [
    // Another job holds the guest: a migration's end, a backup, somebody else's call.
    busy("VIR_ERR_OPERATION_TIMEOUT", 68, "state change lock"),
    // Somebody else's refresh of a pool, or an upload into it.
    busy("VIR_ERR_OPERATION_INVALID", 55, "asynchronous jobs running"),
    busy("VIR_ERR_INTERNAL_ERROR", 1, "asynchronous jobs running"),
    // The daemon was restarted: the host is read over a new connection.
    lost("VIR_ERR_RPC", 39, ""),
    lost("VIR_ERR_SYSTEM_ERROR", 38, ""),
    lost("VIR_ERR_INTERNAL_ERROR", 1, "client socket is closed"),
    lost("the connection closed", nil, ""),
  ]

  private static func busy(_ name: String, _ number: Int32, _ phrase: String) -> PassingError {
    PassingError(
      name: name, number: number, phrase: phrase, code: .busy, uses: [.reading, .changing],
      patience: .seconds(60))
  }

  private static func lost(_ name: String, _ number: Int32?, _ phrase: String) -> PassingError {
    PassingError(
      name: name, number: number, phrase: phrase, code: .unreachable, uses: [.reading],
      patience: .seconds(5))
  }

  /// The table's row for an error; nil for one that does not pass.
  public static func of(_ error: HypervisorError, _ use: Use) -> PassingError? {
    table.first { row in
      row.code == error.code && row.number == error.libvirtCode && row.uses.contains(use)
        && (row.phrase.isEmpty || error.message.contains(row.phrase))
    }
  }
}

/// Tries again what failed with an error that passes, after ever longer pauses.
public struct Retries: Sendable {
  private static let logger = Logger(label: "virtspec.retry")
  private static let firstPause = Duration.milliseconds(50)
  private static let longestPause = Duration.seconds(2)

  private let pause: @Sendable (Duration) async -> Void

  /// - Parameter pause: waits; tests do not.
  public init(
    pause: @escaping @Sendable (Duration) async -> Void = { try? await Task.sleep(for: $0) }
  ) {
    self.pause = pause
  }

  /// Runs `body` until it succeeds, fails for good, or the error's time is over. `body` gets the error before.
  ///
  /// - Parameter control: once it stops, nothing is tried any more.
  func run<Value: Sendable>(
    _ use: PassingError.Use, until control: RunControl? = nil,
    _ body: (HypervisorError?) async throws(HypervisorError) -> Value
  ) async throws(HypervisorError) -> Value {
    var last: HypervisorError?
    var waited = Duration.zero
    var next = Self.firstPause
    while true {
      do throws(HypervisorError) {
        return try await body(last)
      } catch {
        guard let passing = PassingError.of(error, use), waited < passing.patience,
          !Task.isCancelled, await control?.isStopping != true
        else { throw error }
        Self.logger.debug(
          "trying again",
          metadata: [
            "call": "\(error.call)", "error": "\(passing.name)", "pause": "\(next)",
          ])
        last = error
      }
      await pause(next)
      waited += next
      next = min(next * 2, Self.longestPause)
    }
  }
}
