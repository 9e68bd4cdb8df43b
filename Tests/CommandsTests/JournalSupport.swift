import Execution
import Foundation
import Model
import TestSupport
import Testing

/// A simulated host whose calls can be met by faults, and the journal of what is done to it.
final class JournalledHost: Sendable {
  static let site = simulatedSite(
    """
    apiVersion: virtspec/v1
    kind: Network
    metadata: {name: web}
    spec: {host: sim, forward: nat, address: 10.9.0.1/24}
    ---
    apiVersion: virtspec/v1
    kind: Pool
    metadata: {name: images}
    spec: {host: sim, type: dir, path: /srv/images}
    ---
    apiVersion: virtspec/v1
    kind: Volume
    metadata: {name: base.qcow2}
    spec: {host: sim, pool: images, capacity: 1GiB}
    ---
    apiVersion: virtspec/v1
    kind: Guest
    metadata: {name: web-1}
    spec:
      host: sim
      cpus: 1
      memory: 1GiB
      interfaces: [{network: web}]
      power: stopped

    """)
  /// Most of it is another one: network, pool and guest are changed, a guest and a volume are new.
  static let changed =
    site
    .replacing(
      "address: 10.9.0.1/24",
      with: "address: 10.9.0.1/24, dns: {hosts: [{address: 10.9.0.9, names: [a]}]}"
    )
    .replacing("path: /srv/images}", with: "path: /srv/images, autostart: false}")
    .replacing("  cpus: 1\n", with: "  cpus: 2\n  autostart: true\n")
      + """
      ---
      apiVersion: virtspec/v1
      kind: Volume
      metadata: {name: new.qcow2}
      spec: {host: sim, pool: images, capacity: 1GiB}
      ---
      apiVersion: virtspec/v1
      kind: Guest
      metadata: {name: web-2}
      spec: {host: sim, cpus: 1, memory: 1GiB}

      """

  private struct Opener: HypervisorOpening {
    let host: SimulatedHost
    let calls: SimulatedCalls

    func open(uri: String) async throws(HypervisorError) -> any Hypervisor { host.connect(calls) }
  }

  let host = SimulatedHost()
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory
      .appending(path: "virtspec-journal-\(UUID().uuidString)").path(percentEncoded: false)
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  var journal: String { path + "/state" }

  func run(_ arguments: String..., calls: SimulatedCalls = SimulatedCalls()) async -> CommandResult
  {
    await virtspec(arguments, opener: Opener(host: host, calls: calls), journal: journal)
  }

  /// Applies manifests; all of their steps, one after another.
  @discardableResult
  func apply(
    _ manifests: String, _ options: [String] = [], calls: SimulatedCalls = SimulatedCalls()
  ) async throws -> CommandResult {
    try Data(manifests.utf8).write(to: URL(filePath: path + "/site.yaml"))
    return await virtspec(
      ["apply", "--yes", "--parallelism", "1", "--allow", "recreate", "--prune"] + options + [
        path + "/site.yaml"
      ], opener: Opener(host: host, calls: calls), journal: journal)
  }

  func plan(_ manifests: String) async throws -> CommandResult {
    try Data(manifests.utf8).write(to: URL(filePath: path + "/site.yaml"))
    return await run("plan", "--detailed-exitcode", path + "/site.yaml")
  }

  /// The folders of the runs, the last one first.
  var runs: [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: journal + "/runs")) ?? []
    return names.sorted(by: >).map { journal + "/runs/" + $0 }
  }

  func lines(of run: String) -> [String] {
    let text = (try? String(contentsOfFile: run + "/events.jsonl", encoding: .utf8)) ?? ""
    return text.split(separator: "\n").map(String.init)
  }
}
