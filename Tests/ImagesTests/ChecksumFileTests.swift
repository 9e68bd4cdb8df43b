import Images
import Model
import Testing

@Suite("Lists of digests") struct ChecksumFileTests {
  private static let short = String(repeating: "ab", count: 32)
  private static let long = String(repeating: "cd", count: 64)

  @Test(
    "the forms that sha256sum, sha512sum and BSD write are read",
    arguments: [
      "\(short)  debian.qcow2", "\(short) *debian.qcow2", "\(short.uppercased())  ./debian.qcow2",
      "SHA256 (debian.qcow2) = \(short)", "SHA256 (images/debian.qcow2)= \(short)",
      "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\n\(short)  debian.qcow2\r\n-----END",
      short,
    ])
  func forms(_ text: String) {
    #expect(ChecksumFile(text).digest(of: "debian.qcow2") == ContentDigest(.sha256, Self.short))
  }

  @Test("the longest digest of a name counts, and no other name's")
  func choice() {
    let list = ChecksumFile(
      "\(Self.short)  a.img\n\(Self.long)  a.img\n\(Self.short)  b.img\nnonsense\n12  c.img\n")
    #expect(list.digest(of: "a.img") == ContentDigest(.sha512, Self.long))
    #expect(list.digest(of: "b.img") == ContentDigest(.sha256, Self.short))
    #expect(list.digest(of: "c.img") == nil)
    #expect(list.digest(of: "img") == nil)
    #expect(list.names == ["a.img", "a.img", "b.img"])
  }
}
