import ArgumentParser
import Execution
import Model
import Planning
import Reporting

/// `doctor`: what hosts can do, and what is wrong with them.
struct DoctorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor", _superCommandName: Virtspec.name,
    abstract: "Tell what hosts can do for guests, and what is wrong with them.",
    discussion: """
      Takes libvirt URIs (qemu+ssh://root@kvm-a/system), or manifests, whose hosts are all looked at. Nothing is \
      changed. What libvirt does not tell is only known of this machine itself; elsewhere it is said to be unknown.
      Exit status: 0 when every host is fit, 1 when one is not or could not be reached.
      """)

  @OptionGroup var manifests: ManifestOptions
  @OptionGroup var hosts: HostOptions

  @Option(help: "text or json.")
  var format: Format = .text

  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

  func run() async throws {
    let wanted = try selected()
    let opener = hosts.opener(readsOnly: true)
    let report = DoctorReport(
      await Examination.of(wanted, opener: opener, parallelism: hosts.parallelism))
    let console = Console.current
    switch format {
    case .text:
      console.write(report.text(color: manifests.color.isOn(terminal: console.outputIsTerminal)))
    case .json: console.write(report.json.pretty)
    }
    if !report.isFit { throw ExitCode(1) }
  }

  /// URIs as they stand, and the hosts of the manifests that the other arguments name.
  private func selected() throws -> [DesiredHost] {
    let uris = manifests.paths.filter(Self.isURI)
    var result = uris.map { DesiredHost(name: ImportNames.host($0), uri: $0, source: "") }
    var options = manifests
    options.paths = manifests.paths.filter { !Self.isURI($0) }
    if !options.paths.isEmpty {
      result += try HostSelection.hosts(ManifestSession(options).desired, hosts.host)
    } else if !hosts.host.isEmpty {
      throw complaint("--host picks hosts of manifests; a URI stands for itself")
    }
    return result
  }

  private static func isURI(_ text: String) -> Bool { text.contains("://") }
}

/// Looks at hosts, side by side.
enum Examination {
  static func of(
    _ hosts: [DesiredHost], opener: any HypervisorOpening, parallelism: Int
  ) async -> [DoctorReport.Host] {
    var found: [Int: DoctorReport.Host] = [:]
    var waiting = Array(hosts.enumerated())[...]
    await withTaskGroup(of: (Int, DoctorReport.Host).self) { group in
      for _ in 0..<max(1, parallelism) {
        guard let (index, host) = waiting.popFirst() else { break }
        group.addTask { (index, await examine(host, opener)) }
      }
      while let (index, report) = await group.next() {
        found[index] = report
        if let (index, host) = waiting.popFirst() {
          group.addTask { (index, await examine(host, opener)) }
        }
      }
    }
    return hosts.indices.compactMap { found[$0] }
  }

  private static func examine(
    _ host: DesiredHost, _ opener: any HypervisorOpening
  ) async -> DoctorReport.Host {
    var report = DoctorReport.Host(name: host.name, uri: host.uri, findings: [])
    do throws(HypervisorError) {
      let hypervisor = try await opener.open(uri: host.uri)
      do throws(HypervisorError) {
        report.findings = try await examination(hypervisor, host.uri).findings
      } catch {
        report.findings = [failure("it stopped answering: \(error.message)")]
      }
      await hypervisor.close()
    } catch {
      report.findings = [failure(error.message)]
    }
    return report
  }

  private static func failure(_ message: String) -> Finding {
    Finding(
      "connection", .failure, message,
      remedy: "see whether libvirt's daemon runs there, and whether 'virsh -c URI' reaches it")
  }

  private static func examination(
    _ hypervisor: any Hypervisor, _ uri: String
  ) async throws(HypervisorError) -> HostExamination {
    let facts = try await hypervisor.facts(Set(HostFacts.Part.allCases))
    var capabilities = try await hypervisor.capabilities(of: [])
    var usual: DomainCapabilities?
    if let platform = HostExamination.usualPlatform(capabilities) {
      capabilities = try await hypervisor.capabilities(of: [platform])
      usual = capabilities[platform]
    }
    return HostExamination(
      capabilities: capabilities, facts: facts, local: LocalMachine.facts(behind: uri), usual: usual
    )
  }
}
