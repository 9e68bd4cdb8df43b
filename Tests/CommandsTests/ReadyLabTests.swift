import Foundation
import Glibc
import Testing

/// Waits for real guests. They are on a network of their own, which only the lab's namespace reaches, so that waits for
/// ports are carried out by the program itself in there.
extension LabTests {
  private static let folder = "/var/lib/libvirt/boot/"

  private func site(_ guests: String...) -> String {
    """
    apiVersion: virtspec/v1
    kind: Stack
    metadata: {name: ready}
    ---
    apiVersion: virtspec/v1
    kind: Host
    metadata: {name: lab}
    spec: {uri: 'qemu:///system'}
    ---
    apiVersion: virtspec/v1
    kind: Network
    metadata: {name: ready}
    spec:
      host: lab
      forward: nat
      address: 10.79.0.1/24
      dhcp: {start: 10.79.0.100, end: 10.79.0.200}
    ---
    apiVersion: virtspec/v1
    kind: GuestClass
    metadata: {name: small}
    spec:
      virtType: qemu
      memory: 192MiB
      kernel:
        path: \(Self.folder)vmlinuz
        initrd: \(Self.folder)initrd
        args: console=ttyS0 quiet no_timer_check listen=5432
      interfaces: [{network: ready}]
      power: running

    """ + guests.joined()
  }

  private func guest(_ name: String, _ lines: String...) -> String {
    """
    ---
    apiVersion: virtspec/v1
    kind: Guest
    metadata: {name: \(name)}
    spec:
      host: lab
      class: small

    """ + lines.map { "  \($0)\n" }.joined()
  }

  /// Applies manifests and takes everything away again, whatever comes.
  private func withSite(
    _ text: String, _ body: (String) async throws -> Void
  ) async throws {
    let folder = try TemporaryFolder(["site.yaml": text])
    let result: Result<Void, any Error>
    do {
      try await body(folder.path)
      result = .success(())
    } catch {
      result = .failure(error)
    }
    for name in ["ready-db", "ready-web"] { _ = try Lab.attempt(["destroy", name]) }
    let destroyed = await virtspec("destroy", "--yes", folder.path, opener: Lab.Opener())
    #expect(destroyed.status == 0, "\(destroyed.errors)")
    try result.get()
  }

  private func apply(_ folder: String) async -> CommandResult {
    await virtspec("apply", "--yes", folder, opener: Lab.Opener())
  }

