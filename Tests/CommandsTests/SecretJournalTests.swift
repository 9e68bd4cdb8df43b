import Foundation
import TestSupport
import Testing

/// Plans that are saved, journals and rollbacks. They share the suite, since they share an environment variable.
extension SecretLeakTests {
  private struct Site: ~Copyable {
    let folder: TemporaryFolder
    let journal: TemporaryFolder
    let host = SimulatedHost()

    init() throws {
      setenv("VIRTSPEC_TEST_LEAK", SecretLeakTests.values[0], 1)
      let folder = try SecretLeakTests.folder()
      let journal = try TemporaryFolder()
      self.folder = folder
      self.journal = journal
    }

    var plan: String { folder.path + "/plan.json" }

    func run(_ arguments: String...) async -> CommandResult {
      let result = await virtspec(
        arguments, opener: SimulatedOpener(["qemu:///system": host]), journal: journal.path)
      SecretLeakTests.expectNone(in: result.output + result.errors, "\(arguments)")
      return result
    }

    /// The site's own manifest: what lies beside it are the values themselves, and the plan.
    var manifest: String { folder.path + "/site.yaml" }

    /// Everything that the journal has, and the saved plan.
    func written() throws -> [String: String] {
      var texts: [String: String] = [:]
      for path in try FileManager.default.subpathsOfDirectory(atPath: journal.path) {
        guard let bytes = FileManager.default.contents(atPath: journal.path + "/" + path) else {
          continue
        }
        texts[path] = String(decoding: bytes, as: UTF8.self)
      }
      if let bytes = FileManager.default.contents(atPath: plan) {
        texts["plan.json"] = String(decoding: bytes, as: UTF8.self)
      }
      return texts
    }

    func values() -> [String?] {
      ["ceph/one", "tls/two", "iscsi/three"].map { host.value(ofSecret: $0) }
    }
  }

  @Test("a saved plan has none, and its run reads them anew and sets them")
  func savedPlan() async throws {
    let site = try Site()
    let saved = await site.run("plan", "-o", site.plan, site.manifest)
    try #require(saved.status == 0, "\(saved.errors)")
    try FileManager.default.moveItem(atPath: site.manifest, toPath: site.manifest + ".gone")
    let applied = await site.run("apply", "--yes", site.plan)
    #expect(applied.status == 0, "\(applied.output)\(applied.errors)")
    #expect(site.values() == Self.values)
    for (path, text) in try site.written() { Self.expectNone(in: text, path) }
    #expect(try site.written().values.contains { $0.contains("setSecretValue") })
    let again = await site.run("apply", "--yes", site.plan)
    #expect(again.status == 1)
    #expect(again.errors.contains("the hosts are not what the plan saw"), "\(again.errors)")
  }

  @Test("a saved plan is refused when a value is another one by now, or cannot be read")
  func otherValue() async throws {
    let site = try Site()
    _ = await site.run("plan", "-o", site.plan, site.manifest)
    setenv("VIRTSPEC_TEST_LEAK", "Zk9-other", 1)
    let other = await site.run("apply", "--yes", site.plan)
    #expect(other.status == 1)
    #expect(
      other.errors.contains("the value of secret/one is another one than the plan was made with"),
      "\(other.errors)")
    #expect(other.errors.contains("nothing was done"))
    #expect(!(other.output + other.errors).contains("Zk9"))
    unsetenv("VIRTSPEC_TEST_LEAK")
    let missing = await site.run("apply", "--yes", site.plan)
    #expect(missing.status == 1)
    #expect(
      missing.errors.contains("environment variable 'VIRTSPEC_TEST_LEAK' is not set"),
      "\(missing.errors)")
    #expect(site.host.snapshot.isEmpty, "\(site.host.snapshot.keys)")
  }

  @Test("a saved plan that leaves a secret alone is refused when its value is another one by now")
  func otherValueOfUnchanged() async throws {
    let site = try Site()
    _ = await site.run("apply", "--yes", site.manifest)
    let manifest = try String(contentsOfFile: site.manifest, encoding: .utf8)
    try site.folder.write(
      manifest.replacing("usage: {tls: two},", with: "usage: {tls: two}, description: new,"),
      to: "site.yaml")
    _ = await site.run("plan", "-o", site.plan, site.manifest)
    setenv("VIRTSPEC_TEST_LEAK", "Zk9-other", 1)
    let other = await site.run("apply", "--yes", site.plan)
    #expect(other.status == 1)
    #expect(other.errors.contains("the value of secret/one is another one"), "\(other.errors)")
    setenv("VIRTSPEC_TEST_LEAK", Self.values[0], 1)
    let applied = await site.run("apply", "--yes", site.plan)
    #expect(applied.status == 0, "\(applied.errors)")
  }

  @Test("a rollback says which values do not come back, and the next run sets those that are gone")
  func rolledBack() async throws {
    let site = try Site()
    _ = await site.run("apply", "--yes", site.manifest)
    setenv("VIRTSPEC_TEST_LEAK", "Zk9-other", 1)
    let changed = await site.run("apply", "--yes", site.manifest)
    #expect(changed.status == 0, "\(changed.errors)")
    let kept = await site.run("rollback", "--yes")
    #expect(
      kept.output.contains("secret/one on kvm-a keeps the value that the run set"),
      "\(kept.output)")
    #expect(site.host.value(ofSecret: "ceph/one") == "Zk9-other")

    setenv("VIRTSPEC_TEST_LEAK", Self.values[0], 1)
    _ = await site.run("apply", "--yes", site.manifest)
    let before = site.host.snapshot.filter { $0.key.hasPrefix("secret/") }
    let destroyed = await site.run("destroy", "--yes", site.manifest)
    #expect(destroyed.status == 0, "\(destroyed.errors)")
    let back = await site.run("rollback", "--yes")
    #expect(back.status == 0, "\(back.output)\(back.errors)")
    #expect(back.output.contains("comes back without its value"), "\(back.output)")
    #expect(site.values() == [nil, nil, nil])
    let set = await site.run("apply", "--yes", site.manifest)
    #expect(set.status == 0, "\(set.output)\(set.errors)")
    #expect(site.values() == Self.values)
    #expect(site.host.snapshot.filter { $0.key.hasPrefix("secret/") } == before)
    for command in [["runs"], ["runs", "--format", "json"]] {
      _ = await virtspec(command, journal: site.journal.path)
    }
    for (path, text) in try site.written() { Self.expectNone(in: text, path) }
  }

  @Test("an import has none, and says where to put them")
  func imported() async throws {
    let site = try Site()
    _ = await site.run("apply", "--yes", site.manifest)
    let imported = await site.run("import", "--host", "qemu:///system", "--stack", "other")
    #expect(imported.status == 0, "\(imported.errors)")
    for text in [
      "metadata: {name: one}", "usage: {ceph: one}", "#   value: {env: ONE}",
      "# It is private: nobody can read its value back.", "# Stack 'shop' owns it",
    ] {
      #expect(imported.output.contains(text), "\(text): \(imported.output)")
    }
    let one = await site.run("import", "--host", "qemu:///system", "secret/tls/two")
    #expect(one.output.contains("usage: {tls: two}"), "\(one.output)\(one.errors)")
    #expect(!one.output.contains("ceph"))
  }
}
