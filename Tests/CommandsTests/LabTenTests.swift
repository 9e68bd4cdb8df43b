import Commands
import Foundation
import Model
import TestSupport
import Testing

extension LabTests {
  /// From an empty pool to guests that answer: an image that boots by itself, served by HTTP, and ten guests over it.
  @Test(
    "ten guests of one image boot, are configured, are awaited and have their reserved addresses")
  func tenGuests() async throws {
    let lab = try #require(Lab.directory)
    #expect(system("\(repository)Tests/Lab/lab image --dir \(lab) 2>/dev/null") == 0)
    let server = try ImageServer(script: repository + "Tests/Lab/serve")
    let bytes = Array(try Data(contentsOf: URL(filePath: lab + "/guest/disk.qcow2")))
    try server.add("disk.qcow2", bytes)
    let folder = try TemporaryFolder()
    try folder.write(Self.ten(server.url, ContentDigest(of: bytes)), to: "site.yaml")
    func run(_ command: String, _ options: String...) async -> CommandResult {
      await ImageSources.$folder.withValue(folder.path + "/cache") {
        await virtspec([command] + options + [folder.path + "/site.yaml"], opener: Lab.Opener())
      }
    }
    let applied = await run("apply", "--yes")
    try #require(applied.status == 0, "\(applied.output)\(applied.errors)")
    let second = await run("plan", "--detailed-exitcode")
    #expect(second.status == 0, "\(second.output)")
    let status = await run("status")
    for number in 0..<10 {
      #expect(status.output.contains("10.91.0.\(11 + number) (lease)"), "\(status.output)")
      let answers =
        "\(repository)Tests/Lab/lab exec --dir \(lab) -- timeout -s KILL 10 busybox ping -c 1 10.91.0.\(11 + number)"
      #expect(system(answers + " >/dev/null") == 0, "\(answers)")
    }
    let destroyed = await run("destroy", "--yes")
    #expect(destroyed.status == 0, "\(destroyed.output)\(destroyed.errors)")
    #expect(try !Lab.virsh("pool-list", "--all", "--name").contains("ten"))
  }

  private static func ten(_ url: String, _ digest: ContentDigest) -> String {
    var text = """
      apiVersion: virtspec/v1
      kind: Stack
      metadata: {name: ten}
      ---
      apiVersion: virtspec/v1
      kind: Host
      metadata: {name: lab}
      spec: {uri: "qemu:///system"}
      ---
      apiVersion: virtspec/v1
      kind: Network
      metadata: {name: ten}
      spec:
        host: lab
        forward: nat
        address: 10.91.0.1/24
        dhcp: {start: 10.91.0.100, end: 10.91.0.200}
      ---
      apiVersion: virtspec/v1
      kind: Pool
      metadata: {name: ten}
      spec: {host: lab, type: dir, path: /var/lib/libvirt/ten}
      ---
      apiVersion: virtspec/v1
      kind: Image
      metadata: {name: base}
      spec: {host: lab, pool: ten, source: "\(url)/plain/disk.qcow2", sha256: \(digest.hexadecimal)}
      ---
      apiVersion: virtspec/v1
      kind: GuestClass
      metadata: {name: small}
      spec:
        virtType: qemu
        cpus: 1
        memory: 160MiB
        disks: [{name: vda, image: base, size: 64MiB}]
        serials: [{type: pty}]
        cloudInit:
          users: [{name: ops, sshAuthorizedKeys: [ssh-ed25519 AAAAC3Nza ops@example.org]}]
          commands: ["echo run by $(hostname)"]

      """
    for number in 0..<10 {
      text += """
        ---
        apiVersion: virtspec/v1
        kind: Guest
        metadata: {name: ten-\(number)}
        spec:
          host: lab
          class: small
          interfaces: [{network: ten, model: virtio, ip: 10.91.0.\(11 + number)}]
          # Its own name, by which its own command was run: the seed was read.
          ready: {address: true, console: "GUEST-RUN run by ten-\(number)", timeout: 10m}
          lifecycle: {onRemove: delete, shutdownTimeout: 60s, onShutdownTimeout: destroy}

        """
    }
    return text
  }
}
