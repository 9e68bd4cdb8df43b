import Testing

@testable import Libvirt

@Suite("Lines of a console") struct ConsoleTextTests {
  private func lines(_ chunks: String...) -> (ended: [String], rest: String) {
    var text = ConsoleText()
    let ended = chunks.flatMap { text.append(Array($0.utf8)) }
    return (ended, text.rest)
  }

  @Test("come as they end, however the text is cut, with the unfinished one apart")
  func cut() {
    let found = lines("boo", "ting\r\nwelc", "ome\r\nlogin: ")
    #expect(found.ended == ["booting", "welcome"])
    #expect(found.rest == "login: ")
  }

  @Test("do nothing to the terminal that shows them")
  func sequences() {
    let found = lines(
      "\u{1b}[1;31mred\u{1b}[0m \u{1b}]0;title\u{07}bell\u{07}\u{1b}(B end\u{9b}2J\u{8}\n")
    #expect(found.ended == ["red bell end2J"])
  }

  @Test("a sequence that is cut off by the end does no harm")
  func cutSequence() {
    for end in ["\u{1b}", "\u{1b}[", "\u{1b}[12", "\u{1b}]0;x", "\u{1b}("] {
      #expect(lines("x" + end + "\n").ended == ["x"], "\(end.debugDescription)")
    }
  }

  @Test("no more are kept than a failure shows")
  func limit() {
    var text = ConsoleText()
    for number in 0..<100 { _ = text.append(Array("line \(number)\n".utf8)) }
    _ = text.append(Array("rest".utf8))
    #expect(text.last.count == ConsoleText.limit)
    #expect(text.last.last == "rest")
    #expect(text.last.first == "line 81")
    _ = text.append(Array(String(repeating: "x", count: 10_000).utf8))
    #expect(text.rest.count <= 500)
  }

  @Test("what is no UTF-8 is shown as far as it can be")
  func bytes() {
    var text = ConsoleText()
    #expect(text.append([0x61, 0xff, 0x62, 0x0a]) == ["a\u{fffd}b"])
  }
}
