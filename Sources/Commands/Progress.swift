import Execution
import Reporting

/// Progress of a run: a line for every finished step, and on a terminal a last line for what is under way.
actor Progress {
  private let total: Int
  private let console: Console
  private let color: Bool
  private var done = 0
  private var underWay: [Int: String] = [:]
  /// How far transfers have come, by what they are.
  private var transfers: [String: String] = [:]

  init(total: Int, console: Console, color: Bool) {
    self.total = total
    self.console = console
    self.color = color
  }

  /// Shows an event.
  func take(_ event: RunEvent) {
    switch event {
    case .started(let step):
      underWay[step.id] = "\(step.object.reference): \(StepText.title(step))"
      // A log that says nothing for minutes looks dead.
      if case .awaitGuest(let readiness)? = step.operation, !console.errorIsTerminal {
        console.note(ReadinessText.announcement(step, readiness) + "\n")
      }
    case .progressed(let step, let text, let seconds):
      underWay[step.id] = ReadinessText.progress(step, text, seconds: seconds)
    case .finished(let step, let outcome, let seconds):
      underWay[step.id] = nil
      done += 1
      clear()
      console.note(RunText.line(step, outcome, seconds: seconds, color: color) + "\n")
    }
    show()
  }

  /// Shows how far a transfer has come: on a terminal as it goes on, elsewhere when it begins and ends.
  func take(_ news: TransferBoard.News) {
    let transfer = news.transfer
    let title = TransferText.title(transfer)
    switch news.event {
    case .started, .moved:
      if !console.errorIsTerminal {
        if news.event == .started { console.note(title + "\n") }
        return
      }
      transfers[title] =
        title + ": "
        + TransferText.progress(
          transfer, moved: news.moved, seconds: news.seconds)
    case .ended, .failed:
      transfers[title] = nil
      clear()
      if news.event == .ended {
        console.note(
          TransferText.end(transfer, moved: news.moved, seconds: news.seconds) + "\n")
      }
    }
    show()
  }

  /// Takes the last line away.
  func end() { clear() }

  private func show() {
    guard console.errorIsTerminal, let first = underWay.min(by: { $0.key < $1.key }) else { return }
    let others = underWay.count > 1 ? " and \(underWay.count - 1) more" : ""
    // What moves tells more than what waits for it.
    let value = transfers.min { $0.key < $1.key }?.value ?? first.value
    // Without wrapping (DECAWM): of a line that wraps in a narrow terminal, only the last row could be cleared.
    console.note("\r\u{1b}[K\u{1b}[?7l\(done)/\(total)  \(value)\(others)\u{1b}[?7h")
  }

  private func clear() {
    if console.errorIsTerminal { console.note("\r\u{1b}[K") }
  }
}
