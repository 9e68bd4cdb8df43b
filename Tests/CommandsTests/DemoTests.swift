import Testing

/// Everything that looks at the whole of a lab's daemon: each test has one to itself.
@Suite(.lendsLab, .enabled(if: Lab.hasGuest, "needs the lab with its guest: make test"))
struct LabTests {
  private let demo = repository + "specs/demo"

  @Test("the demo goes from nothing to running, drifts, is brought back, and is destroyed")
  func demoLifecycle() async throws {
    let opener = Lab.Opener()
    try Lab.virsh("net-define", repository + "Tests/CommandsTests/foreign-network.xml")
    let applied = await virtspec("apply", "--yes", demo, opener: opener)
    #expect(applied.status == 0, "\(applied.errors)")

    try await eventually("the guests took the addresses that are reserved for them") {
      let status = await virtspec("status", demo, opener: opener)
      return status.output.contains("10.77.0.11") && status.output.contains("10.77.0.12")
    }
    let second = await virtspec("plan", "--detailed-exitcode", demo, opener: opener)
    #expect(second.status == 0, "\(second.output)")
    #expect(second.output == "No changes: 7 objects are as declared.\n")
    #expect(await virtspec("drift", demo, opener: opener).status == 0)

    try await driftAndBack(opener)

    let destroyed = await virtspec("destroy", "--yes", demo, opener: opener)
    #expect(destroyed.status == 0, "\(destroyed.errors)")
    // Tests of another room use the same daemon, so that lists need not be empty.
    func names(_ command: String...) throws -> Set<Substring> {
      Set(try Lab.virsh(command).split(whereSeparator: \.isWhitespace))
    }
    #expect(try names("list", "--all", "--name").isDisjoint(with: ["web-1", "web-2"]))
    let networks = try names("net-list", "--all", "--name")
    #expect(networks.contains("foreign") && !networks.contains("demo"))
    #expect(try !names("pool-list", "--all", "--name").contains("demo"))
    #expect(try names("secret-list").isDisjoint(with: ["virtspec/ledger/demo", "virtspec/lock"]))
    try Lab.virsh("net-undefine", "foreign")
  }

  private func driftAndBack(_ opener: Lab.Opener) async throws {
    // What an operator does behind virtspec's back: less memory, one more disk, a guest pulled off.
    try Lab.virsh("vol-create-as", "demo", "extra.img", "8M", "--format", "raw")
    let extra = try Lab.virsh("vol-path", "extra.img", "demo")
    try Lab.virsh("setmem", "web-1", "160M", "--live")
    try await eventually("the balloon moved") {
      try Lab.virsh("dumpxml", "web-1").contains("<currentMemory unit='KiB'>163840<")
    }
    try Lab.virsh("attach-disk", "web-1", extra, "vdb", "--live")
    try Lab.virsh("destroy", "web-2")

    let drift = await virtspec("drift", demo, opener: opener)
    #expect(drift.status == 2)
    #expect(
      drift.output == """
        guest/web-1 on lab: differs in 2 fields
            memory.size: is 160MiB in the running object, declared 192MiB
            disks[vdb]: not declared in the running object: {name: vdb, format: raw, bus: virtio, device: disk, file: \(extra)}
        guest/web-2 on lab: is stopped, declared running
        Drift: 2 of 7 objects.

        """)
    let back = await virtspec("apply", "--yes", demo, opener: opener)
    #expect(back.status == 0, "\(back.errors)")
    #expect(await virtspec("drift", demo, opener: opener).status == 0)
    try Lab.virsh("vol-delete", "extra.img", "demo")
  }
}
