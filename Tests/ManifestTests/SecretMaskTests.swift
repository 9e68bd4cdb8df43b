import Manifest
import Testing

@Suite("a secret's value that somebody wrote into a manifest is never shown")
struct SecretMaskTests {
  private static let value = "hunter2!Zk9"

  private static func output(_ spec: String, kind: String = "Secret") -> String {
    let text = """
      apiVersion: virtspec/v1
      kind: Host
      metadata: {name: kvm-a}
      spec: {uri: qemu:///system}
      ---
      apiVersion: virtspec/v1
      kind: \(kind)
      metadata: {name: a}
      \(spec)

      """
    var loaded = LoadedManifests()
    ManifestLoader.add(Array(text.utf8), file: "a.yaml", to: &loaded)
    _ = ManifestBuilder.build(&loaded, stack: "shop")
    return DiagnosticText.render(loaded.diagnostics, sources: loaded.sources)
      + DiagnosticJSON.document(loaded.diagnostics).pretty
  }

  @Test(
    "wherever it stands",
    arguments: [
      "spec: {host: kvm-a, usage: {ceph: a}, value: VALUE}",
      "spec:\n  host: kvm-a\n  usage: {ceph: a}\n  value: VALUE",
      "spec:\n  host: kvm-a\n  usage: {ceph: a}\n  value: |\n    first\n    VALUE\n",
      "spec: {host: kvm-a, usage: {ceph: a}, value: {text: VALUE}}",
      "spec: {host: kvm-a, usage: {ceph: a}, value: {VALUE}}",
      "spec: {host: kvm-a, usage: {ceph: a}, value: [VALUE]}",
      "spec: {host: kvm-a, usage: {ceph: a}, value: {env: A, file: B}, password: VALUE}",
      "spec:\n  host: kvm-a\n  usage: {ceph: a}\n  value:\n    env: |\n      VALUE\n      more\n",
      "spec:\n  host: kvm-a\n  usage: {ceph: a, key: VALUE}\n",
      "spec:\n  host: kvm-b\n  usge: {ceph: a}\n  valeu: VALUE",
      "spec: VALUE",
      "spec: {host: kvm-a, usage: {ceph: a}}\ndata: {key: VALUE}",
      "spec: {host: kvm-a, usage: {ceph: a}, value: \"VALUE}",
      "spec:\n  host: kvm-a\n  value: \"VALUE\" more",
      "spec:\n  value: VALUE\n  value: VALUE",
      "spec:\n  value: VALUE: more: VALUE",
      "spec:\n\tvalue: VALUE",
      "pass: &p VALUE\nspec: {host: kvm-a, usage: {ceph: a}, value: *p}",
    ])
  func hidden(_ spec: String) {
    let output = Self.output(spec.replacing("VALUE", with: Self.value))
    #expect(output.contains("error:"), "\(output)")
    #expect(!output.contains(Self.value), "\(output)")
  }

  @Test("and neither when the kind is misspelt")
  func misspelt() {
    let output = Self.output("spec: {value: \(Self.value)}", kind: "Secert")
    #expect(output.contains("did you mean 'Secret'?"))
    #expect(!output.contains(Self.value), "\(output)")
  }

  @Test("other lines are shown, up to where it stands")
  func shown() {
    let output = Self.output("spec:\n  host: kvm-a\n  usage: {cephx: a}\n  value: \(Self.value)")
    #expect(output.contains("  12 |   value: (secret)\n     |          ^\n"), "\(output)")
    #expect(output.contains("11 |   usage: {cephx: (secret)"), "\(output)")
    let other = Self.output("spec: {host: kvm-c, usage: {ceph: a}, value: {env: A}}")
    #expect(
      other.contains("  9 | spec: {host: kvm-c, usage: {ceph: a}, value: {env: A}}"), "\(other)")
  }
}
