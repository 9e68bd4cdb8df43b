import ArgumentParser

/// `apply`: carries the plan out.
struct ApplyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "apply", abstract: "Bring the hosts to what the manifests declare.",
    discussion: """
      The plan is shown first. Exit status: 0 when the hosts are as declared, 1 on an error, 3 when steps
      remain that were not allowed.
      """)

  @OptionGroup var manifests: ManifestOptions
  @OptionGroup var hosts: HostOptions
  @OptionGroup var planning: PlanningOptions

  @Flag(help: "Do not ask; --yes=NAME for an object whose data will be lost.")
  var yes = false

  @Option(help: .hidden)
  var yesFor: [String] = []

  @OptionGroup var locking: LockOptions

  func run() async throws {
    let session = try await PlanSession(
      ManifestSession(manifests), hosts, planning.values, changesHosts: true)
    try await Application(
      session: session, yes: yes, parallelism: hosts.parallelism, color: manifests.color,
      question: "Take these steps?", consented: yesFor, pruneLimit: planning.pruneLimit ?? 0,
      lockTimeout: locking.timeout
    ).run()
  }
}

/// `destroy`: the same with nothing declared.
struct DestroyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "destroy", abstract: "Remove everything that the stack owns.",
    discussion: """
      What the stack does not own stays, and so do volumes, unless their manifests say 'onRemove: delete'.
      Exit status as for apply.
      """)

  @OptionGroup var manifests: ManifestOptions
  @OptionGroup var hosts: HostOptions

  @Flag(help: "Do not ask.")
  var yes = false

  @OptionGroup var locking: LockOptions

  func run() async throws {
    let session = try await PlanSession(
      ManifestSession(manifests), hosts, .init(ceiling: .dataLoss, prune: true, destroy: true),
      changesHosts: true)
    try await Application(
      session: session, yes: yes, parallelism: hosts.parallelism, color: manifests.color,
      question: "Remove all of this?", lockTimeout: locking.timeout
    ).run()
  }
}
