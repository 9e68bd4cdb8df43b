import Model

/// Documents put together by chance, the same ones in every run. Most are well-formed, many are plain.
struct RandomDocuments {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> String {
    var text = choice(["", "", " ", "<!-- x -->", "\n"]) + element(depth: 0) + choice(["", "\n"])
    // A slip of the pen.
    if below(4) == 0 {
      text.remove(at: text.index(text.startIndex, offsetBy: below(text.count)))
    }
    return text
  }

  private mutating func element(depth: Int) -> String {
    let name = choice(
      depth == 0
        ? ["domain"]
        : ["description", "description", "title", "metadata", "v:object", "memory", "os", "a"])
    var text = "<" + name
    for _ in 0..<max(0, below(6) - 2) { text += attribute() }
    text += choice(["", "", "", " ", "\n"])
    if below(5) == 0 { return text + "/>" }
    text += ">"
    for _ in 0..<below(depth == 0 ? 6 : 4) { text += content(depth) }
    return text + "</" + name + choice(["", "", "", " "]) + ">"
  }

  private mutating func attribute() -> String {
    let attributes = [
      "type='kvm'", "unit=\"KiB\"", "stack='s'", "digest = '&quot;&#39;'", "a=' &lt; '", "b=''",
      "xmlns:v='\(Ownership.namespace)'", "xmlns:v='\(Ownership.namespace)'", "v:c='1'",
      "xmlns:w='urn:x'",
    ]
    let awkward = [
      "xmlns:v=''", "xmlns:v='urn:x'", "xml:space='preserve'", "xmlns='urn:x'", "a='\t'",
      "a='&#x20;'", "xmlns:v='http://www.w3.org/XML/1998/namespace'", "a='ä'", "a='<'",
    ]
    return choice([" ", " ", " ", "\n", "  "]) + choice(below(12) == 0 ? awkward : attributes)
  }

  private mutating func content(_ depth: Int) -> String {
    if depth < 4, below(2) == 0 { return element(depth: depth + 1) }
    let awkward = ["<![CDATA[ x ]]>", "<?p q?>", "]]>", "\r\n", "ä", "&#x41;", "&x;", "--", "<"]
    return choice(
      below(12) == 0
        ? awkward : [" ", "\n  ", "\t", "<!-- x -->", "<!---->", "1", "x y", "&amp;", "&#10;", ">"])
  }

  private mutating func choice(_ items: [String]) -> String { items[below(items.count)] }

  /// A number from zero to `count`, without it (SplitMix64).
  private mutating func below(_ count: Int) -> Int {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return Int((mixed ^ (mixed >> 31)) % UInt64(count))
  }
}
