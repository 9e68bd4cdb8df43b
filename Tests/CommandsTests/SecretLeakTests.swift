import Execution
import Foundation
import Model
import Planning
import TestSupport
import Testing

@Suite("the values of secrets", .serialized)
struct SecretLeakTests {
  static let values = ["Zk9-env-value", "Zk9-file-value", "Zk9-command-value"]

  static func folder(command: String = "[cat, command.key]") throws -> TemporaryFolder {
    try TemporaryFolder([
      "site.yaml": """
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
      kind: Secret
      metadata: {name: one}
      spec: {host: kvm-a, usage: {ceph: one}, value: {env: VIRTSPEC_TEST_LEAK}}
      ---
      apiVersion: virtspec/v1
      kind: Secret
      metadata: {name: two}
      spec: {host: kvm-a, usage: {tls: two}, private: true, value: {file: file.key, encoding: base64}}
      ---
      apiVersion: virtspec/v1
      kind: Secret
      metadata: {name: three}
      spec: {host: kvm-a, usage: {iscsi: three}, value: {command: \(command)}}

      """,
      "file.key": Data(values[1].utf8).base64EncodedString() + "\n",
      "command.key": values[2] + "\n",
    ])
  }

  static func expectNone(in text: String, _ what: String) {
    for value in values {
      let spellings = [
        value, Data(value.utf8).base64EncodedString(), "\(Array(value.utf8))",
        Digest.sha256(value),
      ]
      for spelling in spellings { #expect(!text.contains(spelling), "\(what): \(text)") }
    }
  }

  @Test("stand in no output, log, error, ledger or metadata")
  func noOutput() async throws {
    setenv("VIRTSPEC_TEST_LEAK", Self.values[0], 1)
    let folder = try Self.folder()
    let host = SimulatedHost()
    let opener = SimulatedOpener(["qemu:///system": host])
    let commands: [[String]] = [
      ["validate"], ["render"], ["plan"], ["plan", "--format", "json"], ["drift"],
      ["drift", "--format", "json"], ["apply", "--yes", "-v"], ["plan", "-v"],
      ["status", "--unmanaged"], ["status", "--format", "json"],
    ]
    func runAll(_ what: String) async {
      for command in commands {
        let result = await virtspec(command + [folder.path], opener: opener)
        Self.expectNone(in: result.output + result.errors, "\(what): \(command)")
      }
      Self.expectNone(in: "\(host.snapshot)", "\(what): the host's objects and ledgers")
    }
    await runAll("create")
    #expect(host.value(ofSecret: "ceph/one") == Self.values[0])
    #expect(host.value(ofSecret: "tls/two") == Self.values[1])
    #expect(host.value(ofSecret: "iscsi/three") == Self.values[2])
    let second = await virtspec("plan", "--detailed-exitcode", folder.path, opener: opener)
    #expect(second.status == 0, "\(second.output)\(second.errors)")
    setenv("VIRTSPEC_TEST_LEAK", "Zk9-changed", 1)
    let changed = await virtspec("plan", folder.path, opener: opener)
    #expect(changed.output.contains("(secret) → (secret)"), "\(changed.output)")
    #expect(!changed.output.contains("Zk9"))
    setenv("VIRTSPEC_TEST_LEAK", Self.values[0], 1)
    await runAll("nothing to do")
    let destroyed = await virtspec("destroy", "--yes", folder.path, opener: opener)
    #expect(destroyed.status == 0, "\(destroyed.errors)")
    Self.expectNone(in: destroyed.output + destroyed.errors, "destroy")
    #expect(host.snapshot.isEmpty, "\(host.snapshot.keys)")
  }

  @Test("are not in what describes an operation, however it is described")
  func descriptions() {
    let value = SecretValue(Array(Self.values[0].utf8))
    let operation = Planning.Operation.setSecretValue(
      SecretAssignment(uuid: "u", digest: SecretDigest(of: value, salt: "s"), value: value))
    var dumped = ""
    dump(operation, to: &dumped)
    let texts = ["\(operation)", String(reflecting: operation), dumped, "\(value)"]
    for text in texts {
      Self.expectNone(in: text, "description")
      #expect(text.contains("(secret)"), "\(text)")
    }
  }

  @Test("that cannot be read are an error at their place, and a command is not run to validate")
  func unreadable() async throws {
    unsetenv("VIRTSPEC_TEST_LEAK")
    let folder = try Self.folder(command: "[/bin/sh, -c, \"cat command.key; touch ran; exit 3\"]")
    try FileManager.default.removeItem(atPath: folder.path + "/file.key")
    let opener = SimulatedOpener(["qemu:///system": SimulatedHost()])
    let valid = await virtspec("validate", folder.path)
    #expect(valid.status == 0, "\(valid.errors)")
    #expect(!FileManager.default.fileExists(atPath: folder.path + "/ran"))
    for command in [["plan"], ["apply", "--yes"]] {
      let result = await virtspec(command + [folder.path], opener: opener)
      #expect(result.status == 1)
      let expected = [
        "site.yaml:13:54: error: the value of secret/one cannot be read: environment variable "
          + "'VIRTSPEC_TEST_LEAK' is not set",
        "site.yaml:18:69: error: the value of secret/two cannot be read: file ",
        "site.yaml:23:61: error: the value of secret/three cannot be read: command '/bin/sh' ended "
          + "with status 3",
      ]
      for text in expected { #expect(result.errors.contains(text), "\(result.errors)") }
      #expect(!(result.output + result.errors).contains(Self.values[2]))
    }
    // Where nothing is wanted, no value is.
    let destroyed = await virtspec("destroy", "--yes", folder.path, opener: opener)
    #expect(destroyed.status == 0, "\(destroyed.errors)")
    let other = await virtspec("plan", "--target", "secret/none", folder.path, opener: opener)
    #expect(other.errors.contains("no manifest declares secret/none"), "\(other.errors)")
  }
}
