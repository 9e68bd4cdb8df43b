import Foundation
import Model
import TestSupport
import Testing

@testable import Commands

@Suite("operating systems on the command line")
struct OperatingSystemTests {
  private static let manifests = """
    apiVersion: virtspec/v1
    kind: Stack
    metadata: {name: shop}
    ---
    apiVersion: virtspec/v1
    kind: Host
    metadata: {name: kvm-a}
    spec: {uri: "qemu:///system"}
    ---
    apiVersion: virtspec/v1
    kind: Guest
    metadata: {name: web-1}
    spec:
      host: kvm-a
      os: OS
      disks: [{name: vda, file: /srv/web-1.img}]
      interfaces: [{bridge: br0}]

    """

  private static func write(
    _ os: String, into folder: borrowing TemporaryFolder
  ) throws -> String {
    try folder.write(
      manifests.replacingOccurrences(of: "os: OS", with: "os: " + os), to: "main.yaml")
    return folder.path + "/main.yaml"
  }

  /// Runs a command on the manifests of a guest with this operating system.
  private func run(
    _ os: String, _ arguments: String..., host: SimulatedHost = SimulatedHost(),
    capabilities: String = "qemu-kvm"
  ) async throws -> CommandResult {
    let folder = try TemporaryFolder()
    let file = try Self.write(os, into: folder)
    host.capabilities = try #require(RecordedCapabilities(recorded: capabilities))
    let opener = SimulatedOpener(["qemu:///system": host])
    return await OperatingSystems.$source.withValue(
      OperatingSystems.Source { RecordedSystems.catalog(of: $0) },
      operation: { await virtspec(arguments + [file], opener: opener) })
  }

  @Test("validate refuses a name that nobody knows, with its place and the nearest one")
  func unknown() async throws {
    let result = try await run("debain11", "validate")
    #expect(result.status == 1)
    #expect(result.errors.contains("main.yaml:15:7: error:"), "\(result.errors)")
    #expect(result.errors.contains("did you mean 'debian11'?"), "\(result.errors)")
  }

  @Test("plan refuses it for a new guest, and does not look at it for one that is there")
  func planned() async throws {
    let host = SimulatedHost()
    #expect(try await run("debain11", "plan", host: host).status == 1)
    #expect(try await run("debian11", "apply", "--yes", host: host).status == 0)
    let asked = Lock(0)
    let folder = try TemporaryFolder()
    let file = try Self.write("debian11", into: folder)
    let opener = SimulatedOpener(["qemu:///system": host])
    let source = OperatingSystems.Source { names in
      asked.withLock { $0 += 1 }
      return RecordedSystems.catalog(of: names)
    }
    let second = await OperatingSystems.$source.withValue(source) {
      await virtspec("plan", "--detailed-exitcode", file, opener: opener)
    }
    #expect(second.status == 0, "\(second.output)")
    #expect(asked.withLock { $0 } == 0)
  }

  @Test("plan tells defaults and reasons only when asked")
  func verbose() async throws {
    let short = try await run("debian11", "plan")
    #expect(short.output.contains("defaults of its operating system"), "\(short.output)")
    #expect(!short.output.contains("rngs"))
    let long = try await run("debian11", "plan", "-v")
    #expect(long.output.contains("rngs"), "\(long.output)")
    #expect(long.output.contains("Virtio devices, for which Debian 11 has drivers."))
  }

  @Test("emulation is said in every plan, with the reason")
  func emulation() async throws {
    let result = try await run("debian11", "plan", capabilities: "qemu-emulation")
    #expect(result.output.contains("note: QEMU emulates it in software"), "\(result.output)")
  }

  @Test("render --explain has a comment for each default")
  func rendered() async throws {
    let result = try await run("debian11", "render", "--explain")
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.contains("<!-- disks[vda].bus: virtio, since it is the fastest"))
    #expect(result.output.contains("machine=\"q35\""), "\(result.output)")
    let plain = try await run("debian11", "render")
    #expect(!plain.output.contains("since"))
  }

  @Test("explain guest/NAME tells the reasons, and what a guest that is there has of them")
  func explained() async throws {
    let host = SimulatedHost()
    let new = try await run("debian11", "explain", "guest/web-1", host: host)
    #expect(new.status == 0, "\(new.errors)")
    #expect(new.output.contains("os: Debian 11, released on 2021-08-14"), "\(new.output)")
    #expect(new.output.contains("What it gets where its manifest is silent:"))
    #expect(new.output.contains("with KVM, which the host has for x86_64"))
    _ = try await run("debian11", "apply", "--yes", host: host)
    let same = try await run("debian11", "explain", "guest/web-1", host: host)
    #expect(same.output.contains("which is what it would get now"), "\(same.output)")
    let other = try await run("win10", "explain", "guest/web-1", host: host)
    #expect(other.output.contains("disks[].bus"), "\(other.output)")
    #expect(other.output.contains("virtio → sata"), "\(other.output)")
  }

  @Test("explain names the guest that was meant, and takes no manifests for the language")
  func explainMistakes() async throws {
    let result = try await run("debian11", "explain", "guest/web-2")
    #expect(result.status == 1)
    #expect(result.errors.contains("did you mean 'guest/web-1'?"), "\(result.errors)")
    #expect(try await run("debian11", "explain", "guest.cpus").status == 1)
    #expect(try await run("debian11", "explain", "pool/images").status == 1)
  }

  @Test("a host that cannot say what it can do is unknown")
  func unknownHost() async throws {
    let result = try await run("debian11", "plan", capabilities: "qemu-kvm")
    #expect(result.status == 0)
    let broken = SimulatedHost()
    let folder = try TemporaryFolder()
    let file = try Self.write("debian11", into: folder)
    broken.capabilities = RecordedCapabilities(host: "<capabilities>")
    let opener = SimulatedOpener(["qemu:///system": broken])
    let plan = await OperatingSystems.$source.withValue(
      OperatingSystems.Source { RecordedSystems.catalog(of: $0) },
      operation: { await virtspec("plan", file, opener: opener) })
    #expect(plan.status == 1)
    #expect(plan.output.contains("unknown:"), "\(plan.output)")
  }
}
