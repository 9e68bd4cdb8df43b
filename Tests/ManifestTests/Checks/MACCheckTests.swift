import Testing

@Suite("MAC addresses")
struct MACCheckTests {
  private func interface(_ mac: String) -> String {
    "interfaces: [{type: user, mac: \(mac)}]"
  }

  @Test("two guests of a host with one address are refused, in any case of letters")
  func duplicate() {
    #expect(
      complaints(
        Sample.host + Sample.guest(interface("52:54:00:00:00:aa"))
          + Sample.guest(interface("52:54:00:00:00:AA"), name: "web-2"))
        == ["duplicate-mac: 52:54:00:00:00:AA <- 52:54:00:00:00:aa"])
  }

  @Test("different addresses are fine, without quotes, too")
  func different() {
    #expect(
      complaints(
        Sample.host + Sample.guest(interface("52:54:00:00:00:02"))
          + Sample.guest(interface("52:54:00:00:00:03"), name: "web-2")) == [])
  }

  @Test("two hosts may have guests of one address")
  func otherHost() {
    let spec = "hosts: {matchLabels: {site: ams}}, " + interface("52:54:00:00:00:02")
    #expect(
      complaints(Sample.host + Sample.otherHost + Sample.document("Guest", "web-1", spec)) == [])
  }

  @Test("two interfaces of one guest with one address are refused once")
  func withinGuest() {
    let twice = "{type: user, mac: 52:54:00:00:00:aa}, {type: user, mac: 52:54:00:00:00:AA}"
    #expect(
      complaints(Sample.host + Sample.guest("interfaces: [\(twice)]"))
        == ["duplicate-item: 52:54:00:00:00:AA <- 52:54:00:00:00:aa"])
  }
}
