import Execution
import Foundation
import Model
import TestSupport
import Testing

/// Golden texts in `Tests/CommandsTests/Doctor`; VIRTSPEC_REGENERATE=1 writes them.
@Suite("doctor tells what hosts can do, and what is wrong with them")
struct DoctorTests {
  private static let goldens = repository + "Tests/CommandsTests/Doctor"
  private static let capabilities = repository + "Tests/Fixtures/capabilities"

  private func compare(_ text: String, _ name: String) throws {
    let path = URL(filePath: Self.goldens + "/" + name)
    if ProcessInfo.processInfo.environment["VIRTSPEC_REGENERATE"] != nil {
      return try Data(text.utf8).write(to: path)
    }
    let golden = String(decoding: try Data(contentsOf: path), as: UTF8.self)
    #expect(text == golden, "VIRTSPEC_REGENERATE=1 rewrites \(name)")
  }

  /// The name of this machine is nobody's business, and its libvirt may be a newer one.
  private func masked(_ text: String) -> String {
    text.replacing(/libvirt [0-9.]+/, with: "libvirt VERSION").replacing(
      /host\/[^ \n]+/, with: "host/HOST"
    ).replacing(
      /"name": "[^"]+"/, with: #""name": "HOST""#)
  }

  private func local() -> LocalFacts {
    var facts = LocalFacts()
    facts.processorFlags = ["fpu", "svm"]
    facts.kvmDevice = .absent
    facts.kvmModules = []
    facts.isNested = false
    facts.controlGroups = .init(version: 2, controllers: ["cpu", "cpuset", "io", "memory"])
    facts.hasSoftwareTPM = true
    facts.isClockSynchronized = true
    facts.processes = [.init(name: "qemu-system-x86", memory: 1 << 30)]
    return facts
  }

  private func facts() -> HostFacts {
    var facts = HostFacts()
    facts.hypervisor = "QEMU"
    facts.hypervisorVersion = Version(7, 2, 22)
    facts.libvirtVersion = Version(9)
    (facts.cpus, facts.sockets, facts.cores, facts.threads) = (16, 1, 8, 2)
    (facts.numaNodes, facts.megahertz) = (1, 3400)
    (facts.memory, facts.availableMemory) = (64 << 30, 48 << 30)
    facts.system = ["manufacturer": "Example", "product": "Board 7", "firmwareVersion": "1.4"]
    facts.pools = [
      .init(name: "cold", isActive: false),
      .init(name: "images", isActive: true, capacity: 1000 << 30, available: 90 << 30),
    ]
    facts.guests = [
      .init(name: "db", isRunning: true, memory: 32 << 30, cpus: 8),
      .init(name: "web", isRunning: false, memory: 40 << 30, cpus: 4),
    ]
    return facts
  }

  private func esx() -> SimulatedHost {
    var facts = HostFacts()
    facts.hypervisor = "ESX"
    facts.hypervisorVersion = Version(6, 5)
    facts.libvirtVersion = Version(9)
    (facts.cpus, facts.sockets, facts.cores, facts.threads) = (8, 2, 4, 1)
    (facts.numaNodes, facts.megahertz) = (1, 2294)
    (facts.memory, facts.availableMemory) = (16 << 30, 10 << 30)
    facts.pools = [
      .init(name: "datastore1", isActive: true, capacity: 500 << 30, available: 300 << 30)
    ]
    facts.guests = [.init(name: "app", isRunning: true, memory: 4 << 30, cpus: 2)]
    let host = SimulatedHost()
    host.capabilities = RecordedCapabilities(host: "esx", in: Self.capabilities, facts: facts)
    return host
  }

  private func xen() -> SimulatedHost {
    var facts = HostFacts()
    facts.hypervisor = "Xen"
    facts.hypervisorVersion = Version(4, 17)
    facts.libvirtVersion = Version(9)
    (facts.cpus, facts.memory) = (2, 4 << 30)
    (facts.pools, facts.guests) = ([], [])
    let host = SimulatedHost()
    host.capabilities = RecordedCapabilities(
      host: "xen", domains: ["xen-pv"], in: Self.capabilities, facts: facts)
    return host
  }

  private func qemu(_ name: String, _ domains: [String]) -> SimulatedHost {
    let host = SimulatedHost()
    host.capabilities = RecordedCapabilities(
      host: name, domains: domains, in: Self.capabilities, facts: facts())
    return host
  }

