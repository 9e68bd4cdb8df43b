import Execution
import Model
import Planning

/// A run in words: a line a step, and what became of everything.
public enum RunText {
  /// The line of a finished step.
  public static func line(_ step: Step, _ outcome: Outcome, seconds: Double, color: Bool) -> String
  {
    let paint = Paint(isOn: color)
    let what = "\(subject(step)): \(StepText.title(step))"
    switch outcome {
    case .done: return "\(paint("✓", .green)) \(what) (\(duration(seconds)))"
    // The summary has the rest.
    case .failed(let error): return "\(paint("✗", .red)) \(what): \(firstLine(describe(error)))"
    case .inDoubt(let error): return "\(paint("?", .red)) \(what): in doubt: \(describe(error))"
    case .waitedInVain, .stopped: return "- \(what): not started"
    }
  }

  /// The end of a run: what failed, what was not begun because of it, and how much was done.
  public static func summary(_ plan: Plan, _ result: RunResult, color: Bool) -> String {
    let paint = Paint(isOn: color)
    var text = ""
    var done = 0
    for step in plan.executable {
      let name = "step \(step.id), \(subject(step)): \(StepText.title(step))"
      switch result.outcomes[step.id] ?? .stopped {
      case .done: done += 1
      case .failed(let error): text += paint("failed", .red) + ": \(name)\n    \(describe(error))\n"
      case .inDoubt(let error):
        text += paint("in doubt", .red) + ": \(name)\n    \(describe(error))\n"
      case .waitedInVain(let id):
        text += "not started: \(name), because step \(id) did not succeed\n"
      case .stopped: text += "not started: \(name), because the run was stopped\n"
      }
    }
    var last: (object: ObjectID, blockage: Blockage)?
    for step in plan.blocked {
      guard let blocked = step.blocked else { continue }
      // A restart is two steps, and one refusal.
      if let last, last.object == step.object, last.blockage == blocked { continue }
      last = (step.object, blocked)
      text +=
        paint("blocked", .yellow)
        + ": \(subject(step)): \(StepText.title(step)): \(blocked.message)\(blocked.place.map { " (\($0))" } ?? ""); \(blocked.remedy)\n"
    }
    let total = plan.executable.count
    return text + "\(done) of \(total) \(total == 1 ? "step" : "steps") done.\n"
  }

  /// What the step is about: the object, or the ledger where that is the host's own.
  private static func subject(_ step: Step) -> String {
    step.object.kind == .host ? "ledger on \(step.object.host)" : "\(step.object)"
  }

  /// The object's call, libvirt's code and its words.
  public static func describe(_ error: HypervisorError) -> String {
    let number = error.libvirtCode.map { " (libvirt error \($0))" } ?? ""
    return "\(error.call): \(error.message)\(number)"
  }

  private static func firstLine(_ text: String) -> Substring { text.prefix { $0 != "\n" } }

  private static func duration(_ seconds: Double) -> String {
    let milliseconds = Int((seconds * 1000).rounded())
    if milliseconds < 1000 { return "\(milliseconds) ms" }
    let tenths = (milliseconds + 50) / 100
    return "\(tenths / 10).\(tenths % 10) s"
  }
}
