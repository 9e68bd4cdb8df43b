import Testing

@Suite("Disks")
struct DiskCheckTests {
  private func disk(_ fields: String, _ others: String = "") -> [String] {
    complaints(
      Sample.host + Sample.pool + others + Sample.guest("disks: [{name: vda, \(fields)}]"))
  }

  @Test("a disk has a source")
  func source() {
    #expect(disk("bus: virtio") == ["missing-source: {name: vda, bus: virtio}"])
    #expect(disk("pool: images") == ["missing-source: {name: vda, pool: images}"])
  }

  @Test(
    "a new volume, a file and a device are sources",
    arguments: ["pool: images, size: 1GiB", "file: /srv/a.img", "block: /dev/sdb"])
  func sources(_ fields: String) {
    #expect(disk(fields) == [])
  }

  @Test("a drive may be empty", arguments: ["cdrom", "floppy"])
  func empty(_ device: String) {
    #expect(disk("device: \(device)") == [])
  }

  @Test("an empty LUN is no drive")
  func lun() {
    #expect(disk("device: lun") == ["missing-source: {name: vda, device: lun}"])
  }

  @Test("a size, a volume and a backing volume need a pool, which is said once")
  func pool() {
    #expect(disk("size: 1GiB") == ["missing-field: 1GiB"])
    #expect(disk("volume: data") == ["missing-field: data"])
    #expect(disk("size: 1GiB, backing: base") == ["missing-field: 1GiB"])
  }

  @Test("the pool, the volume and the backing volume are declared")
  func references() {
    #expect(disk("pool: nowhere, size: 1GiB") == ["unknown-reference: nowhere"])
    #expect(disk("pool: images, volume: data") == ["unknown-reference: data"])
    #expect(disk("pool: images, size: 1GiB, backing: base") == ["unknown-reference: base"])
    let base = Sample.volume("base", "capacity: 1GiB, fileName: base.qcow2")
    #expect(disk("pool: images, volume: base", base) == [])
    #expect(disk("pool: images, volume: base.qcow2", base) == [])
    #expect(disk("pool: images, size: 1GiB, backing: base", base) == [])
  }

  @Test("a volume of another pool does not count")
  func otherPool() {
    let other =
      Sample.document("Pool", "fast", "host: kvm-a, type: dir, path: /srv/fast")
      + Sample.document("Volume", "data", "host: kvm-a, pool: fast, capacity: 1GiB")
    #expect(disk("pool: images, volume: data", other) == ["unknown-reference: data"])
    #expect(disk("pool: fast, volume: data", other) == [])
  }

  @Test("what exists already may be referred to when it is declared as external")
  func external() {
    let pool = Sample.document("Pool", "old", "host: kvm-a, external: true")
    let volume = Sample.document("Volume", "data", "host: kvm-a, pool: old, external: true")
    #expect(disk("pool: old, volume: data", pool + volume) == [])
  }

  @Test("a volume that is named has its size and its backing from its own manifest")
  func conflicts() {
    let data = Sample.volume("data", "capacity: 1GiB") + Sample.volume("base", "capacity: 1GiB")
    #expect(disk("pool: images, volume: data, size: 1GiB", data) == ["conflicting-fields: 1GiB"])
    #expect(disk("pool: images, volume: data, backing: base", data) == ["conflicting-fields: base"])
  }

  @Test(
    "nothing is concluded from a source that could not be read",
    arguments: ["file: a.img", "pool: images, size: 20", "pool: my pool, size: 1GiB"])
  func consequences(_ fields: String) {
    #expect(disk(fields).count == 1)
  }
}
