import Execution
import Model
import Planning
import TestSupport
import Testing

@Suite("Retries", .timeLimit(.minutes(1))) struct RetriesTests {
  private static let lock = HypervisorError(
    .busy, call: "virDomainSetMemoryFlags",
    message: "Timed out during operation: cannot acquire state change lock", libvirtCode: 68)

  /// Pauses that were asked for, none of them made.
  private final class Pauses: Sendable {
    private let taken = Lock<[Duration]>([])
    var all: [Duration] { taken.withLock { $0 } }
    var retries: Retries { Retries { pause in self.taken.withLock { $0.append(pause) } } }
  }

  /// Runs one step that fails so often.
  private func run(
    _ error: HypervisorError, times: Int, _ pauses: Pauses, control: RunControl = RunControl()
  ) async -> (outcome: Outcome?, calls: Int) {
    let plan = TestRun.plan(["a": []])
    let calls = SimulatedCalls(faults: { _, _, number in number <= times ? .fail(error) : nil })
    let host = SimulatedHost().connect(calls)
    let result = await Runner(
      hypervisors: ["kvm-a": host], parallelism: 1, control: control, retries: pauses.retries
    ) { _ in }.run(plan)
    return (result.outcomes[1], host.performed.count)
  }

  @Test("a call that another job keeps out is made again, after ever longer pauses")
  func passes() async {
    let pauses = Pauses()
    let (outcome, calls) = await run(Self.lock, times: 7, pauses)
    #expect(outcome == .done)
    #expect(calls == 8)
    #expect(pauses.all == [50, 100, 200, 400, 800, 1600, 2000].map { .milliseconds($0) })
  }

  @Test("after a minute it is given up, with libvirt's own words")
  func ends() async {
    let pauses = Pauses()
    let (outcome, _) = await run(Self.lock, times: .max, pauses)
    #expect(outcome == .failed(Self.lock))
    let waited = pauses.all.reduce(.zero, +)
    #expect(waited >= .seconds(60) && waited < .seconds(63))
  }

  @Test(
    "what is not known to pass is never tried again",
    arguments: [
      HypervisorError(.refused, call: "virDomainCreate", message: "no", libvirtCode: 1),
      HypervisorError(.timeout, call: "virDomainCreate", message: "no answer"),
      HypervisorError(.timeout, call: "virDomainShutdown", message: "Timed out", libvirtCode: 68),
      HypervisorError(.unreachable, call: "virDomainCreate", message: "gone", libvirtCode: 39),
      HypervisorError(.busy, call: "virDomainCreate", message: "locked", libvirtCode: 87),
      HypervisorError(.busy, call: "virDomainCreate", message: "block job", libvirtCode: 83),
      HypervisorError(.busy, call: "virDomainCreate", message: "another phrase", libvirtCode: 68),
    ])
  func neverAgain(_ error: HypervisorError) async {
    let pauses = Pauses()
    let (outcome, calls) = await run(error, times: 1, pauses)
    #expect(outcome != .done)
    #expect(calls == 1)
    #expect(pauses.all == [])
  }

  @Test("a run that is stopped waits for nothing")
  func stopped() async {
    let control = RunControl()
    let plan = TestRun.plan(["a": []])
    let calls = SimulatedCalls(faults: { _, _, _ in .fail(Self.lock) })
    let host = SimulatedHost().connect(calls)
    let result = await Runner(
      hypervisors: ["kvm-a": host], parallelism: 1, control: control,
      retries: Retries { _ in await control.stop() }
    ) { _ in }.run(plan)
    #expect(result.outcomes[1] == .failed(Self.lock))
    #expect(host.performed.count == 2)
  }

  /// Opens one host again and again; the reading over its first connections meets a fault.
  private final class Opener: HypervisorOpening {
    private let host = SimulatedHost()
    private let opened = Lock(0)
    private let fault: Fault
    private let broken: Int

    init(_ fault: Fault, connections broken: Int) {
      self.fault = fault
      self.broken = broken
    }

    var connections: Int { opened.withLock { $0 } }

    func open(uri: String) async throws(HypervisorError) -> any Hypervisor {
      let number = opened.withLock { opened in
        opened += 1
        return opened
      }
      let fault = number <= broken ? self.fault : nil
      return host.connect(SimulatedCalls(observationFaults: { _ in fault }))
    }
  }

  private func read(_ opener: Opener, _ pauses: Pauses) async -> HostReading? {
    let fleet = await Fleet.read(
      Desired(stack: "s", hosts: [], objects: []),
      hosts: [DesiredHost(name: "kvm-a", uri: "sim:///", source: "")], opener: opener,
      parallelism: 1, retries: pauses.retries
    ) { _ in ObservationRequest(stack: "s", shapes: [:]) }
    return fleet.readings["kvm-a"]
  }

  @Test("a host whose daemon restarts while it is read is read over a new connection")
  func reconnects() async {
    let opener = Opener(.dieBefore, connections: 2)
    let pauses = Pauses()
    guard case .read? = await read(opener, pauses) else {
      Issue.record("it was not read")
      return
    }
    #expect(opener.connections == 3)
    #expect(pauses.all == [.milliseconds(50), .milliseconds(100)])
  }

  @Test("a host that does not answer in time is not asked again")
  func hangs() async {
    let opener = Opener(.timeOut(isLate: false), connections: 1)
    let pauses = Pauses()
    guard case .unreadable? = await read(opener, pauses) else {
      Issue.record("it was read")
      return
    }
    #expect(opener.connections == 1)
  }
}
