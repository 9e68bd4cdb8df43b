import ArgumentParser
import Execution
import Libvirt
import Manifest
import Model
import Planning

/// Opens the hypervisors of a command; tests put simulated ones in its place.
public enum Hypervisors {
  /// Nil means libvirt.
  @TaskLocal public static var opener: (any HypervisorOpening)?
}

/// The manifests of a command, read and checked.
struct ManifestSession {
  let loaded: LoadedManifests
  /// As declared, which is what is turned into the long form.
  let declared: Desired
  /// In the long form.
  let desired: Desired

  /// Reads and checks. Complaints are printed; errors end the command with exit status 1.
  ///
  /// - Parameter opener: begins to open this machine's hosts, if they are valid, while the rest is checked.
  init(_ options: ManifestOptions, opener: OpeningAhead? = nil) throws {
    var loaded = Log.timed("manifests read") { ManifestLoader.load(paths: options.paths) }
    if let opener, loaded.isValid {
      for uri in loaded.localHosts { opener.begin(uri: uri) }
    }
    let built = Log.timed("manifests checked") {
      ManifestBuilder.build(&loaded, stack: options.stack)
    }
    let lowered = Log.timed("manifests lowered") { Lowering.lower(built) }
    OverlaySchemaCheck.run(lowered, &loaded)
    self.loaded = loaded
    let console = Console.current
    if !loaded.diagnostics.isEmpty {
      console.note(DiagnosticText.render(loaded.diagnostics, sources: loaded.sources) + "\n")
    }
    if !loaded.isValid {
      console.note(Self.count(loaded.diagnostics))
      throw ExitCode(1)
    }
    declared = built
    desired = lowered
    Remains.keep(self)
  }

  /// The stack must be named: a guessed name could prune a stranger's guests.
  func requireStack() throws {
    if !desired.stack.isEmpty { return }
    Console.current.note(
      """
      error: no stack is named
        expected: one 'kind: Stack' manifest, or --stack NAME: the name under which these manifests own what
        they make. It must stay the same, and be used by no other set of manifests.

      """)
    throw ExitCode(1)
  }

  static func count(_ diagnostics: [Diagnostic]) -> String {
    let errors = diagnostics.count { $0.severity == .error }
    return "\(errors) \(errors == 1 ? "error" : "errors")\n"
  }
}

/// Manifests, hosts and the plan between them.
struct PlanSession: RunSession {
  let desired: Desired
  let hosts: [DesiredHost]
  let fleet: Fleet
  let options: PlanOptions
  let targets: [ObjectID.Target]
  let plan: Plan
  /// What a saved plan saw; nil where the plan was made just now.
  let seen: [Sighting]?
  private let planner: FleetPlanner
  /// What hosts are required to be and are not.
  let unmet: [UnmetRequirement]

  /// What the connections are for.
  enum Purpose {
    /// Nothing after the plan: they are closed while it is told.
    case planning
    /// More reading.
    case reading
    /// The plan's steps.
    case changing
  }

  /// - Parameters:
  ///   - listsUnmanaged: whether what nobody declares is listed, of every kind.
  ///   - readsValues: whether the values of secrets are read where their manifests say.
  init(
    _ manifests: ManifestOptions, _ hostOptions: HostOptions, _ options: PlanOptions,
    for purpose: Purpose = .planning, listsUnmanaged: Bool = false, readsValues: Bool = true
  ) async throws {
    let opener = OpeningAhead(hostOptions.opener(readsOnly: purpose != .changing))
    // With --host the others are not to be opened, not even for a moment.
    let session = try ManifestSession(manifests, opener: hostOptions.host.isEmpty ? opener : nil)
    try session.requireStack()
    self.options = options
    seen = nil
    let parsed = try Targets.parse(hostOptions.target)
    hosts = try HostSelection.hosts(session.desired, hostOptions.host)
    // Where nothing is wanted, nothing need be known of it.
    let desired =
      options.destroy
      ? session.desired : try await ImageSources.settled(session, on: hosts)
    targets = Targets.settled(parsed, desired)
    let isSelected = Set(hosts.map(\.name)).contains
    let declared = session.desired.objects.filter {
      ($0.id.kind == .secret || $0.refersToSecrets) && isSelected($0.id.host)
    }
    // Where nothing is wanted, no value is.
    let values =
      options.destroy
      ? SecretSources.Reading()
      : readsValues
        ? await SecretSources.read(declared, session.loaded.documents)
        : SecretSources.unread(declared)
    let fleet = await Fleet.read(
      desired, hosts: hosts, opener: opener, parallelism: hostOptions.parallelism,
      request: { host in
        var request = Planner.request(desired, host: host)
        request.listsUnmanaged = listsUnmanaged
        // Taking the fields of thousands of objects apart takes its time, and nobody waits for the end.
        Remains.keep(request)
        return request
      })
    let profiled = try await Self.profiled(desired, fleet, session.loaded, options)
    self.desired = profiled.desired
    self.fleet = profiled.fleet
    var planner = FleetPlanner(profiled.desired, secrets: values.readings, options: options)
    let full = await Log.timed("planned") { await planner.plan(profiled) }
    if purpose == .planning { await Remains.end { await fleet.close() } }
    self.planner = planner
    unmet = planner.unmet(profiled.fleet.readings)
    RequirementNotes.tell(unmet, desired.hosts, session.loaded)
    let narrowed = CapabilityPlaces.located(
      Targets.narrowed(full, to: targets, desired), desired, session.loaded)
    do {
      try Targets.check(targets, desired, full)
      try Self.check(narrowed, values, session.loaded)
    } catch {
      await fleet.close()
      throw error
    }
    plan = narrowed
    Remains.keep(self)
  }