  @Test(
    "guests are waited for by address, agent and console, and one that depends on another starts after it"
  )
  func waits() async throws {
    let text = site(
      guest(
        "ready-db", "interfaces: [{network: ready, ip: 10.79.0.11}]",
        "channels: [{name: org.qemu.guest_agent.0}]",
        "ready: {address: true, agent: true, console: '^GUEST-READY$', timeout: 10m}"),
      guest("ready-web", "dependsOn: [ready-db]", "ready: {address: true, timeout: 10m}"))
    try await withSite(text) { folder in
      let applied = await apply(folder)
      try #require(applied.status == 0, "\(applied.errors)")
      let lines = applied.errors.split(separator: "\n")
      let ready = try #require(lines.firstIndex { $0.hasPrefix("✓ guest/ready-db on lab: wait") })
      let started = try #require(
        lines.firstIndex { $0.hasPrefix("✓ guest/ready-web on lab: start") })
      #expect(ready < started)
      let second = await virtspec("plan", "--detailed-exitcode", folder, opener: Lab.Opener())
      #expect(second.status == 0, "\(second.output)")
      let status = await virtspec("status", folder, opener: Lab.Opener())
      #expect(status.output.contains("10.79.0.11 (lease)"))

      // The lease of before tells nothing of a guest that was started again.
      try Lab.virsh("destroy", "ready-db")
      let begin = ContinuousClock.now
      let again = await apply(folder)
      #expect(again.status == 0, "\(again.errors)")
      #expect(ContinuousClock.now - begin > .seconds(2))
    }
  }

  @Test(
    "one that does not become ready fails the run with what was seen last, and the next run, too")
  func waitFails() async throws {
    // Its console goes on saying that it is up: the first wait may well end before that.
    let text = site(
      guest("ready-db", "ready: {console: 'never said', timeout: 5s}"),
      guest("ready-web", "dependsOn: [ready-db]")
    ).replacing("listen=5432", with: "again=1")
    try await withSite(text) { folder in
      let applied = await apply(folder)
      #expect(applied.status == 1)
      #expect(applied.errors.contains("the guest did not become ready: not within 5s"))
      #expect(applied.errors.contains("not started: step"))
      let running = try Lab.virsh("list", "--name")
      #expect(!running.contains("ready-web"))
      try await eventually("the guest has booted") {
        try !Lab.attempt(["domifaddr", "ready-db"]).text.isEmpty
      }
      let again = await apply(folder)
      #expect(again.status == 1)
      #expect(again.errors.contains("console /never said/: no line of the console matched"))
      #expect(again.errors.contains("| GUEST-READY"), "\(again.errors)")
      let status = await virtspec("status", folder, opener: Lab.Opener())
      #expect(status.output.contains(/guest\/ready-db +not ready +running/), "\(status.output)")
    }
  }

  @Test("one that ends while it is waited for fails at once")
  func waitEnds() async throws {
    let text = site(guest("ready-db", "ready: {console: 'never said', timeout: 10m}"))
    try await withSite(text) { folder in
      async let applied = apply(folder)
      try await eventually("the guest has booted") {
        try !Lab.attempt(["domifaddr", "ready-db"]).text.isEmpty
          && Lab.attempt(["domstate", "ready-db"]).text == "running"
      }
      let begin = ContinuousClock.now
      try Lab.virsh("destroy", "ready-db")
      let result = await applied
      #expect(ContinuousClock.now - begin < .seconds(90))
      #expect(result.status == 1)
      #expect(result.errors.contains("it was powered off after"), "\(result.errors)")
      #expect(!result.errors.contains("not within"), "\(result.errors)")
    }
  }

  @Test(
    "a port is reached from where virtspec runs, and an interruption ends a wait at once",
    .enabled(if: Program.path != nil, "needs the program that the build puts beside the tests"),
    .timeLimit(.minutes(4)))
  func ports() async throws {
    let text = site(
      guest("ready-db", "ready: {tcp: 5432, timeout: 10m}"),
      guest("ready-web", "ready: {tcp: 81, timeout: 10m}", "dependsOn: [ready-db]"))
    try await withSite(text) { folder in
      let program = try Program(
        inside: try #require(Lab.directory),
        "apply", "--yes", "--no-journal", folder)
      var lines: [String] = []
      var interrupted: ContinuousClock.Instant?
      for await line in program.lines {
        lines.append(line)
        if line.hasPrefix("… waiting for guest/ready-web") {
          interrupted = .now
          program.kill(SIGINT)
        }
      }
      #expect(program.end() == (1, false), "\(lines)")
      #expect(lines.contains { $0.hasPrefix("✓ guest/ready-db on lab: wait") }, "\(lines)")
      #expect(
        lines.contains { $0.contains("the run was stopped while it waited for: tcp 81") },
        "\(lines)")
      let begin = try #require(interrupted)
      #expect(ContinuousClock.now - begin < .seconds(20))
      // What was interrupted is still owed.
      let plan = await virtspec("plan", "--format", "json", folder, opener: Lab.Opener())
      #expect(plan.output.contains(#""reason": "readiness""#), "\(plan.output)")
    }
  }

  @Test("an address that is leased to another guest is reserved, and said not to be free yet")
  func leasedAddress() async throws {
    let first = guest("ready-db", "ready: {address: true, timeout: 10m}")
    try await withSite(site(first)) { folder in
      let applied = await apply(folder)
      try #require(applied.status == 0, "\(applied.errors)")
      let address = try #require(
        try Lab.virsh("domifaddr", "ready-db").firstMatch(of: /10\.79\.0\.\d+/)
      ).output
      let second = guest("ready-web", "interfaces: [{network: ready, ip: \(address)}]")
      try Data(site(first, second).utf8).write(to: URL(filePath: folder + "/site.yaml"))
      let refused = await apply(folder)
      #expect(refused.status == 1)
      #expect(refused.errors.contains("\(address) is reserved now, but still leased to"))
      #expect(try !Lab.virsh("list", "--all", "--name").contains("ready-web"))
      // As the error advises: the guest that has it gets another one when it starts anew.
      try Lab.virsh("destroy", "ready-db")
      try Lab.virsh("start", "ready-db")
      try await eventually("the address is free") {
        let addresses = try Lab.virsh("domifaddr", "ready-db")
        return addresses.contains("10.79.0.") && !addresses.contains("\(address)/")
      }
      let again = await apply(folder)
      #expect(again.status == 0, "\(again.errors)")
      try await eventually("the guest has its address") {
        try Lab.virsh("domifaddr", "ready-web").contains("\(address)/")
      }
    }
  }
}
