import Execution
import Glibc
import Model
import Synchronization

/// What is known of the transfers of a run, for the line that shows them: bytes, rate and time left.
///
/// Told of on the threads that move the bytes, some thousand times a second.
final class TransferBoard: Sendable {
  /// One transfer that is under way.
  struct Pace: Sendable {
    var transfer: Transfer
    let start: ContinuousClock.Instant
    /// What had been transferred already when it began: a download that goes on.
    let head: Int64
    /// When it was shown last.
    var shown: ContinuousClock.Instant
  }

  private let paces = Lock<[String: Pace]>([:])
  private let stops = Atomic<Bool>(false)
  private let interval = Duration.milliseconds(200)
  private let source: AsyncStream<News>.Continuation
  /// The start and the end of each transfer, and now and then how far it has come. In the order in which it happened.
  let news: AsyncStream<News>

  enum Event: Sendable { case started, moved, ended, failed }

  /// What happened to a transfer.
  struct News: Sendable {
    var event: Event
    var transfer: Transfer
    /// How many of its bytes this run has moved, and how long that took.
    var moved: Int64
    var seconds: Double
  }

  init() { (news, source) = AsyncStream.makeStream() }

  /// There is no more to tell.
  func end() { source.finish() }

  /// Gives up what is under way.
  func stop() { stops.store(true, ordering: .relaxed) }

  /// What transfers report to.
  var monitor: TransferMonitor {
    TransferMonitor(
      report: { self.take($0, $1) }, isStopping: { self.stops.load(ordering: .relaxed) })
  }

  private func take(_ transfer: Transfer, _ failed: Bool) {
    let now = ContinuousClock.now
    let key = transfer.direction.rawValue + " " + transfer.subject
    let isOver = failed || transfer.done == transfer.total
    let interval = self.interval
    let news = paces.withLock { paces -> News? in
      guard var pace = paces[key] else {
        // A failure of what never began has nothing to show.
        if failed { return nil }
        let pace = Pace(transfer: transfer, start: now, head: transfer.done, shown: now)
        if !isOver { paces[key] = pace }
        return pace.news(.started)
      }
      pace.transfer = transfer
      if isOver {
        paces[key] = nil
        return pace.news(failed ? .failed : .ended)
      }
      if now - pace.shown < interval {
        paces[key] = pace
        return nil
      }
      pace.shown = now
      paces[key] = pace
      return pace.news(.moved)
    }
    if let news { source.yield(news) }
  }
}

extension TransferBoard.Pace {
  fileprivate func news(_ event: TransferBoard.Event) -> TransferBoard.News {
    let elapsed = (ContinuousClock.now - start).components
    return TransferBoard.News(
      event: event, transfer: transfer, moved: transfer.done - head,
      seconds: Double(elapsed.seconds) + Double(elapsed.attoseconds) / 1e18)
  }
}
