import Execution
import Model
import Planning

/// The runs of a journal as people read them.
public struct RunsTable: Sendable {
  public struct Row: Sendable {
    var cells: [String]

    public init(_ run: RecordedRun, isUnderWay: Bool) {
      let counts = run.countsSoFar
      var parts = ["\(counts.done) of \(run.header.steps) done"]
      if counts.failed > 0 { parts.append("\(counts.failed) failed") }
      if counts.inDoubt > 0 { parts.append("\(counts.inDoubt) in doubt") }
      cells = [
        run.header.id, run.events.first?.time ?? "", run.header.command, run.header.stack,
        run.header.hosts.map(\.name).joined(separator: ","),
        RunEventsText.result(run, isUnderWay: isUnderWay), parts.joined(separator: ", "),
      ]
    }
  }

  private let rows: [Row]

  public init(rows: [Row]) { self.rows = rows }

  /// A line a run.
  public var text: String {
    if rows.isEmpty { return "No runs.\n" }
    let titles = ["RUN", "TIME", "COMMAND", "STACK", "HOSTS", "RESULT", "STEPS"]
    let lines = [titles] + rows.map(\.cells)
    let widths = lines[0].indices.map { index in lines.map { $0[index].count }.max() ?? 0 }
    return lines.map { cells in
      var line = ""
      for (index, cell) in cells.enumerated() {
        let padding = index == cells.count - 1 ? 0 : widths[index] - cell.count + 2
        line += cell + String(repeating: " ", count: padding)
      }
      return line + "\n"
    }.joined()
  }
}

/// One run of a journal as people read it.
public enum RunEventsText {
  /// `done`, `failed`, `stopped`, `under way` or `broken off`.
  static func result(_ run: RecordedRun, isUnderWay: Bool) -> String {
    guard let counts = run.counts else { return isUnderWay ? "under way" : "broken off" }
    if counts.failed > 0 || counts.inDoubt > 0 { return "failed" }
    return counts.notStarted > 0 ? "stopped" : "done"
  }

  /// What it is, a line for each event, and what is in doubt.
  public static func render(_ run: RecordedRun, isUnderWay: Bool) -> String {
    let header = run.header
    var text = "Run \(header.id): \(header.command) of stack \(header.stack)"
    if let of = header.of { text += ", back to before run \(of)" }
    text += "\n  by \(HostLock(line: header.holder).holder), virtspec \(header.virtspec)\n"
    for host in header.hosts { text += "  host/\(host.name)  \(host.uri)\n" }
    text += "\n"
    var steps: [Int: Step] = [:]
    for event in run.events {
      if case .started(let step) = event.event { steps[step.id] = step }
      if let line = line(event.event, steps) { text += "\(event.time)  \(line)\n" }
    }
    text += "\n"
    if !isUnderWay {
      for step in run.doubtful { text += "in doubt: \(name(step))\n" }
    }
    let counts = run.countsSoFar
    text += "\(result(run, isUnderWay: isUnderWay)): \(counts.done) of \(header.steps) steps done"
    if counts.failed > 0 { text += ", \(counts.failed) failed" }
    if counts.inDoubt > 0 { text += ", \(counts.inDoubt) in doubt" }
    if counts.notStarted > 0 { text += ", \(counts.notStarted) not started" }
    return text + "\n"
  }

  private static func line(_ event: JournalEvent, _ steps: [Int: Step]) -> String? {
    switch event {
    case .begun(let run): return "began, \(run.steps) steps to take"
    case .kept(let before): return "kept what \(subject(before.object)) was in \(before.file)"
    case .started(let step): return "begins \(name(step))"
    case .ended(let end):
      let what = steps[end.id].map(name) ?? "step \(end.id)"
      let took = "(\(end.milliseconds) ms)"
      guard let failure = end.failure else { return "done: \(what) \(took)" }
      let word = end.outcome == .inDoubt ? "in doubt" : "failed"
      return "\(word): \(what) \(took)\n    \(failure.call): \(failure.message) [\(failure.code)]"
    case .finished: return "ended"
    }
  }

  private static func name(_ step: Step) -> String {
    "step \(step.id), \(subject(step.object)): \(StepText.title(step))"
  }

  private static func subject(_ object: ObjectID) -> String {
    object.kind == .host ? "the ledger on \(object.host)" : "\(object)"
  }
}
