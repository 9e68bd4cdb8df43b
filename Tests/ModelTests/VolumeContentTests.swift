import Model
import Testing

@Suite("What a volume holds") struct VolumeContentTests {
  @Test("bytes survive base64, whatever their number", arguments: 0..<70)
  func roundTrip(_ count: Int) {
    let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 167 &+ 3) }
    #expect(Base64.decoded(Base64.text(bytes)) == bytes)
  }

  @Test(
    "base64 is that of RFC 4648",
    arguments: [
      ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
      ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
    ])
  func vectors(_ plain: String, _ text: String) {
    #expect(Base64.text(Array(plain.utf8)) == text)
  }

  @Test("anything else is none", arguments: ["A", "AB", "ABC", "A===", "AB=C", "AA==AAAA", "AB-_"])
  func refused(_ text: String) { #expect(Base64.decoded(text) == nil) }

  @Test("a digest in pieces is that of the whole", arguments: ContentDigest.Algorithm.allCases)
  func pieces(_ algorithm: ContentDigest.Algorithm) {
    let bytes = (0..<1000).map { UInt8(truncatingIfNeeded: $0) }
    var hasher = ContentHasher(algorithm)
    for start in stride(from: 0, to: 1000, by: 7) {
      Array(bytes[start..<min(start + 7, 1000)]).withUnsafeBytes { hasher.update($0) }
    }
    #expect(hasher.digest == ContentDigest(of: bytes, algorithm))
  }

  @Test("digests are read back from their text, and nothing else is")
  func text() {
    let digest = ContentDigest(of: Array("abc".utf8))
    #expect(
      digest.description
        == "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(ContentDigest(digest.description) == digest)
    #expect(ContentDigest("sha256:12") == nil)
    #expect(ContentDigest("md5:" + digest.hexadecimal) == nil)
    #expect(ContentDigest(digest.hexadecimal) == nil)
  }
}
