import Foundation
import Testing

extension LabTests {
  /// libvirt leaves the interfaces of running guests outside the new bridge: without being reattached, the guest
  /// would be cut off until its next start.
  @Test(
    "a network that restarts keeps its running guests, which answer as before",
    .timeLimit(.minutes(4)))
  func reattached() async throws {
    let opener = Lab.Opener()
    let folder = try TemporaryFolder(["site.yaml": try Self.site(domain: "one.test")])
    let applied = await virtspec("apply", "--yes", folder.path, opener: opener)
    #expect(applied.status == 0, "\(applied.errors)")
    try await eventually("the guest answers") { try Self.answers() }
    let started = try Lab.virsh("domid", "reattach")

    try folder.write(try Self.site(domain: "two.test"), to: "site.yaml")
    let refused = await virtspec("plan", folder.path, opener: opener)
    #expect(
      refused.output.contains("stop (cuts off guest/reattach for a moment)"), "\(refused.output)")
    let changed = await virtspec(
      "apply", "--yes", "--allow", "restart", folder.path, opener: opener)
    #expect(changed.status == 0, "\(changed.output)\(changed.errors)")
    #expect(changed.output.contains("reattach 1 interface of guest/reattach"))
    try await eventually("the guest answers again") { try Self.answers() }
    #expect(try Lab.virsh("domid", "reattach") == started)
    #expect(await virtspec("plan", "--detailed-exitcode", folder.path, opener: opener).status == 0)

    // Somebody takes the network away while the guest runs: it is made anew, and the guest put back onto it.
    try Lab.virsh("net-destroy", "reattach")
    try Lab.virsh("net-undefine", "reattach")
    let again = await virtspec("apply", "--yes", folder.path, opener: opener)
    #expect(again.status == 0, "\(again.output)\(again.errors)")
    #expect(again.output.contains("reattach 1 interface of guest/reattach"), "\(again.output)")
    try await eventually("the guest answers on the network that was made anew") {
      try Self.answers()
    }
    #expect(try Lab.virsh("domid", "reattach") == started)
    #expect(await virtspec("plan", "--detailed-exitcode", folder.path, opener: opener).status == 0)

    // What a run that was killed leaves: the interface stands on the network that was made for the moment.
    let parking = "virtspec-reattach-reattach"
    try folder.write(
      "<network><name>\(parking)</name><bridge stp='on'/></network>", to: "parking.xml")
    try Lab.virsh("net-create", folder.path + "/parking.xml")
    let mac = "52:54:00:88:00:11"
    try folder.write(
      "<interface type='network'><mac address='\(mac)'/><source network='\(parking)'/><model type='virtio'/></interface>",
      to: "interface.xml")
    try Lab.virsh("update-device", "reattach", folder.path + "/interface.xml", "--live")
    let left = await virtspec("apply", "--yes", folder.path, opener: opener)
    #expect(left.status == 0, "\(left.output)\(left.errors)")
    try await eventually("the guest answers after the remainder") { try Self.answers() }
    #expect(try !Lab.virsh("net-list", "--name").contains(parking))

    let destroyed = await virtspec("destroy", "--yes", folder.path, opener: opener)
    #expect(destroyed.status == 0, "\(destroyed.output)\(destroyed.errors)")
  }

  /// Whether the guest's address answers from the host, which is inside the lab.
  private static func answers() throws -> Bool {
    let process = Process()
    process.executableURL = URL(filePath: repository + "Tests/Lab/lab")
    let directory = try #require(Lab.directory)
    // The threads that tests run on block the signals by which ping ends without an answer.
    process.arguments = [
      "exec", "--dir", directory, "--", "timeout", "-s", "KILL", "3", "busybox", "ping", "-c", "1",
      "10.88.0.11",
    ]
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus == 0
  }

  private static func site(domain: String) throws -> String {
    let variables = ProcessInfo.processInfo.environment
    return """
      apiVersion: virtspec/v1
      kind: Stack
      metadata: {name: reattach}
      ---
      apiVersion: virtspec/v1
      kind: Host
      metadata: {name: lab}
      spec: {uri: qemu:///system}
      ---
      apiVersion: virtspec/v1
      kind: Network
      metadata: {name: reattach}
      spec:
        host: lab
        forward: nat
        domain: {name: \(domain)}
        address: 10.88.0.1/24
        dhcp: {start: 10.88.0.100, end: 10.88.0.200}
      ---
      apiVersion: virtspec/v1
      kind: Guest
      metadata: {name: reattach}
      spec:
        host: lab
        virtType: qemu
        memory: 192MiB
        power: running
        lifecycle: {onShutdownTimeout: destroy, shutdownTimeout: 5s}
        kernel:
          path: \(try #require(variables["VIRTSPEC_LAB_KERNEL"]))
          initrd: \(try #require(variables["VIRTSPEC_LAB_INITRD"]))
          args: console=ttyS0 quiet no_timer_check
        interfaces:
          - {network: reattach, mac: "52:54:00:88:00:11", ip: 10.88.0.11}

      """
  }
}
