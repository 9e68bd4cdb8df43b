import Model
import Testing

@Suite("Kinds and identifiers")
struct IdentityTests {
  @Test(
    "a kind is found by its word, in the plural and by libvirt's name",
    arguments: [
      ("guest", .guest), ("Guests", .guest), ("domain", .guest), ("vm", .guest), ("net", .network),
      ("VOL", .volume), ("pools", .pool), ("guestclass", .guestClass),
    ] as [(String, Kind)])
  func word(_ text: String, _ kind: Kind) {
    #expect(Kind(word: text) == kind)
  }

  @Test("other words are no kind", arguments: ["", "s", "guestss", "server"])
  func noKind(_ text: String) {
    #expect(Kind(word: text) == nil)
  }

  @Test("what a guest needs sorts before the guest")
  func order() {
    #expect([Kind.guest, .volume, .network, .pool].sorted() == [.network, .pool, .volume, .guest])
  }

  @Test("a volume's name has its pool, and may have slashes of its own")
  func volume() {
    let id = ObjectID.volume(host: "kvm-a", pool: "images", name: "a/b")
    #expect(id.reference == "volume/images/a/b")
    #expect(id.description == "volume/images/a/b on kvm-a")
    #expect(id.poolAndVolume?.pool == "images" && id.poolAndVolume?.volume == "a/b")
    #expect(ObjectID(host: "kvm-a", kind: .guest, name: "a/b").poolAndVolume == nil)
  }
}
