import Manifest
import Testing

@Suite("Hosts and stacks")
struct HostAndStackCheckTests {
  @Test("a host is declared once")
  func hostTwice() {
    #expect(
      complaints(Sample.host + Sample.document("Host", "kvm-a", "uri: qemu+ssh://b/system"))
        == ["duplicate-object: kvm-a <- kvm-a"])
  }

  @Test("two hosts have two URIs")
  func uriTwice() {
    #expect(
      complaints(Sample.host + Sample.document("Host", "kvm-b", "uri: qemu:///system"))
        == ["duplicate-host-uri: qemu:///system <- qemu:///system"])
    #expect(complaints(Sample.host + Sample.otherHost) == [])
  }

  @Test("there is at most one stack")
  func stacks() {
    let one = Sample.document("Stack", "one", "")
    #expect(complaints(one) == [])
    #expect(complaints("") == [])
    let two = Sample.document("Stack", "two", "")
    #expect(complaints(one + two) == ["duplicate-object: two <- one"])
  }

  @Test("the stack of the command line goes before the one of the manifests")
  func stackOption() {
    var loaded = LoadedManifests()
    ManifestLoader.add(
      Array(Sample.document("Stack", "one", "").utf8), file: "a.yaml", to: &loaded)
    #expect(ManifestBuilder.build(&loaded).stack == "one")
    #expect(ManifestBuilder.build(&loaded, stack: "mine").stack == "mine")
    var empty = LoadedManifests()
    #expect(ManifestBuilder.build(&empty).stack == "")
  }
}
