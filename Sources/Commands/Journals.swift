import ArgumentParser
import Execution
import Glibc
import Model
import Planning

/// Where journals lie when neither the command line nor the environment says; tests put a folder in its place.
public enum Journals {
  @TaskLocal public static var folder: String?

  /// By the XDG rules (https://specifications.freedesktop.org/basedir-spec/): `$XDG_STATE_HOME/virtspec`, or
  /// `~/.local/state/virtspec`. Root's runs concern the machine, whoever's home sudo left in the environment:
  /// `/var/lib/virtspec`.
  static func standardFolder() throws -> String {
    if let folder { return folder }
    if let state = variable("XDG_STATE_HOME"), state.hasPrefix("/") { return state + "/virtspec" }
    if geteuid() == 0 { return "/var/lib/virtspec" }
    if let home = variable("HOME"), home.hasPrefix("/") { return home + "/.local/state/virtspec" }
    throw complaint("there is no folder for the journal: set HOME, or name one with --journal")
  }

  static func variable(_ name: String) -> String? {
    guard let value = getenv(name) else { return nil }
    let text = String(cString: value)
    return text.isEmpty ? nil : text
  }
}

/// Options of every command that reads or writes journals.
struct JournalOptions: ParsableArguments {
  @Option(
    name: .customLong("journal"),
    help: """
      The folder of the journal; otherwise VIRTSPEC_JOURNAL, $XDG_STATE_HOME/virtspec, for root \
      /var/lib/virtspec, or ~/.local/state/virtspec.
      """, completion: .directory)
  var folder: String?

  /// The runs in the folder.
  func store() throws -> JournalStore {
    let named = folder ?? (Journals.folder == nil ? Journals.variable("VIRTSPEC_JOURNAL") : nil)
    return JournalStore(state: try named ?? Journals.standardFolder())
  }
}

/// Options of every command that changes hosts and writes down what it does.
struct JournalWritingOptions: ParsableArguments {
  @OptionGroup var journal: JournalOptions

  @Flag(help: "Keep no journal: nothing can be rolled back then.")
  var noJournal = false

  /// Nil where none is to be kept.
  func store() throws -> JournalStore? { noJournal ? nil : try journal.store() }

  func validate() throws {
    if noJournal, journal.folder != nil {
      throw ValidationError("--journal and --no-journal exclude each other.")
    }
  }
}
