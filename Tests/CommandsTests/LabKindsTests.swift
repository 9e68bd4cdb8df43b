import Foundation
import Testing

/// Network filters and secrets on the real daemon, through saved plans and back.
extension LabTests {
  private static let value = "Zk9-lab-value"

  private static func site(port: Int) -> String {
    """
    apiVersion: virtspec/v1
    kind: Stack
    metadata: {name: kinds}
    ---
    apiVersion: virtspec/v1
    kind: Host
    metadata: {name: lab}
    spec: {uri: "qemu:///system"}
    ---
    apiVersion: virtspec/v1
    kind: NetworkFilter
    metadata: {name: kinds-in}
    spec:
      host: lab
      filters: [clean-traffic, kinds-base]
      rules: [{action: drop, direction: out, tcp: {destinationPort: \(port)}}]
    ---
    apiVersion: virtspec/v1
    kind: NetworkFilter
    metadata: {name: kinds-base}
    spec: {host: lab, rules: [{action: accept, direction: inout, icmp: {}}]}
    ---
    apiVersion: virtspec/v1
    kind: Secret
    metadata: {name: ceph}
    spec: {host: lab, usage: {ceph: kinds}, private: true, value: {file: key}}
    ---
    apiVersion: virtspec/v1
    kind: Secret
    metadata: {name: tls}
    spec: {host: lab, usage: {tls: kinds}, value: {file: key}}

    """
  }

  @Test("filters and secrets: made by a saved plan, destroyed, laid back and given values again")
  func kindsThereAndBack() async throws {
    let folder = try TemporaryFolder(["site.yaml": Self.site(port: 25), "key": Self.value + "\n"])
    let journal = try TemporaryFolder()
    let path = folder.path + "/site.yaml"
    let plan = folder.path + "/plan.json"
    func run(_ arguments: String...) async -> CommandResult {
      let result = await virtspec(arguments, opener: Lab.Opener(), journal: journal.path)
      #expect(!(result.output + result.errors).contains(Self.value))
      return result
    }
    func filters() throws -> [String] {
      try ["kinds-in", "kinds-base"].map { try Lab.virsh("nwfilter-dumpxml", $0) }
    }
    let saved = await run("plan", "-o", plan, path)
    #expect(saved.status == 0, "\(saved.errors)")
    try folder.write("another\n", to: "key")
    let refused = await run("apply", "--yes", plan)
    #expect(refused.errors.contains("is another one than the plan was made with"))
    try folder.write(Self.value + "\n", to: "key")
    let applied = await run("apply", "--yes", plan)
    #expect(applied.status == 0, "\(applied.errors)")
    let before = try filters()

    try folder.write(Self.site(port: 26), to: "site.yaml")
    let changed = await run("apply", "--yes", path)
    #expect(changed.status == 0, "\(changed.errors)")
    #expect(try filters() != before)
    let back = await run("rollback", "--yes")
    #expect(back.status == 0, "\(back.errors)")
    #expect(try filters() == before)

    let destroyed = await run("destroy", "--yes", path)
    #expect(destroyed.status == 0, "\(destroyed.errors)")
    let restored = await run("rollback", "--yes")
    #expect(restored.status == 0, "\(restored.errors)")
    #expect(restored.output.contains("secret/tls on lab comes back without its value"))
    #expect(try filters() == before)

    try folder.write(Self.site(port: 25), to: "site.yaml")
    let again = await run("plan", path)
    for name in ["ceph", "tls"] { #expect(again.output.contains("secret/\(name)")) }
    #expect(again.output.contains("0 to create, 2 to change, 0 to remove"), "\(again.output)")
    let set = await run("apply", "--yes", path)
    #expect(set.status == 0, "\(set.errors)")
    let second = await run("plan", "--detailed-exitcode", path)
    #expect(second.status == 0, "\(second.output)")
    for file in try FileManager.default.subpathsOfDirectory(atPath: journal.path) {
      let bytes = FileManager.default.contents(atPath: journal.path + "/" + file) ?? Data()
      #expect(!String(decoding: bytes, as: UTF8.self).contains(Self.value), "\(file)")
    }
    let gone = await run("destroy", "--yes", path)
    #expect(gone.status == 0, "\(gone.errors)")
    #expect(try !Lab.virsh("secret-list").contains("kinds"))
  }
}
