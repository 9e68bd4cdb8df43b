import Model
import Testing

@Suite("Values that mean the same")
struct EquivalenceTests {
  @Test("exact values are the same only when they are equal")
  func exact() {
    #expect(Equivalence.exact.holds("a", "a"))
    #expect(!Equivalence.exact.holds("a", "A"))
    #expect(!Equivalence.exact.holds(1, "1"))
    #expect(!Equivalence.exact.holds(true, "true"))
  }

  @Test("case does not matter where it says so")
  func caseInsensitive() {
    #expect(Equivalence.caseInsensitive.holds("52:54:00:AA:BB:CC", "52:54:00:aa:bb:cc"))
    #expect(!Equivalence.caseInsensitive.holds("52:54:00:AA:BB:CC", "52:54:00:aa:bb:cd"))
  }

  @Test("a machine alias is any version of its family")
  func machineType() {
    #expect(Equivalence.machineType.holds("q35", "pc-q35-7.2"))
    #expect(Equivalence.machineType.holds("pc", "pc-i440fx-7.2"))
    #expect(Equivalence.machineType.holds("virt", "virt-7.2"))
    #expect(!Equivalence.machineType.holds("q35", "pc-i440fx-7.2"))
    #expect(!Equivalence.machineType.holds("pc-q35-7.2", "pc-q35-8.0"))
    #expect(!Equivalence.machineType.holds("microvm", "microvm-1"))
  }

  @Test(
    "addresses of devices are the same in either case, with or without what goes without saying")
  func deviceAddresses() {
    #expect(Equivalence.pciAddress.holds("3B:00.0", "0000:3b:00.0"))
    #expect(!Equivalence.pciAddress.holds("0001:3b:00.0", "3b:00.0"))
    #expect(Equivalence.usbAddress.holds("001:004", "1:4"))
    #expect(!Equivalence.usbAddress.holds("1:4", "4:1"))
  }

  @Test("sizes of memory are the same when they round up to the same KiB")
  func kibibytes() {
    #expect(Equivalence.kibibytes.holds(1025, 2048))
    #expect(Equivalence.kibibytes.holds(.integer(500_000_000), .integer(488_282 * 1024)))
    #expect(!Equivalence.kibibytes.holds(1024, 1025))
    #expect(!Equivalence.kibibytes.holds(1024, 2048))
  }

  @Test("an automatic port is any port, but no port is automatic")
  func automaticPort() {
    #expect(Equivalence.automaticPort.holds(-1, 5901))
    #expect(!Equivalence.automaticPort.holds(5901, -1))
    #expect(!Equivalence.automaticPort.holds(5900, 5901))
  }

  @Test("addresses and subnets are the same in every spelling")
  func address() {
    #expect(Equivalence.address.holds("fd00::1", "FD00:0:0::1"))
    #expect(Equivalence.address.holds("fd00::1/64", "fd00:0::1/64"))
    #expect(!Equivalence.address.holds("fd00::1/64", "fd00::1/48"))
    #expect(!Equivalence.address.holds("10.0.0.1", "10.0.0.2"))
    #expect(!Equivalence.address.holds("10.0.0.1", "10.0.0.1/32"))
    #expect(!Equivalence.address.holds("a", "b"))
  }

  @Test("file modes are the same with and without a leading zero")
  func octal() {
    #expect(Equivalence.octal.holds("644", "0644"))
    #expect(!Equivalence.octal.holds("644", "0640"))
    #expect(!Equivalence.octal.holds("888", "0888"))
  }

  @Test("paths are the same with repeated and trailing slashes")
  func path() {
    #expect(Equivalence.path.holds("/srv/images/", "/srv//images"))
    #expect(!Equivalence.path.holds("/srv/images", "/srv/image"))
    #expect(!Equivalence.path.holds("/srv/images", "/srv/images/a"))
  }

  @Test("sets of processors are the same when they have the same members")
  func cpuSet() {
    #expect(Equivalence.cpuSet.holds("0-3", "0,1,2,3"))
    #expect(Equivalence.cpuSet.holds("0-3,^2,8", "8,0-1,3"))
    #expect(!Equivalence.cpuSet.holds("0-3", "0-2"))
    #expect(!Equivalence.cpuSet.holds("x", "y"))
    #expect(!Equivalence.cpuSet.holds("3-0", "0-3"))
    #expect(!Equivalence.cpuSet.holds("0-99999999999", "0-9999999999"))
  }

  @Test("a host may give more than was asked, but not less")
  func atLeast() {
    #expect(Equivalence.atLeast.holds(1000, 4096))
    #expect(Equivalence.atLeast.holds(1000, 1000))
    #expect(!Equivalence.atLeast.holds(4096, 1000))
  }

  @Test("no sense lets values of different types be the same", arguments: Equivalence.allCases)
  func types(_ equivalence: Equivalence) {
    #expect(!equivalence.holds("1", 1))
    #expect(!equivalence.holds(true, "true"))
    #expect(!equivalence.holds(["a"], "a"))
  }

  @Test("nothing is the same only as nothing")
  func absence() {
    let field = Field("mac", .text(.mac), equivalence: .caseInsensitive, doc: "A MAC.")
    #expect(field.same(nil, nil))
    #expect(!field.same("a", nil))
    #expect(!field.same(nil, "a"))
    #expect(field.same("a", "A"))
  }
}

@Suite("Items of lists")
struct IdentityOfItemsTests {
  private let table = Table(
    "thing", doc: "A thing.",
    [
      Field("type", .text(.line), implied: "serial", doc: "Its type."),
      Field("port", .integer(0...9), doc: "Its port."),
      Field("mac", .text(.mac), equivalence: .caseInsensitive, doc: "Its address."),
    ])

  private func identifies(
    _ observed: Record, _ declared: Record, complete: Bool, _ key: [String] = ["type", "port"]
  ) -> Bool {
    Field(
      "things", .list(.record(table, shorthand: nil), key: key), complete: complete, doc: "Some."
    )
    .identifies(observed, as: declared, by: key, in: table)
  }

  @Test("an item is known by its key fields, implied values included")
  func key() {
    let observed = Record([("type", "serial"), ("port", 1)])
    #expect(identifies(observed, Record([("port", 1)]), complete: true))
    #expect(!identifies(observed, Record([("port", 2)]), complete: true))
    #expect(!identifies(observed, Record([("type", "virtio"), ("port", 1)]), complete: true))
    #expect(!identifies(observed, Record([("type", "serial")]), complete: true))
  }

  @Test("where libvirt adds items, a key field that is left out matches anything")
  func incomplete() {
    let observed = Record([("type", "serial"), ("port", 1)])
    #expect(identifies(observed, Record([("type", "serial")]), complete: false))
    #expect(!identifies(observed, Record([("port", 2)]), complete: false))
  }

  @Test("key fields are compared by what they mean")
  func meaning() {
    #expect(
      identifies(
        Record([("mac", "52:54:00:aa:00:00")]), Record([("mac", "52:54:00:AA:00:00")]),
        complete: true, ["mac"]))
  }
}
