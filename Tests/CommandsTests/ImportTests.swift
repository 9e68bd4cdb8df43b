import Foundation
import LibvirtXML
import Model
import Testing

@testable import TestSupport

@Suite("import writes manifests that say what a host has")
struct ImportTests {
  private static let guest = """
    <domain type='kvm'><name>web-1</name><uuid>c7a5fdbd-edaf-9455-926a-d65c16db1809</uuid>
      <title>The web server</title><memory unit='GiB'>2</memory><vcpu>2</vcpu>
      <os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os>
      <features><acpi/></features>
      <perf><event name='cmt' enabled='yes'/></perf>
      <devices>
        <disk type='file' device='disk'><driver name='qemu' type='qcow2'/>
          <source file='/srv/images/web-1.qcow2'/><target dev='vda' bus='virtio'/></disk>
        <disk type='file' device='disk'><driver name='qemu' type='qcow2'/>
          <source file='/elsewhere/data.qcow2'/><target dev='sda' bus='sata'/>
          <geometry cyls='16' heads='1' secs='63'/>
          <address type='drive' controller='0' bus='0' target='0' unit='5'/></disk>
        <controller type='pci' index='1' model='pcie-root-port'><driver iommu='on'/></controller>
        <interface type='network'><mac address='52:54:00:01:02:03'/><source network='lan'/>
          <model type='virtio'/></interface>
        <graphics type='vnc' port='-1' autoport='yes'/>
      </devices>
    </domain>
    """
  private static let network = """
    <network><name>lan</name><uuid>c7a5fdbd-edaf-9455-926a-d65c16db1810</uuid><forward mode='nat'/>
      <bridge name='virbr7' stp='on' delay='0'/><mac address='52:54:00:99:99:99'/>
      <ip address='10.9.0.1' netmask='255.255.255.0'><dhcp><range start='10.9.0.2' end='10.9.0.9'/></dhcp></ip>
    </network>
    """
  private static let pool = """
    <pool type='dir'><name>images</name><uuid>c7a5fdbd-edaf-9455-926a-d65c16db1811</uuid>
      <target><path>/srv/images</path></target></pool>
    """

  private func host(transient: Bool = false) throws -> SimulatedHost {
    let host = SimulatedHost()
    try host.changeState { state in
      state.domains["web-1"] = SimulatedState.Domain(
        inactive: try XMLTree(parsing: Self.guest), isPersistent: !transient)
      state.networks["lan"] = SimulatedState.Network(inactive: try XMLTree(parsing: Self.network))
      state.pools["images"] = SimulatedState.Pool(
        inactive: try XMLTree(parsing: Self.pool), live: try XMLTree(parsing: Self.pool),
        autostart: true, isBuilt: true)
      state.files["/srv/images/web-1.qcow2"] = try XMLTree(
        parsing: """
          <volume><name>web-1.qcow2</name><capacity unit='bytes'>10737418240</capacity>
            <target><path>/srv/images/web-1.qcow2</path><format type='qcow2'/></target></volume>
          """)
    }
    return host
  }

  private func run(_ host: SimulatedHost, _ arguments: String...) async -> CommandResult {
    await virtspec(
      ["import", "--host", "sim:///a", "--name", "kvm-a"] + arguments,
      opener: SimulatedOpener(["sim:///a": host]))
  }