  /// In a process of its own: within one, tests share the driver's only host.
  @Test("libvirt's own test driver", .enabled(if: Program.path != nil))
  func testDriver() throws {
    for (options, name) in [([], "test-driver.txt"), (["--format", "json"], "test-driver.json")] {
      let process = Process()
      let pipe = Pipe()
      process.executableURL = URL(filePath: try #require(Program.path))
      process.arguments = ["doctor", "test:///default"] + options
      process.standardOutput = pipe
      try process.run()
      let data = pipe.fileHandleForReading.readDataToEndOfFile()
      process.waitUntilExit()
      // Its guest is given more memory than its machine has.
      #expect(process.terminationStatus == 1)
      try compare(masked(String(decoding: data, as: UTF8.self)), name)
    }
  }

  @Test("what libvirt's ESX driver tells")
  func vmware() async throws {
    let opener = SimulatedOpener(["esx://root@esx-a/": esx()])
    let text = await virtspec("doctor", "esx://root@esx-a/", opener: opener)
    #expect(text.status == 0, "\(text.errors)")
    try compare(text.output, "esx.txt")
    let json = await virtspec("doctor", "esx://root@esx-a/", "--format", "json", opener: opener)
    try compare(json.output, "esx.json")
  }

  @Test("a Xen host")
  func xenHost() async throws {
    let opener = SimulatedOpener(["xen+ssh://root@xen-a/": xen()])
    let text = await virtspec("doctor", "xen+ssh://root@xen-a/", opener: opener)
    #expect(text.status == 0, "\(text.errors)")
    try compare(text.output, "xen.txt")
  }

  @Test("a QEMU host of this machine without KVM, which is not fit, with the reason")
  func withoutKVM() async throws {
    let opener = SimulatedOpener(["qemu:///system": qemu("without-kvm", ["qemu-q35"])])
    let text = await LocalMachine.$facts.withValue(local()) {
      await virtspec("doctor", "qemu:///system", opener: opener)
    }
    #expect(text.status == 1)
    try compare(masked(text.output), "qemu-without-kvm.txt")
  }

  @Test("all hosts of manifests, side by side; one that cannot be reached is not fit")
  func manifests() async throws {
    let folder = try TemporaryFolder([
      "hosts.yaml": """
      apiVersion: virtspec/v1
      kind: Host
      metadata: {name: kvm-a}
      spec: {uri: "qemu+ssh://root@kvm-a/system"}
      ---
      apiVersion: virtspec/v1
      kind: Host
      metadata: {name: kvm-b}
      spec: {uri: "qemu+ssh://root@kvm-b/system"}

      """
    ])
    let opener = SimulatedOpener(["qemu+ssh://root@kvm-a/system": qemu("recorded", ["kvm-q35"])])
    let both = await virtspec("doctor", folder.path, opener: opener)
    #expect(both.status == 1)
    try compare(both.output, "two-hosts.txt")
    let one = await virtspec("doctor", folder.path, "--host", "kvm-a", opener: opener)
    #expect(one.status == 0 && !one.output.contains("kvm-b"))
  }

  @Test("--host beside a URI is a slip")
  func slips() async {
    let result = await virtspec(
      "doctor", "qemu:///system", "--host", "a", opener: SimulatedOpener([:]))
    #expect(result.status == 1 && result.errors.contains("a URI stands for itself"))
  }

  @Test("the lab", .enabled(if: Lab.uri != nil))
  func lab() async throws {
    let uri = try #require(Lab.uri)
    let text = await virtspec("doctor", uri)
    let lines = text.output.split(separator: "\n").map(String.init)
    // What is said differs from machine to machine; that it is said does not.
    let checks = lines.dropFirst().compactMap { line -> String? in
      let words = line.split(separator: " ")
      return line.hasPrefix("  ") && !line.hasPrefix("   ") && words.count > 2
        && ["ok", "warning", "failure", "unknown"].contains(words[0])
        ? String(words[1].prefix { $0 != "/" }) : nil
    }
    var seen: Set<String> = []
    try compare(
      checks.filter { seen.insert($0).inserted && $0 != "pool" }.joined(separator: "\n") + "\n",
      "lab-checks.txt")
    #expect(text.output.contains("QEMU") && text.output.contains("libvirt"))
    let json = await virtspec("doctor", uri, "--format", "json")
    #expect(json.output.contains(#""formatVersion": 1"#))
    #expect(json.status == text.status)
  }
}
