import Testing

@Suite("Guests with another name than before")
struct RenameCheckTests {
  private func guest(_ name: String, _ previous: String, _ spec: String = "") -> String {
    """
    ---
    apiVersion: virtspec/v1
    kind: Guest
    metadata: {name: \(name), previousName: \(previous)}
    spec: {host: kvm-a, cpus: 1, memory: 1GiB\(spec.isEmpty ? "" : ", " + spec)}

    """
  }

  @Test("a guest may have had another name")
  func renamed() {
    #expect(complaints(Sample.host + guest("new", "old")) == [])
  }

  @Test("a previous name that is the guest's own or another guest's is refused")
  func taken() {
    #expect(complaints(Sample.host + guest("same", "same")) == ["wrong-reference: same"])
    #expect(
      complaints(
        Sample.host + guest("new", "old")
          + Sample.document("Guest", "old", "host: kvm-a, memory: 1GiB"))
        == ["wrong-reference: old <- old"])
  }

  @Test("a disk whose volume is named after the guest is refused, one that names its volume is not")
  func volumes() {
    let pool = Sample.document("Pool", "images", "host: kvm-a, type: dir, path: /srv/images")
    let implied = "disks: [{name: vda, pool: images, size: 1GiB}]"
    #expect(
      complaints(Sample.host + pool + guest("new", "old", implied)).map { String($0.prefix(13)) }
        == ["missing-field"])
    let volume = Sample.document(
      "Volume", "old-vda.qcow2", "host: kvm-a, pool: images, capacity: 1GiB")
    #expect(
      complaints(
        Sample.host + pool + volume
          + guest("new", "old", "disks: [{name: vda, pool: images, volume: old-vda.qcow2}]")) == [])
  }

  @Test("nothing but guests can be renamed")
  func otherKinds() {
    let network = """
      ---
      apiVersion: virtspec/v1
      kind: Network
      metadata: {name: new, previousName: old}
      spec: {host: kvm-a, forward: isolated}

      """
    #expect(complaints(Sample.host + network) == ["unknown-field: old"])
  }
}
