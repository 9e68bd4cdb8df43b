import ArgumentParser
import Model
import Planning

/// The objects that a command line names with `--target`.
enum Targets {
  static func parse(_ texts: [String]) throws -> [ObjectID.Target] {
    try texts.map { text in
      let parts = text.split(separator: "/", maxSplits: 1)
      guard parts.count == 2, let kind = Kind(word: String(parts[0])), kind.isPlanned else {
        throw complaint(
          "'\(text)' is no target; write KIND/NAME, such as guest/web-1 or volume/POOL/NAME")
      }
      return ObjectID.Target(kind: kind, name: String(parts[1]))
    }
  }

  /// The same with every image as the volumes that it is brought to hosts as.
  static func settled(_ targets: [ObjectID.Target], _ desired: Desired) -> [ObjectID.Target] {
    targets.flatMap { target -> [ObjectID.Target] in
      let volumes = desired.objects.filter {
        target.kind == .image && $0.imageName == target.name
      }
      return volumes.isEmpty ? [target] : Set(volumes.map(\.id.target)).sorted { $0.name < $1.name }
    }
  }

  /// A target that nothing has is a slip, and no plan without changes. What the stack owns and no manifest
  /// declares is in the plan.
  static func check(_ targets: [ObjectID.Target], _ desired: Desired, _ plan: Plan) throws {
    // What a host has that cannot be read is unknown.
    guard plan.unreadable.isEmpty else { return }
    let known = Set((desired.objects.map(\.id) + plan.steps.map(\.object)).map(\.target))
    for target in targets where !known.contains(target) {
      let near = Nearest.word(to: target.reference, among: known.map(\.reference).sorted())
      throw complaint(
        "no manifest declares \(target.reference), and the stack owns none"
          + (near.map { "; did you mean '\($0)'?" } ?? ""))
    }
  }

  /// The plan for the targets alone; it compared them and what they need.
  static func narrowed(_ plan: Plan, to targets: [ObjectID.Target], _ desired: Desired) -> Plan {
    if targets.isEmpty { return plan }
    var narrowed = Targeting.narrowed(plan, to: targets)
    let named = desired.objects.map(\.id).filter { targets.contains($0.target) }
    narrowed.compared = Set(named + narrowed.steps.map(\.object)).count { $0.kind != .host }
    return narrowed
  }
}

extension ObjectID {
  /// The object as a target names it, whatever its host.
  var target: Target { Target(kind: kind, name: name) }
}

extension ObjectID.Target {
  /// `guest/web-1`.
  var reference: String { "\(kind.word)/\(name)" }
}

/// Says what is wrong with the command line where the parser cannot know it, and gives what to throw. A
/// `ValidationError` would print the usage of the program, which helps nobody there.
func complaint(_ message: String) -> ExitCode {
  Console.current.note("error: \(message)\n")
  return ExitCode(1)
}
