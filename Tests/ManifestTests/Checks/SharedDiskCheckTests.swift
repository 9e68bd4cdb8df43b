import Testing

@Suite("Disks of several guests")
struct SharedDiskCheckTests {
  private func pair(_ first: String, _ second: String) -> [String] {
    complaints(
      Sample.host + Sample.pool + Sample.volume("data", "capacity: 1GiB, fileName: data.qcow2")
        + Sample.guest("disks: [{\(first)}]") + Sample.guest("disks: [{\(second)}]", name: "web-2"))
  }

  @Test("one file, device or volume for two guests is refused")
  func shared() {
    for source in ["file: /a", "block: /dev/sdb", "pool: images, volume: data"] {
      #expect(
        pair("name: vda, \(source)", "name: vdb, \(source)")
          == ["shared-disk: {name: vdb, \(source)} <- {name: vda, \(source)}"])
    }
  }

  @Test("a volume is the same by its own name and by its manifest's")
  func names() {
    #expect(
      pair("name: vda, pool: images, volume: data", "name: vda, pool: images, volume: data.qcow2")
        .count == 1)
  }

  @Test("what both share or only read is fine", arguments: ["shareable: true", "readOnly: true"])
  func agreed(_ field: String) {
    #expect(pair("name: vda, file: /a, \(field)", "name: vda, file: /a, \(field)") == [])
    // One that says so is not enough: the other still writes.
    #expect(pair("name: vda, file: /a, \(field)", "name: vda, file: /a").count == 1)
    #expect(pair("name: vda, file: /a", "name: vda, file: /a, \(field)").count == 1)
  }

  @Test("drives may hold the same medium, and different files are different")
  func different() {
    let drive = "name: sda, device: cdrom, bus: sata, file: /a.iso"
    #expect(pair(drive, drive) == [])
    #expect(pair("name: vda, file: /a", "name: vda, file: /b") == [])
    #expect(
      pair("name: vda, pool: images, size: 1GiB", "name: vda, pool: images, size: 1GiB") == [])
  }

  @Test("a guest cannot have one file twice, either")
  func withinGuest() {
    #expect(
      complaints(
        Sample.host + Sample.guest("disks: [{name: vda, file: /a}, {name: vdb, file: /a}]"))
        == ["shared-disk: {name: vdb, file: /a} <- {name: vda, file: /a}"])
  }

  @Test("each host has files of its own")
  func otherHost() {
    let spec = "hosts: {matchLabels: {site: ams}}, disks: [{name: vda, file: /a}]"
    #expect(
      complaints(Sample.host + Sample.otherHost + Sample.document("Guest", "web-1", spec)) == [])
  }
}
