import Model

/// Makes a guest's profile of its operating system and its host. Pure.
public enum GuestProfiler {
  /// Guests whose profile a plan needs: those that say something of it and are new on a host that could be read, or
  /// that follow their profile. For the others nothing is read.
  public static func wanting(
    _ desired: Desired, _ readings: [String: HostReading]
  ) -> [DesiredObject] {
    let candidates = desired.objects.filter {
      $0.id.kind == .guest && $0.spec.wantsProfile && !$0.isExternal
    }
    if candidates.isEmpty { return [] }
    var known: [String: Set<String>] = [:]
    for (host, reading) in readings {
      if case .read(let observed) = reading { known[host] = Set(observed.guests.map(\.name)) }
    }
    return candidates.filter { object in
      guard let names = known[object.id.host] else { return false }
      let isNew =
        !names.contains(object.id.name)
        && object.previousName.map { !names.contains($0) } ?? true
      return isNew || object.spec.followsProfile
    }
  }

  /// The platform whose guests' possibilities a profile depends on.
  public static func platform(
    of guest: Record, _ lookup: OSLookup?, uri: String, _ capabilities: HostCapabilities
  ) -> GuestPlatform {
    let question = VirtualizationQuestion(
      guest: guest, os: lookup?.profile, uri: uri, capabilities: capabilities)
    var context = ProfileContext(
      question, VirtualizationChoice.make(question), domain: nil)
    VirtualizationDefault.apply(to: &context)
    MachineDefault.apply(to: &context)
    return GuestPlatform(
      virtType: context.filled.string("virtType"),
      arch: context.filled.string("arch") ?? question.arch,
      machine: context.filled.string("machine"), emulator: context.filled.string("emulator"))
  }

  /// The profile of a guest.
  ///
  /// - Parameter capabilities: with what guests of its platform can have.
  public static func profile(
    of guest: Record, _ lookup: OSLookup?, database: String, uri: String,
    capabilities: HostCapabilities, processorFlags: Set<String>? = nil, local: LocalFacts? = nil
  ) -> GuestProfile {
    let os = lookup?.profile
    let question = VirtualizationQuestion(
      guest: guest, os: os, uri: uri, capabilities: capabilities, processorFlags: processorFlags,
      local: local)
    let choice = VirtualizationChoice.make(question)
    let platform = platform(of: guest, lookup, uri: uri, capabilities)
    var context = ProfileContext(question, choice, domain: capabilities[platform])
    if choice.refusal == nil { for rule in ProfileRules.all { rule.apply(to: &context) } }
    return GuestProfile(
      source: source(guest, lookup, database), defaults: context.defaults,
      reasoning: choice.reasoning, notes: choice.notes + context.notes,
      refusal: choice.refusal ?? context.refusal)
  }

  /// `debian11 of osinfo-db 20221203`.
  private static func source(
    _ guest: Record, _ lookup: OSLookup?, _ database: String
  ) -> String {
    switch lookup {
    case .known(let os), .older(let os): "\(os.shortID) of \(database)"
    case .unknown, .noDatabase, nil:
      guest.osID.map { "\($0), of which nothing is known" } ?? "the host"
    }
  }
}
