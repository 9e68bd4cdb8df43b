import Testing

@Suite("Sources of pools")
struct PoolSourceCheckTests {
  private func pool(_ spec: String) -> [String] {
    complaints(Sample.host + Sample.document("Pool", "images", "host: kvm-a, " + spec))
  }

  @Test(
    "every type has its fields",
    arguments: [
      "type: dir, path: /a", "type: fs, path: /a, source: {devices: [/dev/sdb1]}",
      "type: netfs, path: /a, source: {hosts: [nas], directory: /export}",
      "type: logical, source: {name: vg0}",
      "type: iscsi, path: /dev/disk/by-path, source: {hosts: [nas], devices: ['iqn.a:b']}",
      "type: rbd, source: {hosts: [mon], name: vms}",
    ])
  func complete(_ spec: String) {
    #expect(pool(spec) == [])
  }

  @Test("what a type lacks is said at once", arguments: ["dir", "fs", "netfs", "iscsi"])
  func missing(_ type: String) {
    #expect(pool("type: \(type)") == ["missing-field: {host: kvm-a, type: \(type)}"])
  }

  @Test("what the source lacks is said at the source", arguments: ["logical", "rbd"])
  func missingInSource(_ type: String) {
    #expect(
      pool("type: \(type), source: {format: x}") == ["missing-field: {format: x}"])
  }

  @Test("a pool that exists already needs no source")
  func external() {
    #expect(pool("type: netfs, external: true") == [])
    #expect(pool("external: true") == [])
  }

  @Test("nothing is concluded from a path that could not be read")
  func consequences() {
    #expect(pool("type: dir, path: srv") == ["wrong-format: srv"])
    #expect(pool("type: dir, pth: /srv") == ["unknown-field: pth: /srv"])
  }
}
