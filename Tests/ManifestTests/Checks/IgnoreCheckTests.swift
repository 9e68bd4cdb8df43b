import Testing

@Suite("Ignored fields")
struct IgnoreCheckTests {
  @Test("A path that names no field is refused")
  func unknownField() {
    let guest = Sample.guest("memory: 1GiB, lifecycle: {ignore: [memory.sise, disks.cash]}")
    #expect(
      complaints(Sample.host + guest) == [
        "unknown-field: memory.sise", "unknown-field: disks.cash",
      ])
  }

  @Test("Paths into records, lists and whole lists are taken")
  func knownFields() {
    let guest = Sample.guest(
      "memory: 1GiB, lifecycle: {ignore: [memory.size, 'disks[vda].cache', 'disks[].io', interfaces]}"
    )
    #expect(complaints(Sample.host + guest) == [])
  }
}
