import ArgumentParser
import Execution
import Planning

/// `apply`: carries the plan out.
struct ApplyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "apply", _superCommandName: Virtspec.name,
    abstract: "Bring the hosts to what the manifests declare.",
    discussion: """
      The plan is shown first. A file of 'virtspec plan --out' (it is known by its content) may stand in the \
      place of manifests: then exactly its steps are taken, and nothing at all when a host is not what the plan \
      saw. What is done, and what there was before, is written to a journal: see 'virtspec runs' and \
      'virtspec rollback'.

      Exit status: 0 when the hosts are as declared, 1 on an error, 3 when steps remain that were not allowed.
      """)

  @OptionGroup var manifests: ManifestOptions
  @OptionGroup var hosts: HostOptions
  @OptionGroup var planning: PlanningOptions

  @Flag(help: "Do not ask; --yes=NAME for an object whose data will be lost.")
  var yes = false

  @Option(help: .hidden)
  var yesFor: [String] = []

  @OptionGroup var locking: LockOptions
  @OptionGroup var journal: JournalWritingOptions

  func run() async throws {
    if manifests.paths.contains(where: PlanFile.isOne) { return try await applySaved() }
    let session = try await PlanSession(
      manifests, hosts, planning.values, for: .changing)
    try await application(session, planning.pruneLimit ?? 0).run()
  }

  private func application(_ session: PlanSession, _ pruneLimit: Int?) throws -> Application {
    try Application(
      session: session, yes: yes, parallelism: hosts.parallelism, color: manifests.color,
      question: session.options.destroy ? "Remove all of this?" : "Take these steps?",
      consented: yesFor, pruneLimit: pruneLimit, lockTimeout: locking.timeout,
      command: session.options.destroy ? "destroy" : "apply", journals: journal.store())
  }

  private func applySaved() async throws {
    guard manifests.paths.count == 1 else {
      throw complaint("a saved plan stands alone; take the other paths away")
    }
    if manifests.stack != nil || !hosts.host.isEmpty || !hosts.target.isEmpty || planning.adopt
      || planning.allow != .live
    {
      throw complaint(
        """
        what a saved plan does was decided when it was made
          take --stack, --host, --target, --allow and --adopt away, or plan again with them
        """)
    }
    let saved: SavedPlan
    do throws(PlanFileProblem) {
      saved = try PlanFile.read(manifests.paths[0])
    } catch {
      throw complaint("\(error.message)\n  \(error.remedy)")
    }
    let limit = max(saved.pruneLimit, planning.pruneLimit ?? 0)
    try await application(
      try await PlanSession(saved, hosts), saved.options.destroy ? nil : limit
    ).run()
  }
}

extension PlanOptions {
  /// Nothing is wanted, and everything of the stack goes.
  static var destroying: PlanOptions {
    PlanOptions(ceiling: .dataLoss, prune: true, destroy: true)
  }
}

/// `destroy`: the same with nothing declared.
struct DestroyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "destroy", _superCommandName: Virtspec.name,
    abstract: "Remove everything that the stack owns.",
    discussion: """
      What the stack does not own stays, and so do volumes, unless their manifests say 'onRemove: delete'.
      Exit status as for apply.
      """)

  @OptionGroup var manifests: ManifestOptions
  @OptionGroup var hosts: HostOptions

  @Flag(help: "Do not ask.")
  var yes = false

  @OptionGroup var locking: LockOptions
  @OptionGroup var journal: JournalWritingOptions

  func run() async throws {
    let session = try await PlanSession(
      manifests, hosts, .destroying, for: .changing)
    try await Application(
      session: session, yes: yes, parallelism: hosts.parallelism, color: manifests.color,
      question: "Remove all of this?", lockTimeout: locking.timeout, command: "destroy",
      journals: journal.store()
    ).run()
  }
}
