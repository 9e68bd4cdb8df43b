import Model
import Testing

@Suite("Digests")
struct DigestTests {
  @Test("SHA-256 is that of FIPS 180-4, as many digits as wanted")
  func sha256() {
    let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    #expect(Digest.sha256("abc") == abc)
    #expect(Digest.sha256("abc", length: 12) == "ba7816bf8f01")
    #expect(
      Digest.sha256("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    #expect([UInt8]("abc".utf8).withUnsafeBytes { Digest.sha256($0) } == abc)
  }

  /// The literals are those of Python: `uuid5(uuid5(NAMESPACE_URL, Ownership.namespace), text)`.
  @Test("the UUID of an object is the UUIDv5 of RFC 9562")
  func uuid() {
    #expect(
      Digest.uuid(stack: "lab", kind: .pool, name: "images")
        == "1c23a2ce-0cd9-58c6-8106-bd813516c11f")
    #expect(
      Digest.uuid(stack: "lab", kind: .guest, name: "web-1")
        == "2745c98f-2f01-5d52-b461-01c4b593badd")
    #expect(
      Digest.uuid(stack: "lab", kind: .volume, name: "images/a b é")
        == "4aaff77e-1c83-510b-aa28-616bbf57730d")
  }

  @Test("a MAC address is QEMU's, and another for every part of what it follows from")
  func mac() {
    #expect(
      Digest.mac(stack: "lab", host: "kvm-a", guest: "web-1", interface: "0")
        == "52:54:00:9e:0e:a3")
    let others = [
      Digest.mac(stack: "lab2", host: "kvm-a", guest: "web-1", interface: "0"),
      Digest.mac(stack: "lab", host: "kvm-b", guest: "web-1", interface: "0"),
      Digest.mac(stack: "lab", host: "kvm-a", guest: "web-2", interface: "0"),
      Digest.mac(stack: "lab", host: "kvm-a", guest: "web-1", interface: "1"),
    ]
    #expect(Set(others + ["52:54:00:9e:0e:a3"]).count == 5)
    #expect(others.allSatisfy(Format.mac.accepts))
  }
}
