import Glibc
import Planning
import TestSupport
import Testing

/// Random programs of manifest edits, outside edits and faults. `VIRTSPEC_PROGRAM_SEED` runs the one of that seed;
/// `VIRTSPEC_PROGRAM_STEPS` is how many steps there are in all: 10,000 in `make test`, where they run by themselves,
/// since they keep all processors busy for a minute and others have deadlines.
@Suite("Random programs") struct RandomProgramTests {
  /// Steps of one program.
  private static let length = 50
  /// Test cases, side by side.
  private static let cases: UInt64 = 8
  private static let seed = number("VIRTSPEC_PROGRAM_SEED")
  private static let steps = number("VIRTSPEC_PROGRAM_STEPS") ?? 1_200
  /// Programs that one test case runs.
  private static let batch = max(1, steps / (UInt64(length) * cases))

  @Test(
    "whatever happens, in whatever order, the numbered invariants hold",
    arguments: seed.map { [$0] } ?? (0..<cases).map { $0 * batch + 1 })
  func programs(first: UInt64) async throws {
    for seed in first..<first + (Self.seed == nil ? Self.batch : 1) {
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
    // A rollback restores, a removal pulls no plug, and programs write no filters, secrets, limits or block jobs yet.
    let others: Set<Operation.Name> = [
      .restore, .destroyGuest, .defineFilter, .undefineFilter, .defineSecret, .setSecretValue,
      .undefineSecret, .tuneGuest,
    ]
    #expect(Set(Operation.Name.allCases).subtracting(performed.keys) == others)
    #expect(Set(Blockage.Code.allCases).subtracting(blocked.keys) == [.changed, .busy])
  }

  private static func number(_ name: String) -> UInt64? {
    getenv(name).flatMap { UInt64(String(cString: $0)) }
  }
}
