import Testing

@testable import Manifest

@Suite("where a text is no JSON") struct JSONSyntaxTests {
  @Test(
    "what is JSON is taken",
    arguments: [
      "{}", "[]", " [1, -2.5e3, true, false, null, \"a\\n\\u00e9\"] ", "{\"a\": {\"b\": []}}", "0",
    ])
  func good(_ text: String) { #expect(JSONSyntax.problem(text) == nil) }

  @Test(
    "what is not has a place",
    arguments: [
      ("", 0), ("{", 0), ("{\"a\" 1}", 5), ("[1,]", 3), ("{'a': 1}", 1), ("[tru]", 1),
      ("{} x", 3), ("\"a\nb\"", 2), ("\"a", 0), ("[+1]", 1), ("{\"a\":1,}", 7), ("\"\\x\"", 2),
    ])
  func bad(_ text: String, _ offset: Int) { #expect(JSONSyntax.problem(text)?.offset == offset) }

  @Test("nesting has an end")
  func deep() {
    #expect(JSONSyntax.problem(String(repeating: "[", count: 100_000)) != nil)
  }
}
