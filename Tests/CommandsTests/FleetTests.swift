import Execution
import Model
import TestSupport
import Testing

/// What is done on many hosts is done side by side. A call that waits for the same call on every other host would wait
/// for ever if it were not, until the suite's time is over.
@Suite("A fleet of 200 hosts", .timeLimit(.minutes(10))) struct FleetTests {
  private static let count = 200

  /// One barrier for each call of a run, by its name and number on its host.
  private final class Barriers: Sendable {
    private struct State {
      var calls: [String: Int] = [:]
      var barriers: [String: Barrier] = [:]
    }
    private let state = Lock(State())
    private let count: Int
    private let except: String

    init(_ count: Int, except: String = "") {
      self.count = count
      self.except = except
    }

    func pass(_ host: String, _ call: String) async {
      if host == except { return }
      let barrier = state.withLock { state in
        state.calls[host + " " + call, default: 0] += 1
        let place = "\(call) \(state.calls[host + " " + call] ?? 0)"
        if let barrier = state.barriers[place] { return barrier }
        let barrier = Barrier(count)
        state.barriers[place] = barrier
        return barrier
      }
      await barrier.arrive()
    }

    /// The calls that all hosts have passed.
    var passed: Set<String> {
      state.withLock { Set($0.barriers.filter(\.value.isOpen).keys) }
    }
  }

  @Test("apply opens, reads, locks, changes and leaves all hosts at the same time")
  func sideBySide() async throws {
    let barriers = Barriers(Self.count)
    let fleet = SimulatedFleet(Self.count) { host, call in await barriers.pass(host, call) }
    let folder = try TemporaryFolder(["site.yaml": fleet.manifests(stack: "fleet")])
    let result = await virtspec("apply", "--yes", folder.path, opener: fleet)
    #expect(result.status == 0, "\(result.errors.suffix(500))")
    let calls = ["open", "observe", "acquireLock", "defineNetwork", "startNetwork", "releaseLock"]
    #expect(barriers.passed.isSuperset(of: calls.map { $0 + " 1" }))
    #expect(barriers.passed.contains("close 1"))
  }

  @Test(
    "a host that does not answer holds up nobody else, and is named",
    arguments: ["open", "observe"])
  func silent(call: String) async throws {
    let others = Barriers(Self.count - 1, except: "host-100")
    let read = Barrier(Self.count - 1)
    // Its deadline passes when all others have been read: nobody waits for it until then.
    let fleet = SimulatedFleet(Self.count) { host, name throws(HypervisorError) in
      if host == "host-100", name == call {
        await read.wait()
        throw HypervisorError(
          .timeout, call: name, message: "sim:///host-100 did not answer within 5 s")
      }
      await others.pass(host, name)
      if host != "host-100", name == "observe", !read.isOpen { await read.arrive() }
    }
    let folder = try TemporaryFolder(["site.yaml": fleet.manifests(stack: "fleet")])
    let result = await virtspec("apply", "--yes", folder.path, opener: fleet)
    #expect(result.status == 1)
    #expect(others.passed.contains("startNetwork 1"))
    let said = result.output + result.errors
    #expect(said.contains("host-100"))
    #expect(said.contains("sim:///host-100 did not answer within 5 s"))
    #expect(said.contains("597 of 597 steps done"), "\(result.errors.suffix(300))")
  }

  @Test("a host that stops answering in mid-apply holds up nobody else, and its steps are in doubt")
  func silentInBetween() async throws {
    let others = Barrier(Self.count - 1)
    let fleet = SimulatedFleet(Self.count) { host, name throws(HypervisorError) in
      guard name == "startNetwork" else { return }
      if host != "host-100" { return await others.arrive() }
      await others.wait()
      throw HypervisorError(
        .timeout, call: name, message: "sim:///host-100 did not answer within 5 s")
    }
    let folder = try TemporaryFolder(["site.yaml": fleet.manifests(stack: "fleet")])
    let result = await virtspec("apply", "--yes", folder.path, opener: fleet)
    #expect(result.status == 1)
    #expect(result.errors.contains("599 of 600 steps done"), "\(result.errors.suffix(500))")
    let doubts = result.errors.split(separator: "\n").filter { $0.contains("in doubt") }
    #expect(!doubts.isEmpty && doubts.allSatisfy { $0.contains("host-100") }, "\(doubts)")
  }
}
