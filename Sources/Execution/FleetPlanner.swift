import Logging
import Model
import Planning

/// Plans for hosts that were read, and asks them for more where the plan depends on it.
///
/// Most plans are final at once. Where guests are new, or change in what a host may not be able to give them, the
/// host is asked what it can do, and the plan is made again with that.
public struct FleetPlanner: Sendable {
  private let desired: Desired
  private let secrets: [ObjectID: SecretReading]
  private let options: PlanOptions
  /// What was learnt, by host. It holds for as long as the run.
  public private(set) var knowledge: [String: HostKnowledge] = [:]
  /// What was asked for already.
  private var asked: [String: HostNeeds] = [:]

  private static let logger = Logger(label: "virtspec.fleet")

  public init(
    _ desired: Desired, secrets: [ObjectID: SecretReading] = [:], options: PlanOptions
  ) {
    self.desired = desired
    self.secrets = secrets
    self.options = options
  }

  /// The plan for what was read, with what was learnt so far.
  public func plan(_ readings: [String: HostReading]) -> Plan {
    Planner.plan(desired, readings: informed(readings), secrets: secrets, options: options)
  }

  /// Everything that hosts are required to be and are not.
  public func unmet(_ readings: [String: HostReading]) -> [UnmetRequirement] {
    Requirements.unmet(desired, informed(readings))
  }

  /// The final plan for what a fleet has read. Its hosts are asked for what the plan depends on.
  public mutating func plan(_ fleet: Fleet) async -> Plan {
    var plan = self.plan(fleet.readings)
    // What was learnt may bring further questions, such as about another type of guest; not for ever.
    for _ in 0..<3 {
      if await !learn(for: plan, fleet) { break }
      plan = self.plan(fleet.readings)
    }
    return plan
  }

  /// Asks the hosts for what a plan depends on. Tells whether there was anything to ask.
  @discardableResult
  public mutating func learn(for plan: Plan, _ fleet: Fleet) async -> Bool {
    let needs = Planner.needs(plan, desired, fleet.readings).filter { host, needs in
      asked[host].map { !$0.includes(needs) } ?? true
    }
    if needs.isEmpty { return false }
    for (host, needs) in needs { asked[host, default: HostNeeds()].formUnion(needs) }
    let questions = needs.compactMap { host, _ in
      fleet.hypervisors[host].map { hypervisor in
        HostQuestion(
          host: host, uri: desired.hosts.first { $0.name == host }?.uri ?? "",
          needs: asked[host] ?? HostNeeds(), hypervisor: hypervisor, desired: desired)
      }
    }
    let learnt = await withTaskGroup(of: HostAnswer.self) { group in
      for question in questions { group.addTask { await question.answer() } }
      var result: [HostAnswer] = []
      for await answer in group { result.append(answer) }
      return result
    }
    for answer in learnt {
      knowledge[answer.host] = answer.knowledge
      Self.logger.debug(
        "host asked what it can do",
        metadata: ["host": "\(answer.host)", "problem": "\(answer.knowledge.problem ?? "none")"])
    }
    return true
  }

  /// The readings with what was learnt.
  private func informed(_ readings: [String: HostReading]) -> [String: HostReading] {
    if knowledge.isEmpty { return readings }
    var result = readings
    for (host, knowledge) in knowledge {
      guard case .read(var observed)? = readings[host] else { continue }
      observed.knowledge = knowledge
      result[host] = .read(observed)
    }
    return result
  }
}

/// What was learnt of a host.
private struct HostAnswer: Sendable {
  var host: String
  var knowledge: HostKnowledge
}

/// What one host is asked.
private struct HostQuestion: Sendable {
  let host: String
  let uri: String
  let needs: HostNeeds
  let hypervisor: any Hypervisor
  let desired: Desired

  /// What cannot be read stays unknown.
  func answer() async -> HostAnswer {
    var knowledge = HostKnowledge()
    do throws(HypervisorError) {
      try await ask(&knowledge)
    } catch {
      knowledge.problem = error.message
    }
    return HostAnswer(host: host, knowledge: knowledge)
  }

  private func ask(_ knowledge: inout HostKnowledge) async throws(HypervisorError) {
    if !needs.facts.isEmpty {
      knowledge.facts = try await hypervisor.facts(needs.facts)
    } else if needs.requiresCapabilities {
      knowledge.facts = HostFacts()
    }
    var platforms = needs.platforms
    if !needs.guests.isEmpty {
      knowledge.platforms = try await platformsOfGuests()
      for object in desired.objects(on: host) where object.id.kind == .guest {
        let own = knowledge.platforms[object.id.name]
        let former = object.previousName.flatMap { knowledge.platforms[$0] }
        if let platform = own ?? former { platforms.insert(platform.declaring(object.spec)) }
      }
    }
    knowledge.capabilities = try await hypervisor.capabilities(of: platforms)
    let requires = desired.hosts.first { $0.name == host }?.requires
    if let requires, Requirements.asksForGuests(requires),
      let usual = HostExamination.usualPlatform(knowledge.capabilities)
    {
      knowledge.capabilities = try await hypervisor.capabilities(of: platforms.union([usual]))
    }
    try await explainKVM(&knowledge, platforms, requires)
  }

  /// Why KVM cannot be used is only looked into where somebody wants it.
  private func explainKVM(
    _ knowledge: inout HostKnowledge, _ platforms: Set<GuestPlatform>, _ requires: Record?
  ) async throws(HypervisorError) {
    let asksMachine = ["kvm", "nested", "tpm", "cpuFlags"].contains { requires?[$0] != nil }
    if asksMachine { knowledge.local = LocalMachine.facts(behind: uri) }
    let isWanted =
      platforms.contains { ["kvm", "qemu"].contains($0.virtType) } || requires?["kvm"] != nil
    let state = KVMState(knowledge.capabilities, flags: nil, local: nil)
    guard isWanted, state.isUsable == false else { return }
    knowledge.local = LocalMachine.facts(behind: uri)
    if knowledge.local?.processorFlags == nil, knowledge.facts?.processorFlags == nil {
      var facts = knowledge.facts ?? HostFacts()
      facts.fill(in: try await hypervisor.facts([.processorFlags]))
      knowledge.facts = facts
    }
  }

  /// The guests that there are are read once more: nothing of a plan needed their platforms before.
  private func platformsOfGuests() async throws(HypervisorError) -> [String: GuestPlatform] {
    let fields = Shape(
      of: Record(["virtType", "arch", "machine", "emulator"].map { ($0, Value.string("")) }))
    let shapes = Dictionary(needs.guests.map { ($0, fields) }) { first, _ in first }
    let observed = try await hypervisor.observe(
      ObservationRequest(stack: desired.stack, shapes: [.guest: shapes]))
    let found = observed.guests.filter { needs.guests.contains($0.name) }
      .map { ($0.name, GuestPlatform($0.spec)) }
    return Dictionary(found) { first, _ in first }
  }
}
