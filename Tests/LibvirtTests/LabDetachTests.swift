import Execution
import Libvirt
import Model
import Planning
import Testing

/// A guest without a system on it is deaf to hot-unplug: QEMU asks, and nobody answers.
@Suite("A deaf guest on a daemon", .enabled(if: Lab.isThere), .timeLimit(.minutes(2)))
struct LabDetachTests {
  private let machine = LabMachine("deaf")
  private var name: String { machine.name }

  @Test("A detach that the guest does not answer fails after its deadline, and the device stays")
  func deaf() async throws {
    let host = try await Host.open(Lab.uri)
    let result = await Result {
      try await machine.start(on: host)
      let clock = ContinuousClock()
      let began = clock.now
      let refusal = try await host.refusal(
        .detachDevice(list: "disks", item: Record([("name", "vda")]), deadlineSeconds: 8), .guest,
        name)
      #expect(refusal.code == .timeout)
      #expect(refusal.message.contains("the guest did not let go of vda within 8 s"))
      #expect(refusal.message.contains("keeps it until"))
      #expect(clock.now - began < .seconds(30))
      let guest = try await host.guest(name)
      #expect(guest.live?.records("disks").map { $0.string("name") } == ["vda"])
      #expect(guest.spec.records("disks").count == 1)
    }
    await machine.tidy(host)
    try result.get()
  }
}
