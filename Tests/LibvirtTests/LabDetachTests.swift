import Execution
import Glibc
import Libvirt
import Model
import Planning
import Testing

/// A guest without a system on it is deaf to hot-unplug: QEMU asks, and nobody answers.
@Suite("A deaf guest on a daemon", .enabled(if: Lab.isThere), .timeLimit(.minutes(2)))
struct LabDetachTests {
  private let name = Lab.name("deaf-")
  private let folder = "/tmp/" + Lab.name("virtspec-deaf-")

  @Test("A detach that the guest does not answer fails after its deadline, and the device stays")
  func deaf() async throws {
    let host = try await Host.open(Lab.uri)
    let result = await Result {
      let pool = Record([("type", "dir"), ("path", .string(folder))])
      try await host.perform(.definePool(.of(.pool, name, pool)), .pool, name)
      try await host.perform(.buildPool, .pool, name)
      try await host.perform(.startPool, .pool, name)
      try await host.perform(
        .createVolume(spec: Record([("capacity", .integer(1 << 20)), ("format", "raw")])), .volume,
        "\(name)/vda.img")
      let disk = Record([
        ("name", "vda"), ("device", "disk"), ("bus", "virtio"),
        ("file", .string("\(folder)/vda.img")), ("driver", "qemu"), ("format", "raw"),
      ])
      try await host.perform(
        .defineGuest(.of(.guest, name, .smallGuest([("disks", [.record(disk)])]))), .guest, name)
      try await host.perform(.startGuest, .guest, name)
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
    await host.tidy([.destroyGuest, .undefineGuest(keepState: false)], .guest, name)
    await host.tidy([.removeVolume], .volume, "\(name)/vda.img")
    await host.tidy([.stopPool, .undefinePool], .pool, name)
    rmdir(folder)
    await host.hypervisor.close()
    try result.get()
  }
}
