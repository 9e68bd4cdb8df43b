import Model
import Planning

/// What is wanted, with the profiles of the guests that want one, and a fleet in which a host is unknown that could not
/// tell what it can do.
public struct ProfiledFleet: Sendable {
  public var desired: Desired
  public var fleet: Fleet

  public init(_ desired: Desired, _ fleet: Fleet) {
    self.desired = desired
    self.fleet = fleet
  }
}

extension FleetPlanner {
  /// The final plan for a fleet whose guests have their profiles.
  public mutating func plan(_ profiled: ProfiledFleet) async -> Plan { await plan(profiled.fleet) }
}

/// What guests get by their operating systems and hosts, for those of a plan for which that matters.
public enum GuestProfiles {
  /// Gives guests their profiles. Where no guest wants one, no host is asked.
  ///
  /// - Parameters:
  ///   - catalog: what is known of the operating systems.
  ///   - local: what the machine behind a URI tells of itself; nil where that is another one.
  public static func read(
    _ desired: Desired, _ fleet: Fleet, catalog: OSCatalog,
    local: @escaping @Sendable (String) -> LocalFacts? = { LocalMachine.facts(behind: $0) }
  ) async -> ProfiledFleet {
    await read(
      GuestProfiler.wanting(desired, fleet.readings), desired, fleet, catalog: catalog, local: local
    )
  }

  /// The same for guests that somebody picked.
  public static func read(
    _ wanting: [DesiredObject], _ desired: Desired, _ fleet: Fleet, catalog: OSCatalog,
    local: @escaping @Sendable (String) -> LocalFacts? = { LocalMachine.facts(behind: $0) }
  ) async -> ProfiledFleet {
    if wanting.isEmpty { return ProfiledFleet(desired, fleet) }
    let groups = Dictionary(grouping: wanting, by: \.id.host)
    var result = ProfiledFleet(desired, fleet)
    var profiles: [ObjectID: GuestProfile] = [:]
    await withTaskGroup(of: Answer.self) { group in
      for (name, guests) in groups {
        guard let host = desired.hosts.first(where: { $0.name == name }),
          let hypervisor = fleet.hypervisors[name]
        else { continue }
        group.addTask { await ask(hypervisor, host, guests, catalog, local) }
      }
      for await answer in group {
        if let problem = answer.problem {
          result.fleet.readings[answer.host] = .unreadable(problem)
        }
        profiles.merge(answer.profiles) { first, _ in first }
      }
    }
    result.desired = desired.profiled(profiles)
    return result
  }

  /// Of one host.
  private struct Answer: Sendable {
    var host: String
    var profiles: [ObjectID: GuestProfile] = [:]
    var problem: String?
  }

  private static func ask(
    _ hypervisor: any Hypervisor, _ host: DesiredHost, _ guests: [DesiredObject],
    _ catalog: OSCatalog, _ local: @Sendable (String) -> LocalFacts?
  ) async -> Answer {
    var answer = Answer(host: host.name)
    do throws(HypervisorError) {
      // What it is decides on the platforms that it is asked about.
      let general = try await hypervisor.capabilities(of: [])
      let platforms = Set(
        guests.map { GuestProfiler.platform(of: $0.spec, catalog[$0], uri: host.uri, general) })
      let capabilities = try await hypervisor.capabilities(of: platforms)
      // They tell why there is no KVM, and are asked for only where there is none.
      let lacksKVM = general.lacksKVM
      let flags =
        lacksKVM ? try await hypervisor.facts([.processorFlags]).processorFlags : nil
      let machine = lacksKVM ? local(host.uri) : nil
      for guest in guests {
        answer.profiles[guest.id] = GuestProfiler.profile(
          of: guest.spec, catalog[guest], database: catalog.database, uri: host.uri,
          capabilities: capabilities, processorFlags: machine?.processorFlags ?? flags,
          local: machine)
      }
    } catch {
      answer.problem = error.message
    }
    return answer
  }

}

extension HostCapabilities {
  /// Whether guests of QEMU's are emulated.
  fileprivate var lacksKVM: Bool {
    let types = Set(guests.flatMap(\.virtTypes))
    return types.contains("qemu") && !types.contains("kvm")
  }
}

extension OSCatalog {
  /// What is known of a guest's operating system; nil where it names none.
  public subscript(guest: DesiredObject) -> OSLookup? { guest.spec.osID.flatMap { systems[$0] } }
}

extension Desired {
  /// The same with profiles of some guests.
  public func profiled(_ profiles: [ObjectID: GuestProfile]) -> Desired {
    var copy = self
    for index in copy.objects.indices {
      if let profile = profiles[copy.objects[index].id] { copy.objects[index].profile = profile }
    }
    return copy
  }
}