  @Test("a host is one readable stream, with what no field says as XML and the rest as comments")
  func stream() async throws {
    let result = await run(try host())
    #expect(result.status == 0, "\(result.errors)")
    #expect(
      result.output == """
        # The name under which these manifests own what they describe.
        apiVersion: virtspec/v1
        kind: Stack
        metadata: {name: kvm-a}
        ---
        apiVersion: virtspec/v1
        kind: Host
        metadata: {name: kvm-a}
        spec:
          uri: sim:///a
        ---
        apiVersion: virtspec/v1
        kind: Network
        metadata: {name: lan}
        spec:
          host: kvm-a
          forward: nat
          address: 10.9.0.1/24
          dhcp: {start: 10.9.0.2, end: 10.9.0.9}
          autostart: false
          power: stopped
        # The bridge's name, virbr7, is libvirt's choice.
        ---
        apiVersion: virtspec/v1
        kind: Pool
        metadata: {name: images}
        spec:
          host: kvm-a
          type: dir
          path: /srv/images
        ---
        apiVersion: virtspec/v1
        kind: Volume
        metadata: {name: web-1.qcow2}
        spec:
          host: kvm-a
          pool: images
          capacity: 10GiB
        ---
        apiVersion: virtspec/v1
        kind: Guest
        metadata: {name: web-1}
        spec:
          host: kvm-a
          power: stopped
          title: The web server
          arch: x86_64
          machine: pc-q35-7.2
          cpus: 2
          memory: 2GiB
          features: {apic: false}
          disks:
            - {name: vda, pool: images, volume: web-1.qcow2}
            - {name: sda, bus: sata, file: /elsewhere/data.qcow2, format: qcow2}
          controllers:
            - {type: pci, index: 1, model: pcie-root-port}
          interfaces:
            - {network: lan, mac: "52:54:00:01:02:03"}
          serials: []
          graphics: [vnc]
          xml: |
            <domain>
              <perf>
                <event name='cmt' enabled='yes'/>
              </perf>
              <devices>
                <disk>
                  <target dev='sda'/>
                  <geometry cyls='16' heads='1' secs='63'/>
                  <address type='drive' controller='0' bus='0' target='0' unit='5'/>
                </disk>
              </devices>
            </domain>
        # not imported: devices/controller[pci,1]/driver: <driver iommu="on"/>

        """)
  }

  @Test("files are named after the objects, and are not overwritten without being told to")
  func files() async throws {
    let folder = try TemporaryFolder()
    let into = folder.path + "/new/specs"
    let host = try host()
    #expect(await run(host, "--into", into).status == 0)
    let names = try FileManager.default.contentsOfDirectory(atPath: into).sorted()
    #expect(
      names == ["guest-web-1.yaml", "host-kvm-a.yaml", "network-lan.yaml", "pool-images.yaml"])
    #expect(await run(host, "--into", into).status == 0, "what is the same is not in the way")

    try Data("mine".utf8).write(to: URL(filePath: into + "/guest-web-1.yaml"))
    let refused = await run(host, "--into", into, "guest/web-1")
    #expect(refused.status == 1)
    #expect(refused.errors.contains("guest-web-1.yaml") && refused.errors.contains("--force"))
    #expect(try String(contentsOfFile: into + "/guest-web-1.yaml", encoding: .utf8) == "mine")
    let forced = await run(host, "--into", into, "--force", "guest/web-1")
    #expect(forced.status == 0, "\(forced.errors)")
    #expect(
      try String(contentsOfFile: into + "/guest-web-1.yaml", encoding: .utf8).contains("web-1"))
  }

  @Test("one object brings what it refers to as external, and disks by their path")
  func target() async throws {
    let result = await run(try host(), "guest/web-1")
    #expect(result.status == 0, "\(result.errors)")
    #expect(
      result.output.contains(
        "kind: Network\nmetadata: {name: lan}\nspec:\n  host: kvm-a\n  external: true\n"))
    #expect(result.output.contains("- {name: vda, file: /srv/images/web-1.qcow2, format: qcow2}"))
    #expect(!result.output.contains("kind: Pool"))
  }

  @Test("an object that the host does not have is a slip, and a host that cannot be read an error")
  func slips() async throws {
    let missing = await run(try host(), "guest/web-2")
    #expect(missing.status == 1)
    #expect(missing.errors.contains("did you mean 'guest/web-1'?"))
    let unreachable = await virtspec(
      "import", "--host", "sim:///b", opener: SimulatedOpener([:]))
    #expect(unreachable.status == 1)
    #expect(unreachable.errors.contains("sim:///b cannot be read"))
    #expect(unreachable.output == "")
  }

  @Test("a transient guest is left out, and the host's manifest says why")
  func transient() async throws {
    let result = await run(try host(transient: true))
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.contains("# not imported: guest 'web-1': it is transient"))
    #expect(!result.output.contains("kind: Guest"))
  }

  @Test("what a stack owns is imported with its name, and the stack's own element is not")
  func owned() async throws {
    let host = try host()
    try host.changeState { state in
      var document = try LibvirtDocument(parsing: Self.guest)
      document.setOwnership(
        Ownership(stack: "shop", source: "a.yaml:1:1", digest: "d", appliedSpec: "{\"x\":1}"))
      state.domains["web-1"]?.inactive = try XMLTree(parsing: document.serialized())
    }
    let result = await run(host)
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.contains("# Stack 'shop' owns it (from a.yaml:1:1)"))
    #expect(!result.output.contains("virtspec:object"))
  }

  @Test("of two guests with one disk, the second one's disks are left alone")
  func sharedDisk() async throws {
    let host = try host()
    try host.changeState { state in
      let other = Self.guest.replacing("web-1</name>", with: "web-2</name>")
        .replacing("52:54:00:01:02:03", with: "52:54:00:01:02:04").replacing("1809", with: "1899")
      state.domains["web-2"] = SimulatedState.Domain(inactive: try XMLTree(parsing: other))
    }
    let result = await run(host)
    #expect(result.status == 0, "\(result.errors)")
    #expect(
      result.output.contains(
        "# not imported: devices/disk: images/web-1.qcow2 is in use by guest 'web-1' too"))
  }

  @Test(
    "whatever virtspec made is imported and adopted by another stack without any change",
    arguments: ScenarioFiles.names(in: repository + "Tests/Scenarios"))
  func scenarios(_ name: String) async throws {
    let scenario = try await Scenario(
      ScenarioFiles(name, in: repository + "Tests/Scenarios"))
    for (_, host) in scenario.hosts.sorted(by: { $0.key < $1.key }) {
      try host.changeState { $0.forgetOwners() }
      let before = try host.bareSnapshot
      let opener = SimulatedOpener(["sim:///a": host])
      let folder = try TemporaryFolder()
      let imported = await run(host, "--stack", "second", "--into", folder.path)
      // What runs otherwise than it is defined plans a restart: the import says so, and nothing is done.
      let isPending = imported.errors.contains("note: the first plan would")
      #expect(imported.status == 0 || isPending, "\(imported.errors)")
      let applied = await virtspec(
        "apply", "--yes", "--adopt", "--allow", "none", folder.path, opener: opener)
      guard !isPending else { continue }
      #expect(applied.status == 0, "\(applied.output)\(applied.errors)")
      #expect(try host.bareSnapshot == before)
      let second = await virtspec("plan", "--detailed-exitcode", folder.path, opener: opener)
      #expect(second.status == 0, "\(second.output)")
    }
  }
}

extension SimulatedHost {
  /// The snapshot without what virtspec itself writes.
  fileprivate var bareSnapshot: [String: String] {
    get throws {
      let copy = copy()
      try copy.changeState { $0.forgetOwners() }
      return copy.snapshot
    }
  }
}

extension SimulatedState {
  /// Takes away everything by which a stack knows what is its own.
  fileprivate mutating func forgetOwners() {
    ledgers = [:]
    for name in domains.keys {
      domains[name]?.inactive.removeAll("metadata")
      domains[name]?.live?.removeAll("metadata")
    }
    for name in networks.keys {
      networks[name]?.inactive.removeAll("metadata")
      networks[name]?.live?.removeAll("metadata")
    }
  }
}
