import ArgumentParser
import Execution
import Glibc
import Model
import Planning

/// When output has colours.
enum ColorChoice: String, ExpressibleByArgument, CaseIterable {
  case auto, always, never

  /// By the choice, the NO_COLOR convention (https://no-color.org) and whether a person reads it.
  func isOn(terminal: Bool) -> Bool {
    switch self {
    case .always: true
    case .never: false
    case .auto: terminal && getenv("NO_COLOR") == nil
    }
  }
}

/// Options of every command that reads manifests.
struct ManifestOptions: ParsableArguments {
  @Argument(
    help: "Manifest files, folders (searched for *.yaml and *.yml), or - for standard input.",
    completion: .file(extensions: ["yaml", "yml"]))
  var paths: [String] = ["."]

  @Option(help: "The stack that owns the objects; otherwise the Stack manifest names it.")
  var stack: String?

  @Option(help: "Colours: auto, always or never.")
  var color: ColorChoice = .auto

  @OptionGroup var logging: LogOptions

  func validate() throws {
    if let stack, !Format.name.accepts(stack) {
      throw ValidationError("--stack takes \(Format.name.expectation ?? "a name").")
    }
  }
}

/// Options of every command that does something worth a log.
struct LogOptions: ParsableArguments {
  @Flag(name: .shortAndLong, help: "Log what is done, to standard error.")
  var verbose = false

  @Option(help: "The form of the log: text or json.")
  var logFormat: LogFormat = .text

  enum LogFormat: String, ExpressibleByArgument, CaseIterable { case text, json }

  func validate() throws { Log.start(verbose: verbose, json: logFormat == .json) }
}

/// Options of every command that talks to hosts.
struct HostOptions: ParsableArguments {
  @Option(help: "Only this host; may be repeated.")
  var host: [String] = []

  @Option(help: "Only this object, as KIND/NAME, with what it needs; may be repeated.")
  var target: [String] = []

  @Option(help: "Hosts read, and steps taken, side by side.")
  var parallelism: Int = Fleet.defaultParallelism

  @Option(help: "Seconds that a call to a host may take; 0 means no limit.")
  var timeout: Int = 60

  /// As on a command line without any of them.
  static var standard: HostOptions {
    var options = HostOptions()
    options.host = []
    options.target = []
    options.parallelism = Fleet.defaultParallelism
    options.timeout = 60
    return options
  }

  func validate() throws {
    if parallelism < 1 { throw ValidationError("--parallelism must be 1 or more.") }
    if timeout < 0 { throw ValidationError("--timeout must not be negative.") }
  }
}

/// Options of every command that changes hosts.
struct LockOptions: ParsableArguments {
  @Option(help: "Seconds to wait for another run that changes the same hosts.")
  var lockTimeout: Int = 0

  var timeout: Duration { .seconds(lockTimeout) }

  func validate() throws {
    if lockTimeout < 0 { throw ValidationError("--lock-timeout must not be negative.") }
  }
}

/// Options of every command that plans.
struct PlanningOptions: ParsableArguments {
  @Option(help: "The worst that a step may cost: none, live, restart, recreate or data-loss.")
  var allow: Disruption = .live

  @Flag(
    help:
      "Remove what the stack owns and no manifest declares; --prune=N for more than ten, or a third of the stack."
  )
  var prune = false

  @Option(help: .hidden)
  var pruneLimit: Int?

  @Flag(help: "Take over declared objects that exist and that nobody owns.")
  var adopt = false

  @Flag(help: "Leave restarts to the guests: what waits for one comes with their own next start.")
  var waitRestart = false

  var values: PlanOptions {
    PlanOptions(ceiling: allow, prune: prune, adopt: adopt, waitsForRestart: waitRestart)
  }
}

extension Disruption: ExpressibleByArgument {}
