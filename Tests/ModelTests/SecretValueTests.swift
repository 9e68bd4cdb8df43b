import Model
import Testing

@Suite("Digests of secrets")
struct SecretValueTests {
  private let value = SecretValue(Array("open sesame".utf8))

  @Test("a digest matches the value that it was made of, and no other")
  func matches() {
    let digest = SecretDigest(of: value, salt: "a")
    #expect(digest.matches(value))
    #expect(!digest.matches(SecretValue(Array("open".utf8))))
    #expect(!digest.matches(SecretValue([])))
    #expect(SecretDigest(text: digest.text).matches(value))
  }

  @Test("one value has as many digests as there are salts")
  func salts() {
    let salts = (0..<20).map { _ in SecretDigest.newSalt() }
    #expect(Set(salts).count == 20 && salts.allSatisfy { $0.count == 32 })
    #expect(SecretDigest(of: value, salt: "a") != SecretDigest(of: value, salt: "b"))
  }

  @Test("a digest of another form matches nothing")
  func otherForms() {
    let text = SecretDigest(of: value, salt: "a").text
    for broken in ["", "x", text + ":x", "md5" + text, text.replacing("4096", with: "0"), "::::"] {
      #expect(!SecretDigest(text: broken).matches(value), "\(broken)")
    }
  }
}
