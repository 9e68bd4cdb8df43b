import Testing

@Suite("Images and the disks that begin as one")
struct ImageCheckTests {
  private static let digest = String(repeating: "0a", count: 32)

  private func image(_ spec: String, name: String = "debian", host: String = "kvm-a") -> String {
    Sample.document("Image", name, "host: \(host), pool: images, " + spec)
  }

  private var debian: String { image("source: 'https://a/b.qcow2', sha256: '\(Self.digest)'") }

  private func disk(_ disk: String, _ more: String = "") -> [String] {
    complaints(
      Sample.host + Sample.pool + debian + more
        + Sample.guest("memory: 1GiB, disks: [{name: vda, \(disk)}]"))
  }

  @Test("a digest, a list of digests, or a file on this machine will do")
  func sources() {
    for spec in [
      "source: 'https://a/b', sha256: '\(Self.digest)'",
      "source: 'http://a/b', sha512: '\(Self.digest)\(Self.digest)'",
      "source: 'http://a/b', checksums: 'http://a/SHA256SUMS'", "source: b.img",
      "source: 'file:///srv/b.img'",
    ] {
      #expect(complaints(Sample.host + Sample.pool + image(spec)) == [], "\(spec)")
    }
  }

  @Test("a download without a digest is refused, and so is what nobody can fetch")
  func refused() {
    func found(_ spec: String) -> [String] {
      complaints(Sample.host + Sample.pool + image(spec))
    }
    #expect(found("source: 'http://a/b'") == ["missing-field: 'http://a/b'"])
    #expect(
      found("source: 'ftp://a/b', sha256: '\(Self.digest)'") == ["wrong-scheme: 'ftp://a/b'"])
    #expect(found("source: b.img, checksums: 'rsync://a'") == ["wrong-scheme: 'rsync://a'"])
    #expect(found("source: b.img, sha256: '12'") == ["wrong-format: '12'"])
    #expect(
      complaints(Sample.host + image("source: b.img")) == ["unknown-reference: images"])
  }

  @Test("a disk names an image of its own host")
  func references() {
    #expect(disk("image: debian, size: 2GiB") == [])
    #expect(disk("pool: images, image: debian, clone: full") == [])
    #expect(disk("image: debain") == ["unknown-reference: debain"])
    let elsewhere =
      Sample.otherHost + Sample.document("Pool", "images", "host: kvm-b, type: dir, path: /srv")
      + image("source: b.img", name: "other", host: "kvm-b")
    #expect(disk("image: other", elsewhere) == ["image-elsewhere: other"])
  }

  @Test("an overlay is a qcow2 file; a drive has the image itself")
  func kinds() {
    let group = Sample.document(
      "Pool", "group", "host: kvm-a, type: logical, source: {name: group}")
    #expect(disk("image: debian, format: raw") == ["conflicting-fields: raw"])
    #expect(disk("image: debian, format: raw, clone: full") == [])
    #expect(disk("pool: group, image: debian", group) == ["conflicting-fields: debian"])
    #expect(disk("pool: group, image: debian, clone: full", group) == [])
    #expect(disk("pool: images, size: 1GiB, clone: full") == ["missing-field: full"])
    #expect(disk("device: cdrom, bus: sata, image: debian") == [])
    #expect(
      disk("device: cdrom, bus: sata, image: debian, size: 1GiB") == ["conflicting-fields: 1GiB"])
    #expect(
      disk("device: cdrom, bus: sata, image: debian, pool: group", group)
        == ["conflicting-fields: group"])
  }
}
