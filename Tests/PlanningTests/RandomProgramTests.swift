import Glibc
import Planning
import TestSupport
import Testing

/// Random programs of manifest edits, outside edits and faults. `VIRTSPEC_PROGRAM_SEED` runs the one of that seed, or
/// with `VIRTSPEC_PROGRAM_STEPS` those from that seed on; `VIRTSPEC_PROGRAM_STEPS` is how many steps there are in all: 10,000 in `make test`, where they run by themselves,
/// since they keep all processors busy for a minute and others have deadlines.
@Suite("Random programs") struct RandomProgramTests {
  /// Steps of one program.
  private static let length = 50
  /// Test cases, side by side.
  private static let cases: UInt64 = 8
  private static let seed = number("VIRTSPEC_PROGRAM_SEED")
  private static let wantedSteps = number("VIRTSPEC_PROGRAM_STEPS")
  private static let steps = wantedSteps ?? 1_200
  /// Programs that one test case runs.
  private static let batch = max(1, steps / (UInt64(length) * cases))
  private static let isSingle = seed != nil && wantedSteps == nil

  @Test(
    "whatever happens, in whatever order, the numbered invariants hold",
    arguments: (0..<(isSingle ? 1 : cases)).map { $0 * batch + (seed ?? 1) })
  func programs(first: UInt64) async throws {
    for seed in first..<first + (Self.isSingle ? 1 : Self.batch) {
      var generator = ProgramGenerator(seed: seed)
      let program = generator.program(lines: Self.length)
      let violations = try await ProgramRun.violations(of: program)
      guard let invariant = violations.first?.invariant else { continue }
      let shrunk = await program.shrunk { smaller in
        let found = try? await ProgramRun.violations(of: smaller)
        return found?.contains { $0.invariant == invariant } == true
      }
      let found = try await ProgramRun.violations(of: shrunk)
      let told = found.map(\.description).joined(separator: "\n")
      Issue.record("VIRTSPEC_PROGRAM_SEED=\(seed)\n\(told)\n\(shrunk)")
    }
  }

  @Test(
    "the programs reach every operation, and every reason to leave a step out",
    .enabled(if: steps >= 10_000, "needs VIRTSPEC_PROGRAM_STEPS=10000"))
  func reach() async throws {
    var performed: [Operation.Name: Int] = [:]
    var blocked: [Blockage.Code: Int] = [:]
    for seed in 1...UInt64(50) {
      var generator = ProgramGenerator(seed: seed)
      let reach = try await ProgramRun.reach(of: generator.program(lines: Self.length))
      performed.merge(reach.performed) { $0 + $1 }
      blocked.merge(reach.blocked) { $0 + $1 }
    }
    // A rollback restores, a removal pulls no plug.
    let others: Set<Operation.Name> = [.restore, .destroyGuest]
    #expect(Set(Operation.Name.allCases).subtracting(performed.keys) == others)
    #expect(Set(Blockage.Code.allCases).subtracting(blocked.keys) == [.changed])
  }

  private static func number(_ name: String) -> UInt64? {
    getenv(name).flatMap { UInt64(String(cString: $0)) }
  }
}
