import Logging
import Model
import Planning

/// The connections of a run, opened side by side, and the reading of all hosts.
public struct Fleet: Sendable {
  /// Open hypervisors by host.
  public private(set) var hypervisors: [String: any Hypervisor]
  /// What could be read of each host.
  public internal(set) var readings: [String: HostReading]

  /// Hosts read, and steps taken, side by side unless told otherwise: so many that the slowest host says how long it
  /// takes, and that a host that hangs, with `Runner.stepsPerHost` steps in flight, holds up nobody else.
  public static let defaultParallelism = 256

  private static let logger = Logger(label: "virtspec.fleet")

  /// Opens and reads the hosts that have objects, at most `parallelism` at a time. A host that cannot be
  /// opened or read is marked as unreadable, and holds up nobody else.
  public static func read(
    _ desired: Desired, hosts: [DesiredHost], opener: any HypervisorOpening, parallelism: Int,
    retries: Retries = Retries(), request: @escaping @Sendable (String) -> ObservationRequest
  ) async -> Fleet {
    var fleet = Fleet(hypervisors: [:], readings: [:])
    var waiting = hosts[...]
    await withTaskGroup(of: (String, (any Hypervisor)?, HostReading).self) { group in
      for _ in 0..<max(1, parallelism) {
        guard let host = waiting.popFirst() else { break }
        group.addTask { await read(host, opener, retries, request) }
      }
      while let (name, hypervisor, reading) = await group.next() {
        fleet.hypervisors[name] = hypervisor
        fleet.readings[name] = reading
        if let host = waiting.popFirst() {
          group.addTask { await read(host, opener, retries, request) }
        }
      }
    }
    return fleet
  }

  private static func read(
    _ host: DesiredHost, _ opener: any HypervisorOpening, _ retries: Retries,
    _ request: @escaping @Sendable (String) -> ObservationRequest
  ) async -> (String, (any Hypervisor)?, HostReading) {
    let clock = ContinuousClock()
    let begin = clock.now
    // What to ask for is worked out while the connection opens.
    async let asked = request(host.name)
    do throws(HypervisorError) {
      var hypervisor = try await opener.open(uri: host.uri)
      let opened = clock.now
      do throws(HypervisorError) {
        let request = await asked
        let observed = try await retries.run(.reading) { last async throws(HypervisorError) in
          // The one that broke stays closed.
          if last?.code == .unreachable {
            await hypervisor.close()
            hypervisor = try await opener.open(uri: host.uri)
          }
          return try await hypervisor.observe(request)
        }
        logger.debug(
          "host read",
          metadata: [
            "host": "\(host.name)", "uri": "\(host.uri)", "guests": "\(observed.guests.count)",
            "networks": "\(observed.networks.count)", "pools": "\(observed.pools.count)",
            "opening": "\(opened - begin)", "reading": "\(clock.now - opened)",
          ])
        return (host.name, hypervisor, .read(observed))
      } catch {
        logger.debug("host not read", metadata: ["host": "\(host.name)", "call": "\(error.call)"])
        return (host.name, hypervisor, .unreadable(error.message))
      }
    } catch {
      logger.debug("host not opened", metadata: ["host": "\(host.name)", "uri": "\(host.uri)"])
      return (host.name, nil, .unreadable(error.message))
    }
  }

  /// Reads the hosts again over the open connections.
  public func readAgain(
    hosts: [DesiredHost], retries: Retries = Retries(),
    request: @escaping @Sendable (String) -> ObservationRequest
  ) async -> [String: HostReading] {
    await withTaskGroup(of: (String, HostReading).self) { group in
      for host in hosts {
        guard let hypervisor = hypervisors[host.name] else { continue }
        group.addTask {
          (host.name, await Self.readAgain(hypervisor, request(host.name), retries))
        }
      }
      var readings: [String: HostReading] = [:]
      for await (name, reading) in group { readings[name] = reading }
      return readings
    }
  }

  private static func readAgain(
    _ hypervisor: any Hypervisor, _ request: ObservationRequest, _ retries: Retries
  ) async -> HostReading {
    do throws(HypervisorError) {
      // The steps are taken over this connection: there is no other in its place.
      let observed = try await retries.run(.changing) { _ async throws(HypervisorError) in
        try await hypervisor.observe(request)
      }
      return .read(observed)
    } catch {
      return .unreadable(error.message)
    }
  }

  /// Closes every connection.
  public func close() async {
    await withTaskGroup(of: Void.self) { group in
      for hypervisor in hypervisors.values { group.addTask { await hypervisor.close() } }
    }
  }
}
