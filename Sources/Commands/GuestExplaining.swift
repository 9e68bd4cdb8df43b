import ArgumentParser
import Execution
import Manifest
import Model
import Planning
import Reporting

/// `explain guest/NAME`: why a guest is what it is on its host.
struct GuestExplaining {
  private let name: String
  private let session: ManifestSession
  private let hosts: [DesiredHost]

  init(_ reference: String, _ paths: [String], _ hosts: [String]) throws {
    let target = try Targets.parse([reference]).first
    guard let target, target.kind == .guest else {
      throw complaint("only guests are explained one by one: guest/NAME")
    }
    name = target.name
    var options = ManifestOptions()
    options.paths = paths.isEmpty ? ["."] : paths
    options.stack = nil
    options.color = .auto
    session = try ManifestSession(options)
    self.hosts = try HostSelection.hosts(session.desired, hosts)
  }

  func run() async throws {
    let desired = session.desired
    let isSelected = Set(hosts.map(\.name)).contains
    let guests = desired.objects.filter {
      $0.id.kind == .guest && $0.id.name == name && isSelected($0.id.host)
    }
    if guests.isEmpty {
      let names = Set(desired.objects.filter { $0.id.kind == .guest }.map(\.id.name)).sorted()
      let near = Nearest.word(to: name, among: names).map { "; did you mean 'guest/\($0)'?" } ?? ""
      throw complaint("no manifest declares guest/\(name)\(near)")
    }
    let catalog = OperatingSystems.catalog(of: guests.compactMap(\.spec.osID))
    try OperatingSystems.check(session.loaded, catalog, only: Set(guests.map(\.id)))
    let concerned = hosts.filter { host in guests.contains { $0.id.host == host.name } }
    let fleet = await Fleet.read(
      desired, hosts: concerned,
      opener: Hypervisors.opener ?? HostOptions.standard.opener(readsOnly: true),
      parallelism: Fleet.defaultParallelism, request: { Planner.request(desired, host: $0) })
    let read = await GuestProfiles.read(guests, desired, fleet, catalog: catalog)
    await fleet.close()
    var unread = false
    for guest in read.desired.objects where guests.contains(where: { $0.id == guest.id }) {
      guard let host = hosts.first(where: { $0.name == guest.id.host }) else { continue }
      switch (read.fleet.readings[host.name], guest.profile) {
      case (.read(let observed)?, let profile?):
        Console.current.write(
          GuestExplanation.text(
            guest, host, catalog[guest], profile, existing(guest, observed),
            color: ColorChoice.auto.isOn(terminal: Console.current.outputIsTerminal)))
      case (.unreadable(let reason)?, _):
        unread = true
        Console.current.note("error: host/\(host.name) cannot be asked: \(reason)\n")
      default: break
      }
    }
    if unread { throw ExitCode(1) }
  }

  private func existing(
    _ guest: DesiredObject, _ observed: ObservedHost
  ) -> GuestExplanation.Existing {
    let found = observed.guests.first { $0.name == guest.id.name || $0.name == guest.previousName }
    guard let found else { return .none }
    guard let text = found.ownership?.profile, let applied = AppliedProfile(text: text) else {
      return .unprofiled
    }
    return .made(applied)
  }
}
