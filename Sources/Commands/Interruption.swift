import Dispatch
import Glibc

/// Catches Ctrl-C and a polite kill while steps are under way. A second one ends the process as usual.
final class Interruption {
  private let sources: [any DispatchSourceSignal]

  init(_ handler: @escaping @Sendable () -> Void) {
    sources = [SIGINT, SIGTERM].map { number in
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler {
        signal(number, SIG_DFL)
        handler()
      }
      signal(number, SIG_IGN)
      source.resume()
      return source
    }
  }

  /// Leaves the signals to the system again.
  func end() {
    for source in sources { source.cancel() }
    signal(SIGINT, SIG_DFL)
    signal(SIGTERM, SIG_DFL)
  }
}
