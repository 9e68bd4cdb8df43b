import Glibc
import Model
import Planning
import TestSupport
import Testing

/// Random programs of manifest edits, outside edits and faults. `VIRTSPEC_PROGRAM_SEED` runs the one of that seed, or
/// with `VIRTSPEC_PROGRAM_STEPS` those from that seed on; `VIRTSPEC_PROGRAM_STEPS` is how many steps there are in all:
/// 10,000 in `make test`.
@Suite("Random programs") struct RandomProgramTests {
  /// Steps of one program.
  private static let length: UInt64 = 50
  private static let seed = number("VIRTSPEC_PROGRAM_SEED")
  private static let wantedSteps = number("VIRTSPEC_PROGRAM_STEPS")
  private static let steps = wantedSteps ?? 1_200
  private static let seeds: Range<UInt64> = {
    let first = seed ?? 1
    return first..<first + (seed != nil && wantedSteps == nil ? 1 : max(1, steps / length))
  }()

  /// What chance does not bring about: images and installers.
  private static let rare = [
    Program(
      """
      declare pool/p1
      declare image/i1
      declare guest/g1 disks [{name: vda, pool: p1, image: i1, size: 2GiB}]
      apply
      declare guest/g2 disks [{name: vda, pool: p1, image: i1, size: 2GiB, clone: full}]
      apply
      """),
    Program(
      """
      declare pool/p1
      declare guest/g1 power running
      declare guest/g1 disks [{name: vda, pool: p1, size: 1GiB}]
      declare guest/g1 install {iso: /iso/a.iso, timeout: 5m}
      apply
      apply
      """),
  ]

  @Test("whatever happens, in whatever order, the numbered invariants hold")
  func programs() async throws {
    let progress = Progress(Self.seeds)
    for program in Self.rare {
      let (violations, reach) = try await ProgramRun.outcome(of: program)
      #expect(violations.isEmpty, "\(program)")
      progress.add(reach)
    }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<4 {
        group.addTask {
          while let seed = progress.next() { progress.add(try await Self.run(seed)) }
        }
      }
      try await group.waitForAll()
    }
    // Fewer do not come everywhere.
    guard Self.steps >= 10_000 else { return }
    let reached = progress.reach
    // A rollback restores, a removal pulls no plug.
    let others: Set<Operation.Name> = [.restore, .destroyGuest]
    #expect(Set(Operation.Name.allCases).subtracting(reached.performed) == others)
    #expect(
      Set(Blockage.Code.allCases).subtracting(reached.blocked)
        == [.changed, .requirement, .unsupported])
  }

  /// Runs a program; one that finds something is made as short as it can be.
  private static func run(_ seed: UInt64) async throws -> ProgramReach {
    var generator = ProgramGenerator(seed: seed)
    let program = generator.program(lines: Int(length))
    let (violations, reach) = try await ProgramRun.outcome(of: program)
    guard let invariant = violations.first?.invariant else { return reach }
    let shrunk = await program.shrunk { smaller in
      let found = try? await ProgramRun.violations(of: smaller)
      return found?.contains { $0.invariant == invariant } == true
    }
    let found = try await ProgramRun.violations(of: shrunk)
    let told = found.map(\.description).joined(separator: "\n")
    Issue.record("VIRTSPEC_PROGRAM_SEED=\(seed)\n\(told)\n\(shrunk)")
    return reach
  }

  private static func number(_ name: String) -> UInt64? {
    getenv(name).flatMap { UInt64(String(cString: $0)) }
  }
}

/// What is still to run, and where the programs came that ran.
private final class Progress: Sendable {
  private let state: Lock<(seeds: Range<UInt64>, reach: ProgramReach)>

  init(_ seeds: Range<UInt64>) { state = Lock((seeds, ProgramReach())) }

  func next() -> UInt64? { state.withLock { $0.seeds.popFirst() } }
  func add(_ reach: ProgramReach) { state.withLock { $0.reach.formUnion(reach) } }
  var reach: ProgramReach { state.withLock { $0.reach } }
}
