import Testing

@Suite("References to network filters")
struct FilterReferenceCheckTests {
  private func filter(_ name: String, _ spec: String = "rules: []") -> String {
    Sample.document("NetworkFilter", name, "host: kvm-a, " + spec)
  }

  private func guest(_ filter: String) -> String {
    Sample.guest("interfaces: [{bridge: br0, filter: \(filter)}]")
  }

  @Test("a declared filter, an external one and libvirt's own are fine")
  func known() {
    #expect(complaints(Sample.host + filter("web-in") + guest("web-in")) == [])
    #expect(complaints(Sample.host + filter("base", "external: true") + guest("base")) == [])
    #expect(complaints(Sample.host + guest("{name: clean-traffic}")) == [])
    #expect(complaints(Sample.host + filter("a", "filters: [no-mac-spoofing]")) == [])
  }

  @Test("any other filter is refused where it is named")
  func unknown() {
    #expect(complaints(Sample.host + guest("web-in")) == ["unknown-reference: web-in"])
    #expect(complaints(Sample.host + guest("{name: web-in}")) == ["unknown-reference: web-in"])
    #expect(
      complaints(Sample.host + filter("a", "filters: [clean-traffic, b]"))
        == ["unknown-reference: b"])
  }

  @Test("a filter of another host is another filter")
  func otherHost() {
    let elsewhere = Sample.document("NetworkFilter", "web-in", "host: kvm-b, rules: []")
    #expect(
      complaints(Sample.host + Sample.otherHost + elsewhere + guest("web-in"))
        == ["unknown-reference: web-in"])
  }

  @Test("filters that include each other are refused once")
  func cycle() {
    #expect(
      complaints(Sample.host + filter("a", "filters: [b]") + filter("b", "filters: [a]"))
        == ["filter-cycle: [b] <- [a]"])
    #expect(
      complaints(
        Sample.host + filter("a", "filters: [b, c]") + filter("b", "filters: [c]") + filter("c"))
        == [])
  }
}
