import Testing

@Suite("References of volumes")
struct VolumeReferenceCheckTests {
  private func volumes(_ specs: (name: String, spec: String)...) -> [String] {
    complaints(
      Sample.host + Sample.pool
        + specs.map { Sample.volume($0.name, $0.spec) }.joined())
  }

  @Test("a volume lies in a declared pool")
  func pool() {
    let volume = Sample.document("Volume", "data", "host: kvm-a, pool: images, capacity: 1GiB")
    #expect(complaints(Sample.host + volume) == ["unknown-reference: images"])
    #expect(complaints(Sample.host + Sample.pool + volume) == [])
  }

  @Test("a volume has a capacity, or a backing volume to take it from, or exists already")
  func capacity() {
    #expect(
      volumes(("a", "format: raw")) == [
        "missing-field: {host: kvm-a, pool: images, format: raw}"
      ])
    #expect(volumes(("a", "capacity: 1GiB")) == [])
    #expect(volumes(("a", "backing: {path: /a.img, format: raw}")) == [])
    #expect(volumes(("a", "external: true")) == [])
    #expect(volumes(("a", "capacity: 20")) == ["missing-unit: 20"])
  }

  @Test("a backing volume is declared, by its manifest's name or its own")
  func backing() {
    #expect(volumes(("a", "backing: base")) == ["unknown-reference: base"])
    let base = "capacity: 1GiB, fileName: base.qcow2"
    #expect(volumes(("a", "backing: base"), ("base", base)) == [])
    #expect(volumes(("a", "backing: base.qcow2"), ("base", base)) == [])
  }

  @Test("a backing volume in a pool that is not declared is refused at the pool")
  func backingPool() {
    #expect(
      volumes(("a", "backing: {volume: base, pool: nowhere}"), ("base", "capacity: 1GiB"))
        == ["unknown-reference: nowhere"])
  }

  @Test("a volume over itself is refused")
  func itself() {
    #expect(volumes(("a", "backing: a")) == ["backing-cycle: a"])
  }

  @Test("a cycle is refused once, with every volume in it, and not for those that lead to it")
  func cycle() {
    #expect(
      volumes(("top", "backing: a"), ("a", "backing: b"), ("b", "backing: c"), ("c", "backing: a"))
        == ["backing-cycle: b <- c <- a"])
  }

  @Test("a chain of volumes is fine")
  func chain() {
    #expect(volumes(("a", "backing: b"), ("b", "backing: c"), ("c", "capacity: 1GiB")) == [])
  }
}
