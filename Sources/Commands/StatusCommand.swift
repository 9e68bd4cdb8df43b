import ArgumentParser
import Execution
import Model
import Planning
import Reporting

/// `status`: a table of objects.
struct StatusCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status", _superCommandName: Virtspec.name,
    abstract: "List the objects of the stack: whether they are as declared, power, addresses.",
    discussion: "Exit status: 0, or 1 when a host could not be read.")

  @OptionGroup var manifests: ManifestOptions
  @OptionGroup var hosts: HostOptions

  @Flag(help: "Also list what the hosts have and nobody declares.")
  var unmanaged = false

  @Option(help: "text or json.")
  var format: Format = .text

  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

  func run() async throws {
    let session = try await PlanSession(
      manifests, hosts, PlanOptions(ceiling: .dataLoss, prune: true),
      for: .reading, listsUnmanaged: unmanaged)
    let addresses = await addresses(session)
    await session.fleet.close()
    var table = StatusTable(
      desired: session.desired, readings: session.fleet.readings, plan: session.plan,
      addresses: addresses,
      includesUnmanaged: unmanaged)
    if !session.targets.isEmpty {
      table.rows.removeAll { !session.targets.contains($0.object.target) }
    }
    let console = Console.current
    switch format {
    case .text:
      console.write(table.text(color: manifests.color.isOn(terminal: console.outputIsTerminal)))
    case .json: console.write(table.json.pretty)
    }
    if !session.plan.unreadable.isEmpty { throw ExitCode(1) }
  }

  /// Addresses of the running guests; a guest whose addresses cannot be told has none in the table.
  private func addresses(_ session: PlanSession) async -> [ObjectID: [String]] {
    await withTaskGroup(of: (ObjectID, [String]).self) { group in
      for (host, reading) in session.fleet.readings {
        guard case .read(let observed) = reading, let hypervisor = session.fleet.hypervisors[host]
        else { continue }
        for guest in observed.guests where guest.power.isActive {
          let id = ObjectID(host: host, kind: .guest, name: guest.name)
          let isDeclared = session.desired.objects.contains { $0.id == id }
          guard isDeclared || unmanaged else { continue }
          group.addTask { (id, await Self.addresses(of: guest.name, on: hypervisor)) }
        }
      }
      var result: [ObjectID: [String]] = [:]
      for await (id, found) in group { result[id] = found }
      return result
    }
  }

  private static func addresses(
    of guest: String, on hypervisor: any Hypervisor
  ) async -> [String] {
    do throws(HypervisorError) {
      let found = try await hypervisor.addresses(ofGuest: guest)
      return found.sorted { $0.key < $1.key }.flatMap(\.value)
    } catch {
      return []
    }
  }
}
