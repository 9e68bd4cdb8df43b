import ArgumentParser
import Execution
import Libvirt
import Model

/// `unlock`: breaks the lock that a run left behind.
struct UnlockCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "unlock", _superCommandName: Virtspec.name,
    abstract: "Break the locks that a run left behind on hosts.",
    discussion: """
      A run that is under way loses its lock, too: make sure that it is dead. Exit status: 0, or 1 when a host
      could not be asked.
      """)

  @OptionGroup var manifests: ManifestOptions
  @OptionGroup var hosts: HostOptions

  @Flag(help: "Do not ask.")
  var yes = false

  func run() async throws {
    let session = try ManifestSession(manifests)
    let console = Console.current
    let wanted = try HostSelection.hosts(session.desired, hosts.host)
    if !yes {
      guard console.inputIsTerminal else {
        console.note("error: nobody can be asked here; run again with --yes\n")
        throw ExitCode(1)
      }
      let names = wanted.map(\.name).joined(separator: ", ")
      guard console.ask("Break the locks of \(names)? Only 'yes' is taken as consent: ") == "yes"
      else {
        console.note("Nothing was changed.\n")
        throw ExitCode(1)
      }
    }
    var failed = false
    for host in wanted {
      do throws(HypervisorError) {
        let opener =
          Hypervisors.opener ?? LibvirtOpener(timeoutSeconds: Double(max(1, hosts.timeout)))
        let hypervisor = try await opener.open(uri: host.uri)
        let broken = try await hypervisor.releaseLock(nil)
        await hypervisor.close()
        console.write(
          "host/\(host.name): " + (broken.map { "broke the lock of \($0)" } ?? "not locked") + "\n")
      } catch {
        failed = true
        console.note("error: host/\(host.name): \(error.message)\n")
      }
    }
    if failed { throw ExitCode(1) }
  }
}
