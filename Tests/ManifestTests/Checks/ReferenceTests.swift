import Manifest
import Model
import Testing

@Suite("References to hosts and classes")
struct ReferenceTests {
  private func desired(_ text: String) -> Desired {
    var loaded = LoadedManifests()
    ManifestLoader.add(Array(text.utf8), file: "test.yaml", to: &loaded)
    let desired = ManifestBuilder.build(&loaded)
    #expect(loaded.diagnostics == [])
    return desired
  }

  @Test("an object names its host or picks hosts by their labels")
  func hosts() {
    #expect(complaints(Sample.document("Guest", "web-1", "host: kvm-a")).count == 1)
    #expect(
      complaints(Sample.host + Sample.document("Guest", "web-1", "host: kvm-x"))
        == ["unknown-reference: kvm-x"])
    #expect(
      complaints(
        Sample.host
          + Sample.document("Guest", "web-1", "hosts: {matchLabels: {site: ams, rack: b}}"))
        == ["no-matching-host: {site: ams, rack: b}"])
    #expect(
      complaints(Sample.host + Sample.document("Guest", "web-1", "cpus: 2")).map {
        $0.prefix { $0 != ":" }
      } == ["missing-field"])
  }

  @Test("every host that the labels match gets the object")
  func selector() {
    let guest = Sample.document("Guest", "web-1", "hosts: {matchLabels: {site: ams}}")
    let lone = Sample.document("Host", "kvm-c", "uri: qemu+ssh://c/system", labels: "site: fra")
    #expect(
      desired(Sample.host + Sample.otherHost + lone + guest).objects.map(\.id.description)
        == ["guest/web-1 on kvm-a", "guest/web-1 on kvm-b"])
  }

  @Test("a guest's own fields lie over those of its class, nested ones one by one")
  func classes() {
    let small = Sample.document(
      "GuestClass", "small", "cpus: {count: 1, mode: host-model}, disks: [{name: vda, file: /a}]")
    let guest = Sample.guest("class: small, cpus: 2, disks: []")
    let spec = desired(Sample.host + small + guest).objects.first?.spec
    #expect(spec?.record("cpus") == Record([("count", 2), ("mode", "host-model")]))
    #expect(spec?["disks"] == [])
  }

  @Test("a class that is not declared, or twice, is refused")
  func unknownClass() {
    #expect(
      complaints(Sample.host + Sample.guest("class: small")) == ["unknown-reference: small"])
    let small = Sample.document("GuestClass", "small", "cpus: 1")
    #expect(complaints(small + small) == ["duplicate-object: small <- small"])
  }

  @Test("an object is declared once on a host, be it by name or by labels")
  func duplicate() {
    let byLabel = Sample.document("Guest", "web-1", "hosts: {matchLabels: {site: ams}}")
    #expect(
      complaints(Sample.host + Sample.guest("cpus: 1") + byLabel)
        == ["duplicate-object: web-1 <- web-1"])
    #expect(complaints(Sample.host + Sample.guest("cpus: 1") + Sample.network) == [])
  }

  @Test("a mistake in a class is reported once for all its guests")
  func classOnce() {
    let small = Sample.document("GuestClass", "small", "cpus: {count: 2, max: 1}")
    #expect(
      complaints(
        Sample.host + small + Sample.guest("class: small")
          + Sample.guest("class: small", name: "web-2")) == ["over-limit: 2"])
  }

  @Test("a mistake of an object on many hosts is reported once")
  func hostsOnce() {
    let guest = Sample.document(
      "Guest", "web-1",
      "hosts: {matchLabels: {site: ams}}, interfaces: [{network: web}], cpus: {count: 2, max: 1}")
    #expect(
      complaints(Sample.host + Sample.otherHost + guest)
        == ["unknown-reference: web", "over-limit: 2"])
  }

  @Test("references are not judged while a manifest cannot be read")
  func incomplete() {
    let guest = Sample.guest("interfaces: [{network: web}]")
    #expect(complaints(Sample.host + guest) == ["unknown-reference: web"])
    #expect(complaints(Sample.host + guest + "---\n[\n").count == 1)
    #expect(
      complaints(Sample.host + guest + "---\nkind: Network\n").map { $0.prefix(13) } == [
        "missing-field", "missing-field",
      ])
  }

  @Test("volumes are called by their names in the pool wherever they are referred to")
  func resolved() {
    let objects = desired(
      Sample.host + Sample.pool + Sample.volume("base", "capacity: 1GiB, fileName: base.qcow2")
        + Sample.volume("top", "backing: base")
        + Sample.guest("disks: [{name: vda, pool: images, volume: base}]")
    ).objects
    let guest = objects.first { $0.id.kind == .guest }
    #expect(guest?.spec.records("disks").first?.string("volume") == "base.qcow2")
    let top = objects.first { $0.id.name == "images/top" }
    #expect(top?.spec.record("backing")?.string("volume") == "base.qcow2")
  }
}
