import Model
import Planning

/// What guests get by their operating systems and hosts, for those of a plan for which that matters.
public enum GuestProfiles {
  /// The same with the profiles of the guests that want one, and the readings: a host that cannot tell what it can do
  /// is unknown. Where no guest wants one, no host is asked.
  ///
  /// - Parameter catalog: tells what is known of some operating systems.
  public static func read(
    _ desired: Desired, _ fleet: Fleet, catalog: OSCatalog
  ) async -> (desired: Desired, readings: [String: HostReading]) {
    let wanting = GuestProfiler.wanting(desired, fleet.readings)
    if wanting.isEmpty { return (desired, fleet.readings) }
    let groups = Dictionary(grouping: wanting, by: \.id.host)
    var readings = fleet.readings
    var profiles: [ObjectID: GuestProfile] = [:]
    await withTaskGroup(of: Answer.self) { group in
      for (name, guests) in groups {
        guard let host = desired.hosts.first(where: { $0.name == name }),
          let hypervisor = fleet.hypervisors[name]
        else { continue }
        group.addTask { await ask(hypervisor, host, guests, catalog) }
      }
      for await answer in group {
        if let problem = answer.problem { readings[answer.host] = .unreadable(problem) }
        profiles.merge(answer.profiles) { first, _ in first }
      }
    }
    return (desired.profiled(profiles), readings)
  }

  /// Of one host.
  private struct Answer: Sendable {
    var host: String
    var profiles: [ObjectID: GuestProfile] = [:]
    var problem: String?
  }

  private static func ask(
    _ hypervisor: any Hypervisor, _ host: DesiredHost, _ guests: [DesiredObject],
    _ catalog: OSCatalog
  ) async -> Answer {
    var answer = Answer(host: host.name)
    do throws(HypervisorError) {
      // What it is decides on the platforms that it is asked about.
      let general = try await hypervisor.capabilities(of: [])
      let platforms = Set(
        guests.map { GuestProfiler.platform(of: $0.spec, catalog[$0], uri: host.uri, general) })
      let capabilities = try await hypervisor.capabilities(of: platforms)
      let flags = try await processorFlags(hypervisor, general)
      for guest in guests {
        answer.profiles[guest.id] = GuestProfiler.profile(
          of: guest.spec, catalog[guest], database: catalog.database, uri: host.uri,
          capabilities: capabilities, processorFlags: flags)
      }
    } catch {
      answer.problem = error.message
    }
    return answer
  }

  /// They tell why there is no KVM, and are asked for only where there is none.
  private static func processorFlags(
    _ hypervisor: any Hypervisor, _ capabilities: HostCapabilities
  ) async throws(HypervisorError) -> Set<String>? {
    let types = Set(capabilities.guests.flatMap(\.virtTypes))
    guard types.contains("qemu"), !types.contains("kvm") else { return nil }
    return try await hypervisor.facts([.processorFlags]).processorFlags.map(Set.init)
  }
}

extension OSCatalog {
  /// What is known of a guest's operating system; nil where it names none.
  subscript(guest: DesiredObject) -> OSLookup? { guest.spec.osID.flatMap { systems[$0] } }
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
