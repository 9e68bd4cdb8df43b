import Model
import Testing

@Suite("JSON")
struct JSONTests {
  @Test(
    "text is escaped as RFC 8259 wants it",
    arguments: [
      ("plain", #""plain""#), (#"a"b"#, #""a\"b""#), (#"a\b"#, #""a\\b""#), ("a/b", #""a/b""#),
      ("a\nb\rc\td", #""a\nb\rc\td""#), ("\u{0}\u{1}\u{1f}", #""\u0000\u0001\u001f""#),
      ("\u{7f} é 日 🙂", "\"\u{7f} é 日 🙂\""), ("a\r\nb", #""a\r\nb""#), ("", #""""#),
    ])
  func escapes(_ text: String, _ json: String) {
    #expect(JSON.string(text).compact == json)
    #expect(JSON.object([(text, .null)]).compact == "{\(json):null}")
  }

  @Test("compact JSON has no spaces and keeps the order of its keys")
  func compact() {
    let json = JSON.object([
      ("b", .array([.integer(-1), .boolean(true), .null])), ("a", .object([])), ("c", .array([])),
    ])
    #expect(json.compact == #"{"b":[-1,true,null],"a":{},"c":[]}"#)
  }

  @Test("pretty JSON is indented by two spaces and ends with a line break")
  func pretty() {
    let json = JSON.object([("a", .array([.integer(1), .object([("b", .string("x"))])]))])
    #expect(
      json.pretty == """
        {
          "a": [
            1,
            {
              "b": "x"
            }
          ]
        }

        """)
    #expect(
      JSON.object([("a", .array([])), ("b", .object([]))]).pretty == """
        {
          "a": [],
          "b": {}
        }

        """)
  }

  @Test("a record is written with its keys sorted, whatever their order")
  func records() {
    let one = Record([("b", 1), ("a", ["d": true, "c": "x"])])
    let two = Record([("a", ["c": "x", "d": true]), ("b", 1)])
    #expect(JSON(one).compact == #"{"a":{"c":"x","d":true},"b":1}"#)
    #expect(JSON(one) == JSON(two))
    #expect(JSON(nil as String?).compact == "null")
    #expect(JSON("x" as String?).compact == #""x""#)
  }

  @Test("numbers keep all their digits")
  func numbers() {
    #expect(JSON.integer(.max).compact == "9223372036854775807")
    #expect(JSON.integer(.min).compact == "-9223372036854775808")
  }
}
