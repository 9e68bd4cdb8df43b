import Model
import Testing

@Suite("Formats of text")
struct FormatTests {
  private static let samples = [
    "", " ", "a", "7", "-", ".", "..", "/", "//", "a b", "a\tb", "a\nb", "a\r\nb", "a\n", "web-1",
    "web_1.x", "-web", ".web", "1web", "é", "wéb", String(repeating: "x", count: 63),
    String(repeating: "x", count: 64), "/srv/images", "/srv/my images", "srv/images", "./a",
    "kvm-a", "kvm-a.example.org", "example.org.", "a..b", "-a.org", "a-.org", "_sip._tcp.org",
    "*.example.org", String(repeating: "abcdefg.", count: 32) + "org", "52:54:00:00:00:02",
    "52:54:00:AA:bb:0c", "53:54:00:00:00:02", "01:00:5e:00:00:01", "52:54:00:00:00",
    "52:54:00:00:00:0g",
    "52-54-00-00-00-02", "52:54:00:00:00:02:03", "5254.0000.0002", "10.20.0.1", "10.20.0.256",
    "10.20.0", "10.20.0.1/24", "10.20.0.1/33", "10.20.0.1/", "fd00::1", "fd00::1/64", "fd00::1/129",
    "::", "::/0", ":::", "::ffff:10.0.0.1", "br0", "a-bridge-of-15c", "a-bridge-of-16ch", "br/0",
    "br:0", "6f2a1f4e-9a0e-4bb6-8f0e-2f5a3f5b7c11", "6F2A1F4E-9A0E-4BB6-8F0E-2F5A3F5B7C11",
    "6f2a1f4e9a0e4bb68f0e2f5a3f5b7c11", "6f2a1f4e-9a0e-4bb6-8f0e-2f5a3f5b7c1g", "644", "0644",
    "0844", "00644", "64", "0-3", "0-3,^2,8", "^2", "0-", "-3", "0-3-5", "0,,1", "0,1,", "^", "a-b",
    "qemu:///system", "qemu+ssh://root@kvm-a/system", "test:///default", "qemu:system", "://x",
    "4qemu:///system", "xen:/", "qemu:///sys tem", "vpx://u@h/dc/c?no_verify=1",
    "$IP", "$IP[0]", "$PORT[@1]", "$", "$IP[", "$IP[]", "$a b", "22", "0x16", "0x", "0xg",
    "4294967295",
    "42949672950", "255.255.255.0", "255.0.255.0", "24", "129", "ffff::", "ff:ff:ff:00:00:00",
  ]

  /// Swift's reading of the pattern; a whole match, as the anchors of ECMA 262 mean it.
  private func matches(_ text: String, _ pattern: String) throws -> Bool {
    let regex = try Regex(pattern).matchingSemantics(.unicodeScalar)
    return try regex.wholeMatch(in: text) != nil
  }

  @Test(
    "the schema's pattern accepts whatever the reader accepts", arguments: Format.allCases)
  func patternAcceptsNoLess(_ format: Format) throws {
    guard let pattern = format.pattern else {
      #expect(Self.samples.allSatisfy(format.accepts))
      return
    }
    for sample in Self.samples where format.accepts(sample) {
      #expect(try matches(sample, pattern), "\(format): \(sample.debugDescription)")
    }
  }

  @Test(
    "patterns that can tell exactly accept no more, either",
    arguments: [
      .line, .name, .path, .host, .mac, .device, .uuid, .mode, .cpuSet, .uri, .pciAddress, .usbID,
      .usbAddress, .filterMAC, .filterMask, .versionRange,
    ]
      as [Format])
  func patternAcceptsNoMore(_ format: Format) throws {
    let pattern = try #require(format.pattern)
    for sample in Self.samples where !format.accepts(sample) {
      #expect(try !matches(sample, pattern), "\(format): \(sample.debugDescription)")
    }
  }

  @Test("every format that refuses something says what it expects", arguments: Format.allCases)
  func expectation(_ format: Format) {
    #expect((format.expectation == nil) == Self.samples.allSatisfy(format.accepts))
  }

  @Test(
    "each format takes what it is for",
    arguments: [
      (.text, ["", "a\nb"], []), (.line, ["a b"], ["", "a\nb", "a\r"]),
      (.name, ["web-1", "7", "a.b_c"], ["", "-web", "a b", "é"]),
      (.path, ["/", "/a b"], ["a", ""]),
      (.host, ["kvm-a.example.org", "fd00::1", "10.0.0.1"], ["", "a b", "a/b"]),
      (.mac, ["52:54:00:00:00:02", "FE:54:00:00:00:02"], ["01:54:00:00:00:02", "52:54:00:00:02"]),
      (.address, ["10.0.0.1", "::1"], ["10.0.0.1/8", "host"]),
      (.cidr, ["10.0.0.1/8", "::1/128"], ["10.0.0.1", "10.0.0.1/33"]),
      (.domain, ["example.org", "example.org.", "_sip._tcp"], ["", "a..b", "-a", "a b"]),
      (.device, ["br0", "vlan.10"], ["", "a b", "br/0", "longer-than-fifteen"]),
      (.uuid, ["6f2a1f4e-9a0e-4bb6-8f0e-2f5a3f5b7c11"], ["6f2a1f4e", ""]),
      (.mode, ["644", "0711"], ["99", "0888", "07777"]), (.cpuSet, ["0-3,^2,8"], ["", "a", "0-"]),
      (.uri, ["qemu:///system", "xen:///"], ["kvm-a", "qemu:system", ""]),
      (.pciAddress, ["0000:3b:00.0", "3b:1F.7"], ["3b:00", "3b:20.0", "3b:00.8", "0:3b:00.0"]),
      (.usbID, ["1d6b:0002"], ["1d6b", "1d6b:2", "1d6b:000g"]),
      (.usbAddress, ["1:4", "001:004"], ["1", "1:", "1:1234", "a:1"]),
      (.filterNumber, ["22", "0x16", "$PORT", "$PORT[@1]"], ["", "-1", "0x", "22a", "$", "$P[]"]),
      (.filterMAC, ["52:54:00:00:00:02", "ff:ff:ff:00:00:00", "$MAC"], ["52:54:00", "", "MAC"]),
      (.filterAddress, ["10.0.0.1", "fd00::1", "$IP[0]"], ["10.0.0.1/8", "", "$a b"]),
      (
        .filterMask, ["24", "128", "255.255.0.0", "0.0.0.0", "$M"],
        ["129", "ffff::", "255.0.255.0", "x"]
      ),
      (
        .versionRange, [">=9.0", "9", "<11.2.1", "=9.0.0"], ["", ">=", "9.", "~9", "9.0.0.0", "v9"]
      ),
    ] as [(Format, [String], [String])])
  func examples(_ format: Format, _ right: [String], _ wrong: [String]) {
    for text in right { #expect(format.accepts(text), "\(text)") }
    for text in wrong { #expect(!format.accepts(text), "\(text)") }
  }
}