  /// Opens and reads the hosts of a saved plan, which is to be carried out.
  init(_ saved: SavedPlan, _ hostOptions: HostOptions) async throws {
    let values = await SavedSecrets(saved)
    desired = saved.desired
    hosts = saved.hosts
    options = saved.options
    targets = saved.targets
    let plan = saved.plan(with: values.readings)
    self.plan = plan
    seen = saved.seen
    let desired = saved.desired
    var planner = FleetPlanner(desired, secrets: values.readings, options: saved.options)
    fleet = await Fleet.read(
      desired, hosts: hosts, opener: hostOptions.opener(readsOnly: false),
      parallelism: hostOptions.parallelism, request: { Planner.request(desired, host: $0) })
    // What the plan was made with decides again whether it still holds.
    await planner.learn(for: plan, fleet)
    self.planner = planner
    unmet = planner.unmet(fleet.readings)
    RequirementNotes.tell(unmet, desired.hosts, nil)
    do {
      try values.check(fleet.readings)
    } catch {
      await fleet.close()
      throw error
    }
    Remains.keep(self)
  }

  /// With the profiles of guests that want one; what is wrong with their operating systems ends the command.
  private static func profiled(
    _ desired: Desired, _ fleet: Fleet, _ loaded: LoadedManifests, _ options: PlanOptions
  ) async throws -> ProfiledFleet {
    let wanting = options.destroy ? [] : GuestProfiler.wanting(desired, fleet.readings)
    if wanting.isEmpty { return ProfiledFleet(desired, fleet) }
    let catalog = Log.timed("operating systems looked up") {
      OperatingSystems.catalog(of: wanting.compactMap(\.spec.osID))
    }
    do {
      try OperatingSystems.check(loaded, catalog, only: Set(wanting.map(\.id)))
    } catch {
      await fleet.close()
      throw error
    }
    return await GuestProfiles.read(desired, fleet, catalog: catalog)
  }

  /// The plan with what it saw, to be carried out later.
  func saved(pruneLimit: Int) -> SavedPlan {
    SavedPlan(
      desired: desired, hosts: hosts, options: options, targets: targets, pruneLimit: pruneLimit,
      plan: plan, seen: Sighting.all(desired, fleet.readings))
  }

  /// Reads the hosts again.
  func readAgain() async -> [String: HostReading] {
    let desired = self.desired
    return await fleet.readAgain(
      hosts: hosts, request: { Planner.request(desired, host: $0) })
  }

  /// The plan for what was read again.
  func plan(_ readings: [String: HostReading]) -> Plan {
    Targeting.narrowed(planner.plan(readings), to: targets)
  }

  var isVerified: Bool { true }

  func sightings(_ readings: [String: HostReading]) -> [Sighting] {
    Sighting.all(desired, readings)
  }

  /// Values that the plan needs and that could not be read end the command. With targets, those of other objects
  /// are not needed; of a host that cannot be read it is not known.
  private static func check(
    _ plan: Plan, _ values: SecretSources.Reading, _ loaded: LoadedManifests
  ) throws {
    let needed = Set(plan.steps.map(\.object))
    let unread = Set(plan.unreadable.map(\.host))
    let problems = values.diagnostics
      .filter { needed.contains($0.key) || unread.contains($0.key.host) }
      .sorted { $0.key < $1.key }.map(\.value)
    if problems.isEmpty { return }
    // One manifest may be for many hosts.
    var seen: Set<Diagnostic> = []
    let unique = problems.filter { seen.insert($0).inserted }
    Console.current.note(DiagnosticText.render(unique, sources: loaded.sources) + "\n")
    Console.current.note(ManifestSession.count(unique))
    throw ExitCode(1)
  }
}

extension LoadedManifests {
  /// The URIs of hosts on this machine: others may ask for a password, which is not to be given for nothing.
  fileprivate var localHosts: [String] {
    documents.filter { $0.kind == .host }.compactMap { $0.spec.string("uri") }
      .filter(LibvirtOpener.isLocal)
  }
}

extension HostOptions {
  /// Opens hosts as the options say.
  func opener(readsOnly: Bool) -> any HypervisorOpening {
    Hypervisors.opener
      ?? LibvirtOpener(
        timeoutSeconds: timeout == 0 ? nil : Double(timeout), readsOnly: readsOnly, listsAhead: true
      )
  }
}

/// The hosts that a command is about.
enum HostSelection {
  /// The named ones, or all.
  static func hosts(_ desired: Desired, _ names: [String]) throws -> [DesiredHost] {
    for name in names where !desired.hosts.contains(where: { $0.name == name }) {
      let near =
        Nearest.word(to: name, among: desired.hosts.map(\.name)).map { "; did you mean '\($0)'?" }
        ?? ""
      throw complaint("there is no Host '\(name)' in the manifests\(near)")
    }
    if desired.hosts.isEmpty {
      throw complaint("the manifests declare no Host, so there is nothing to talk to")
    }
    return names.isEmpty ? desired.hosts : desired.hosts.filter { names.contains($0.name) }
  }
}
