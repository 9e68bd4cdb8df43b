import Commands
import Execution
import Foundation
import Model
import TestSupport

/// Plans and applies over simulated hosts, each of whose calls takes its time on the way.
///
///     virtspec-fleet-bench HOSTS MILLISECONDS     prints a Markdown table
@main
enum Main {
  static func main() async throws {
    let arguments = CommandLine.arguments.dropFirst().compactMap { Int($0) }
    guard arguments.count == 2, arguments[0] > 0, arguments[1] >= 0 else {
      print("usage: virtspec-fleet-bench HOSTS MILLISECONDS")
      exit(2)
    }
    let latency = Duration.milliseconds(arguments[1])
    print("| hosts | calls in a row | plan, ms | apply, ms |\n|--:|--:|--:|--:|")
    for count in [1, arguments[0]] { try await measure(count, latency) }
  }

  private static func measure(_ count: Int, _ latency: Duration) async throws {
    let calls = Lock<[String: Int]>([:])
    let fleet = SimulatedFleet(count) { host, _ in
      calls.withLock { $0[host, default: 0] += 1 }
      try? await Task.sleep(for: latency)
    }
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "virtspec-fleet-\(ProcessInfo.processInfo.processIdentifier)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try Data(fleet.manifests(stack: "fleet").utf8).write(to: folder.appending(path: "site.yaml"))
    let path = folder.path(percentEncoded: false)
    let plan = await milliseconds(["plan", path], fleet)
    let apply = await milliseconds(["apply", "--yes", "--no-journal", path], fleet)
    let most = calls.withLock { $0.values.max() ?? 0 }
    print("| \(count) | \(most) | \(plan) | \(apply) |")
  }

  private static func milliseconds(_ arguments: [String], _ fleet: SimulatedFleet) async -> Int64 {
    let quiet = Console(
      write: { _ in }, note: { _ in }, inputIsTerminal: false, ask: { _ in nil })
    let clock = ContinuousClock()
    var status: Int32 = 0
    let elapsed = await clock.measure {
      status = await Hypervisors.$opener.withValue(fleet) {
        await Console.$current.withValue(quiet) { await Virtspec.run(arguments) }
      }
    }
    if status != 0 {
      print("\(arguments[0]) ended with \(status)")
      exit(1)
    }
    return elapsed.components.seconds * 1000 + elapsed.components.attoseconds
      / 1_000_000_000_000_000
  }
}
