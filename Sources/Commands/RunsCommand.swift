import ArgumentParser
import Execution
import Reporting

/// `runs`: what the journal has.
struct RunsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "runs", _superCommandName: Virtspec.name,
    abstract: "List the runs that changed hosts, or show one of them.",
    discussion: """
      The journal keeps the last \(JournalStore.kept) runs of each stack that were made from here, with the \
      definitions that they changed or removed. It is no state: nothing is planned by it.
      """,
    subcommands: [ListRunsCommand.self, ShowRunCommand.self],
    defaultSubcommand: ListRunsCommand.self)
}

/// `runs list`.
struct ListRunsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", _superCommandName: Virtspec.name,
    abstract: "List the runs, the last one first.")

  @Option(help: "Only the runs of this stack.")
  var stack: String?

  @OptionGroup var journal: JournalOptions

  func run() async throws {
    let store = try journal.store()
    var rows: [RunsTable.Row] = []
    var failed = false
    for id in try RunSelection.ids(store) {
      do throws(FileProblem) {
        let run = try store.run(id)
        if let stack, run.header.stack != stack { continue }
        rows.append(RunsTable.Row(run, isUnderWay: store.isUnderWay(id)))
      } catch {
        failed = true
        Console.current.note("warning: run \(id) cannot be read: \(error)\n")
      }
    }
    Console.current.write(RunsTable(rows: rows).text)
    if failed { throw ExitCode(1) }
  }
}

/// `runs show`.
struct ShowRunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", _superCommandName: Virtspec.name, abstract: "Show what happened in a run.")

  @Argument(help: "The run; without it the last one.")
  var run: String?

  @OptionGroup var journal: JournalOptions

  func run() async throws {
    let store = try journal.store()
    guard let id = try run ?? RunSelection.ids(store).first else {
      throw complaint("the journal has no run")
    }
    let recorded = try RunSelection.named(id, store)
    Console.current.write(
      RunEventsText.render(recorded, isUnderWay: store.isUnderWay(recorded.header.id)))
  }
}

/// The runs that a command line means.
enum RunSelection {
  static func ids(_ store: JournalStore) throws -> [String] {
    do throws(FileProblem) {
      return try store.ids()
    } catch {
      throw complaint("the journal cannot be read: \(error)")
    }
  }

  /// The run of a name, or of its beginning or end where there is only one.
  static func named(_ name: String, _ store: JournalStore) throws -> RecordedRun {
    let ids = try ids(store)
    let found =
      ids.contains(name) ? [name] : ids.filter { $0.hasPrefix(name) || $0.hasSuffix(name) }
    guard found.count == 1 else {
      throw complaint(
        found.isEmpty
          ? "the journal has no run '\(name)'; 'virtspec runs' lists those that it has"
          : "'\(name)' could be any of \(found.count) runs; write more of it")
    }
    return try read(found[0], store)
  }

  /// The last run, of a stack or of any, that took a step and is no rollback.
  static func last(_ store: JournalStore, stack: String?) throws -> RecordedRun {
    for id in try ids(store) {
      let run = try read(id, store)
      if let stack, run.header.stack != stack { continue }
      let hasSteps = run.events.contains { if case .started = $0.event { true } else { false } }
      if run.header.command != "rollback", hasSteps { return run }
    }
    throw complaint("the journal has no run to roll back")
  }

  private static func read(_ id: String, _ store: JournalStore) throws -> RecordedRun {
    do throws(FileProblem) {
      return try store.run(id)
    } catch {
      throw complaint("run \(id) cannot be read: \(error)")
    }
  }
}
