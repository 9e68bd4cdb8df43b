import Testing

@Suite("Disks on other machines")
struct NetworkDiskCheckTests {
  private func disk(_ fields: String) -> [String] {
    complaints(Sample.host + Sample.guest("disks: [{name: vda, \(fields)}]"))
  }

  @Test("a disk on another machine is a source")
  func source() {
    #expect(disk("network: {protocol: rbd, name: pool/image}") == [])
    #expect(disk("network: {protocol: nbd, hosts: [nas]}") == [])
    #expect(disk("network: {protocol: nbd, hosts: [{socket: /run/nbd}]}") == [])
  }

  @Test("a protocol has its own fields, and no others")
  func foreignFields() {
    #expect(
      disk("network: {protocol: nbd, hosts: [nas], snapshot: old}") == ["conflicting-fields: old"])
    #expect(
      disk("network: {protocol: rbd, name: a/b, tls: true}") == ["conflicting-fields: true"])
    #expect(disk("network: {protocol: https, name: a, hosts: [nas], query: a=b}") == [])
  }

  @Test("most protocols need a name and one machine")
  func completeness() {
    #expect(disk("network: {protocol: rbd}") == ["missing-field: {protocol: rbd}"])
    #expect(
      disk("network: {protocol: iscsi, name: a/1}") == [
        "missing-field: {protocol: iscsi, name: a/1}"
      ])
    #expect(
      disk("network: {protocol: https, name: a, hosts: [b, c]}") == ["over-limit: [b, c]"])
    #expect(disk("network: {protocol: gluster, name: a, hosts: [b, c]}") == [])
  }

  @Test("who QEMU is matters to rbd and iscsi, not to other protocols or to files")
  func auth() {
    let auth = "auth: {username: admin, secret: ceph-admin}"
    #expect(disk("network: {protocol: rbd, name: a/b}, \(auth)") == [])
    #expect(
      disk("network: {protocol: nbd, hosts: [nas]}, \(auth)")
        == ["conflicting-fields: {username: admin, secret: ceph-admin}"])
    #expect(disk("file: /a, \(auth)").map { $0.prefix(18) } == ["conflicting-fields"])
  }

  @Test("nothing is concluded from what could not be read")
  func consequences() {
    #expect(disk("network: {protocol: iscsi, name: a/1, hosts: [5]}") == [])
    #expect(disk("network: {protocol: iscsi, name: a/1, hosts: nas}") == ["wrong-type: nas"])
    #expect(disk("network: {protocol: carrier-pigeon}") == ["wrong-choice: carrier-pigeon"])
  }

  @Test("two guests that write to one disk on another machine destroy it")
  func shared() {
    let disks = "disks: [{name: vda, network: {protocol: rbd, name: pool/image}}]"
    let text = Sample.host + Sample.guest(disks) + Sample.guest(disks, name: "web-2")
    #expect(complaints(text).map { $0.prefix(11) } == ["shared-disk"])
  }
}
